package dev.kume.cli.api;

import java.util.List;

/**
 * What reading {@code kume.yaml} again came to: answer of {@code POST /v1/service/reload}.
 *
 * @param file    that was read
 * @param changes what is different from what the daemon works with; empty when nothing is
 */
public record ReloadView(String file, List<Change> changes) {
    public ReloadView {
        changes = Lists.orEmpty(changes);
    }

    /**
     * One difference.
     *
     * @param key     what it is about, as {@code kume.yaml} has it: {@code limits.disks}, {@code portals.san}
     * @param outcome {@link #APPLIED} or {@link #NEEDS_RESTART}
     * @param text    what is different, for people
     */
    public record Change(String key, String outcome, String text) {
        public static final String APPLIED = "applied";
        public static final String NEEDS_RESTART = "needs a restart";
    }
}
