package dev.kume.cli.terminal;

/** An operating error with the one line the administrator reads and the exit status a script sees. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    public CliException(ExitCode exitCode, String message) {
        // No stack trace: the line is all there is to say.
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** For what the administrator has read already: nothing more is printed. */
    public static CliException reported(ExitCode exitCode) {
        return new CliException(exitCode, "");
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
