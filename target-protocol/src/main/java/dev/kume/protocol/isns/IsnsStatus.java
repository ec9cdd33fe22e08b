package dev.kume.protocol.isns;

/** What an iSNS server says of a request (RFC 4171 section 5.4). */
final class IsnsStatus {
    static final int SUCCESSFUL = 0;
    static final int SOURCE_UNKNOWN = 6;
    static final int NO_SUCH_ENTRY = 9;

    private static final String[] WORDS = {
        "successful",
        "unknown error",
        "message format error",
        "invalid registration",
        "reserved",
        "invalid query",
        "source unknown",
        "source absent",
        "source unauthorized",
        "no such entry",
        "version not supported",
        "internal error",
        "busy",
        "option not understood",
        "invalid update",
        "message not supported",
        "SCN event rejected",
        "SCN registration rejected",
        "attribute not implemented",
        "FC_DOMAIN_ID not available",
        "FC_DOMAIN_ID not allocated",
        "ESI not available",
        "invalid deregistration",
        "registration feature not supported"
    };

    private IsnsStatus() {}

    /** The status in words, with its number: {@code busy (12)}. */
    static String words(int status) {
        String word = status >= 0 && status < WORDS.length ? WORDS[status] : "a status that RFC 4171 does not have";
        return word + " (" + Integer.toUnsignedString(status) + ")";
    }
}
