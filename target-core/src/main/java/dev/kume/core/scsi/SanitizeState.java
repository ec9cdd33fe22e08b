package dev.kume.core.scsi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a unit is in a sanitize operation, SBC-3 4.11: in none, in one that runs, or in the failure mode that a failed
 * one leaves behind. Immutable; part of what outlives the daemon, so that the operation goes on after it.
 */
public final class SanitizeState {
    /** Where the operation is. */
    public enum Phase {
        NONE,
        RUNNING,
        FAILED
    }

    /** How the user data is made irretrievable. */
    public enum Method {
        OVERWRITE,
        BLOCK_ERASE
    }

    /** No sanitize operation, and no failure mode. */
    public static final SanitizeState NONE =
            new SanitizeState(Phase.NONE, Method.BLOCK_ERASE, false, new byte[0], 0, false, 0, 0);

    private final Phase phase;
    private final Method method;
    private final boolean unrestricted;
    private final byte[] pattern;
    private final int passes;
    private final boolean inverts;
    private final long doneBytes;
    private final long diskBytes;

    /**
     * @param unrestricted AUSE: EXIT FAILURE MODE may end the failure mode
     * @param pattern      INITIALIZATION PATTERN of an overwrite, as long as a block at most
     * @param passes       OVERWRITE COUNT
     * @param inverts      INVERT: every other pass writes the pattern with all bits turned over, the last one as it is
     * @param doneBytes    what is known to be done and durable, over all passes
     * @param diskBytes    the size of the disk for which that is true
     */
    public SanitizeState(
            Phase phase,
            Method method,
            boolean unrestricted,
            byte[] pattern,
            int passes,
            boolean inverts,
            long doneBytes,
            long diskBytes) {
        this.phase = phase;
        this.method = method;
        this.unrestricted = unrestricted;
        this.pattern = pattern.clone();
        this.passes = passes;
        this.inverts = inverts;
        this.doneBytes = doneBytes;
        this.diskBytes = diskBytes;
    }

    /** An overwrite that begins. */
    public static SanitizeState overwrite(byte[] pattern, int passes, boolean inverts, boolean unrestricted) {
        return new SanitizeState(Phase.RUNNING, Method.OVERWRITE, unrestricted, pattern, passes, inverts, 0, 0);
    }

    /** A block erase that begins. */
    public static SanitizeState blockErase(boolean unrestricted) {
        return new SanitizeState(Phase.RUNNING, Method.BLOCK_ERASE, unrestricted, new byte[0], 1, false, 0, 0);
    }

    public SanitizeState failed() {
        return new SanitizeState(Phase.FAILED, method, unrestricted, pattern, passes, inverts, doneBytes, diskBytes);
    }

    public SanitizeState doneUpTo(long bytes, long ofDiskBytes) {
        return new SanitizeState(phase, method, unrestricted, pattern, passes, inverts, bytes, ofDiskBytes);
    }

    public Phase phase() {
        return phase;
    }

    public boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    public boolean hasFailed() {
        return phase == Phase.FAILED;
    }

    public Method method() {
        return method;
    }

    public boolean unrestricted() {
        return unrestricted;
    }

    public byte[] pattern() {
        return pattern.clone();
    }

    public int passes() {
        return passes;
    }

    public boolean inverts() {
        return inverts;
    }

    public long doneBytes() {
        return doneBytes;
    }

    public long diskBytes() {
        return diskBytes;
    }

    /** What a command hears that may not run now, or null. Allocates nothing while there is no operation. */
    @Nullable
    Sense refusal(CommandDescriptor descriptor, int progress) {
        return switch (phase) {
            case NONE -> null;
            case RUNNING -> descriptor.duringSanitize() ? null : Sense.SANITIZE_IN_PROGRESS.withProgress(progress);
            case FAILED -> descriptor.afterSanitizeFailure() ? null : Sense.SANITIZE_COMMAND_FAILED;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SanitizeState that
                && phase == that.phase
                && method == that.method
                && unrestricted == that.unrestricted
                && Arrays.equals(pattern, that.pattern)
                && passes == that.passes
                && inverts == that.inverts
                && doneBytes == that.doneBytes
                && diskBytes == that.diskBytes;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pattern) + phase.hashCode() + Long.hashCode(doneBytes);
    }

    @Override
    public String toString() {
        return "%s %s, %d passes of %d pattern bytes, %d bytes done"
                .formatted(phase, method, passes, pattern.length, doneBytes);
    }
}
