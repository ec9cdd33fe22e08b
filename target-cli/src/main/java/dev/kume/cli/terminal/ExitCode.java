package dev.kume.cli.terminal;

/** How a command line ends, for scripts. The numbers are a contract and documented in {@code kume --help}. */
public enum ExitCode {
    /** Done. */
    OK(0),
    /** It did not work, and no other code says why. */
    FAILED(1),
    /** The command line itself is wrong, or it needs an answer that nobody can give. */
    USAGE(2),
    /** What was named does not exist. */
    NOT_FOUND(3),
    /** It exists already, or contradicts something that does. */
    CONFLICT(4),
    /** A guard rail refused it. */
    REFUSED(5),
    /** The daemon does not answer. */
    UNREACHABLE(6),
    /** The caller may not do this. */
    NOT_AUTHORISED(7),
    /** Something is in use, or the daemon is too busy. */
    BUSY(8),
    /** It took longer than allowed. */
    TIMED_OUT(9),
    /** A cluster validation came to its end, with warnings; steps on the way to a cluster are open; alarms stand. */
    VALIDATED_WITH_WARNINGS(10),
    /** A cluster validation has found something that fails; an alarm stands that is critical. */
    VALIDATION_FAILED(11),
    /** A plan, asked for this exit status, would change something. */
    CHANGES(12);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The code of an exit status; {@link #FAILED} for one that a newer daemon made. */
    public static ExitCode of(int code) {
        for (ExitCode exitCode : values()) {
            if (exitCode.code == code) {
                return exitCode;
            }
        }
        return FAILED;
    }

    /** The process's exit status. */
    public int code() {
        return code;
    }
}
