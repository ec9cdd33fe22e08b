package dev.kume.protocol.pdu;

/** How a login step ended: status class and detail of a Login Response (RFC 7143 section 11.13.5). */
public enum LoginStatus {
    SUCCESS(0x00, 0x00, "success"),
    TARGET_MOVED_TEMPORARILY(0x01, 0x01, "target moved temporarily"),
    TARGET_MOVED_PERMANENTLY(0x01, 0x02, "target moved permanently"),
    INITIATOR_ERROR(0x02, 0x00, "initiator error"),
    AUTHENTICATION_FAILURE(0x02, 0x01, "authentication failure"),
    AUTHORIZATION_FAILURE(0x02, 0x02, "not allowed on this target"),
    NOT_FOUND(0x02, 0x03, "unknown target"),
    TARGET_REMOVED(0x02, 0x04, "target removed"),
    UNSUPPORTED_VERSION(0x02, 0x05, "unsupported version"),
    TOO_MANY_CONNECTIONS(0x02, 0x06, "too many connections"),
    MISSING_PARAMETER(0x02, 0x07, "missing parameter"),
    CANNOT_INCLUDE_IN_SESSION(0x02, 0x08, "cannot include in session"),
    SESSION_TYPE_NOT_SUPPORTED(0x02, 0x09, "session type not supported"),
    SESSION_DOES_NOT_EXIST(0x02, 0x0A, "session does not exist"),
    INVALID_DURING_LOGIN(0x02, 0x0B, "invalid request during login"),
    TARGET_ERROR(0x03, 0x00, "target error"),
    SERVICE_UNAVAILABLE(0x03, 0x01, "service unavailable"),
    OUT_OF_RESOURCES(0x03, 0x02, "out of resources");

    private final int statusClass;
    private final int statusDetail;
    private final String words;

    LoginStatus(int statusClass, int statusDetail, String words) {
        this.statusClass = statusClass;
        this.statusDetail = statusDetail;
        this.words = words;
    }

    /** 0 success, 1 redirection, 2 initiator error, 3 target error. */
    public int statusClass() {
        return statusClass;
    }

    public int statusDetail() {
        return statusDetail;
    }

    /** What it means, for messages to people. */
    public String words() {
        return words;
    }

    /** {@code 2/03 unknown target}. */
    @Override
    public String toString() {
        return "%d/%02x %s".formatted(statusClass, statusDetail, words);
    }
}
