package dev.kume.protocol.cluster;

/** A step of a test did not come out as it must; the message is one line for people. */
public final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StepFailure(String message) {
        super(message);
    }

    public StepFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** Fails unless it is so. */
    public static void unless(boolean condition, String what) {
        if (!condition) {
            throw new StepFailure(what);
        }
    }
}
