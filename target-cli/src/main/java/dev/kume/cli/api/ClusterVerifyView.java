package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a cluster has come on the way from declared disks to a tested failover, as far as its storage can see.
 *
 * @param cluster its name
 * @param at      the moment
 * @param done    steps that are done
 * @param open    steps that are not done yet, or have a problem
 * @param steps   in the order in which they are taken
 */
public record ClusterVerifyView(String cluster, Instant at, int done, int open, List<Step> steps) {
    public ClusterVerifyView {
        steps = Lists.orEmpty(steps);
    }

    /**
     * A step.
     *
     * @param id     a word for scripts, such as {@code logged-in}
     * @param title  what is to be
     * @param state  one of the words below
     * @param detail what was seen, a sentence without its full stop
     * @param next   the next command or action; null when the step is done
     */
    public record Step(
            String id,
            String title,
            String state,
            String detail,
            @Nullable String next) {
        public static final String DONE = "done";
        public static final String OPEN = "not yet";
        public static final String PROBLEM = "problem";
    }
}
