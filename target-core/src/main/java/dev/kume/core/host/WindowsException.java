package dev.kume.core.host;

import java.io.IOException;

/** A call that Windows has refused. */
public final class WindowsException extends IOException {
    private static final long serialVersionUID = 1;

    public static final int ACCESS_DENIED = 5;
    public static final int SERVICE_ALREADY_RUNNING = 1056;
    public static final int SERVICE_DOES_NOT_EXIST = 1060;
    public static final int SERVICE_NOT_ACTIVE = 1062;
    public static final int FAILED_SERVICE_CONTROLLER_CONNECT = 1063;
    public static final int SERVICE_MARKED_FOR_DELETE = 1072;
    public static final int SERVICE_EXISTS = 1073;

    private final int code;

    /** @param code of GetLastError */
    public WindowsException(String call, int code) {
        super("%s: %s".formatted(call, text(code)));
        this.code = code;
    }

    public int code() {
        return code;
    }

    private static String text(int code) {
        return switch (code) {
            case ACCESS_DENIED -> "Access is denied";
            case SERVICE_ALREADY_RUNNING -> "The service runs already";
            case SERVICE_DOES_NOT_EXIST -> "There is no such service";
            case SERVICE_NOT_ACTIVE -> "The service does not run";
            case FAILED_SERVICE_CONTROLLER_CONNECT -> "This process was not started as a service";
            case SERVICE_MARKED_FOR_DELETE -> "The service is about to be removed";
            case SERVICE_EXISTS -> "There is such a service already";
            default -> "Windows error " + code;
        };
    }
}
