package dev.kume.protocol.connection;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a peer that is gone without a word, RFC 7143 11.19: after a time of silence a NOP-In asks, and who does not
 * answer in time is given up. Whatever is heard counts as an answer. Loop only.
 */
final class KeepAlive {
    private final PduWriter writer;
    private final long silenceNanos;
    private final long timeoutNanos;
    private final long probeNanos;
    private long lastHeardNanos;
    private long tickHeardNanos;
    private long askedNanos;

    /** How long the question that was asked last may stay unanswered. */
    private long patienceNanos;

    private boolean asked;
    private int lastTag;

    /** Asked since the last tick: what has been heard since then may have come before the question. */
    private boolean justProbed;

    KeepAlive(PduWriter writer, Limits limits, long nowNanos) {
        this.writer = writer;
        silenceNanos = TimeUnit.SECONDS.toNanos(limits.get(Limit.NOP_IN_SECONDS));
        timeoutNanos = TimeUnit.SECONDS.toNanos(limits.get(Limit.NOP_IN_TIMEOUT_SECONDS));
        probeNanos = TimeUnit.SECONDS.toNanos(limits.get(Limit.PROBE_SECONDS));
        patienceNanos = timeoutNanos;
        lastHeardNanos = nowNanos;
    }

    /** Asks now, and waits for a shorter time: somebody else wants what this peer holds. */
    void probe(long nowNanos) {
        long patience = Math.min(probeNanos, timeoutNanos);
        if (!asked) {
            ask(nowNanos);
            patienceNanos = patience;
            justProbed = true;
        } else if (askedNanos + patienceNanos - nowNanos > patience) {
            askedNanos = nowNanos;
            patienceNanos = patience;
        }
    }

    /** The peer has answered a NOP-In. */
    void answered() {
        asked = false;
    }

    /** A NOP-In waits for its answer. */
    boolean asked() {
        return asked;
    }

    /** How long ago the peer was last known to be there, as far as {@link #tick} has looked. */
    long silentNanos(long nowNanos) {
        return nowNanos - lastHeardNanos;
    }

    /**
     * Looks at time; about once a second.
     *
     * @param heardNanos  when the peer was last heard
     * @param takesOutput the peer has taken output since the last time
     * @param deaf        we do not listen at the moment: an answer that is not heard is not missing
     * @return why the peer is given up, or null
     */
    @Nullable
    String tick(long nowNanos, long heardNanos, boolean takesOutput, boolean deaf) {
        boolean alive = heardNanos != tickHeardNanos || takesOutput;
        boolean maybeBefore = justProbed && asked;
        tickHeardNanos = heardNanos;
        justProbed = false;
        if (alive && !maybeBefore) {
            lastHeardNanos = nowNanos;
            asked = false;
        } else if (!asked) {
            if (silenceNanos > 0 && nowNanos - lastHeardNanos > silenceNanos) {
                ask(nowNanos);
                patienceNanos = timeoutNanos;
            }
        } else if (deaf) {
            askedNanos = nowNanos;
        } else if (nowNanos - askedNanos > patienceNanos) {
            return "no answer to NOP-In for %d seconds".formatted(TimeUnit.NANOSECONDS.toSeconds(patienceNanos));
        }
        return null;
    }

    private void ask(long nowNanos) {
        asked = true;
        askedNanos = nowNanos;
        lastTag = lastTag + 1 & Integer.MAX_VALUE;
        writer.nopInPing(lastTag);
    }
}
