package dev.kume.cli.state;

/** A state directory or a backup of one cannot be used. The message is one line that names thing, place and remedy. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
