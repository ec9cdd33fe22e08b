package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;

/** The daemon cannot start. The message is one line that names thing, place and remedy. */
public final class DaemonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private DaemonException(ErrorCode code, String message) {
        super(message);
        this.exitCode = code.exitCode();
    }

    /** The settings are wrong. */
    static DaemonException usage(String message) {
        return new DaemonException(ErrorCode.INVALID, message);
    }

    /** The system refused something. */
    static DaemonException failed(String message) {
        return new DaemonException(ErrorCode.FAILED, message);
    }

    /** Something that must be this daemon's alone is in use. */
    static DaemonException busy(String message) {
        return new DaemonException(ErrorCode.BUSY, message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public int exitCode() {
        return exitCode;
    }
}
