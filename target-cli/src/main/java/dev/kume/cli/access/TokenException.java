package dev.kume.cli.access;

/** Why nothing was done with a token: one line, and what to do. */
public final class TokenException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal it is. */
    public enum Kind {
        /** The request makes no sense. */
        INVALID,
        /** There is no such token. */
        NOT_FOUND,
        /** The name is taken. */
        CONFLICT,
        /** There are too many. */
        LIMIT,
        /** The file cannot be used. */
        FAILED
    }

    private final Kind kind;
    private final String remedy;

    TokenException(Kind kind, String message, String remedy) {
        super(message);
        this.kind = kind;
        this.remedy = remedy;
    }

    public Kind kind() {
        return kind;
    }

    public String remedy() {
        return remedy;
    }
}
