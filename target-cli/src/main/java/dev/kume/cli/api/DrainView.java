package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a drain is. When it is over the daemon's process ends.
 *
 * @param state          {@link #DRAINING} or {@link #DRAINED}
 * @param revision       grows with every change
 * @param pid            the process that ends
 * @param timeoutSeconds how long initiators have
 * @param left           sessions that have not ended
 * @param cut            sessions that had to be cut
 */
public record DrainView(
        String state, long revision, long pid, int timeoutSeconds, List<Session> left, List<Session> cut) {
    public static final String DRAINING = "draining";
    public static final String DRAINED = "drained";

    public DrainView {
        left = Lists.orEmpty(left);
        cut = Lists.orEmpty(cut);
    }

    /**
     * A session that is left or was cut.
     *
     * @param targetIqn null for discovery
     * @param address   the initiator's
     */
    public record Session(
            long id, String initiator, @Nullable String targetIqn, String address) {}
}
