package dev.kume.protocol.cluster;

/** A step did not come out as it must; the message is one line for people. */
public final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String step;
    private final String expected;
    private final String seen;

    /** What kept the step from its end. */
    public enum Kind {
        /** It came out otherwise. */
        WRONG,
        /** It has no end: whoever should answer does not. */
        SILENT,
        /** Somebody asked for a stop. */
        STOPPED
    }

    public StepFailure(String message) {
        this(Kind.WRONG, message, "", "", message);
    }

    public StepFailure(String message, Throwable cause) {
        this(message);
        initCause(cause);
    }

    private StepFailure(Kind kind, String step, String expected, String seen, String message) {
        super(message);
        this.kind = kind;
        this.step = step;
        this.expected = expected;
        this.seen = seen;
    }

    /** A step that ended in another way than it must. */
    public static StepFailure wrong(String step, String expected, String seen) {
        return new StepFailure(
                Kind.WRONG, step, expected, seen, "%s: expected %s, saw %s".formatted(step, expected, seen));
    }

    /** A step that does not end. */
    public static StepFailure silent(String step, String seen) {
        return new StepFailure(Kind.SILENT, step, "an answer", seen, step + ": " + seen);
    }

    /** A step that somebody stopped. */
    public static StepFailure stopped(String reason) {
        return new StepFailure(Kind.STOPPED, "", "", "", reason);
    }

    /** Fails unless it is so. */
    public static void unless(boolean condition, String what) {
        if (!condition) {
            throw new StepFailure(what);
        }
    }

    public Kind kind() {
        return kind;
    }

    /** What was tried. */
    public String step() {
        return step;
    }

    /** What should have come, or empty when the step says it. */
    public String expected() {
        return expected;
    }

    /** What came, or empty when the step says it. */
    public String seen() {
        return seen;
    }
}
