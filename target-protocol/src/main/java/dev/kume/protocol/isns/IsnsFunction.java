package dev.kume.protocol.isns;

/** The messages that this client sends (RFC 4171 section 5.6.5). */
enum IsnsFunction {
    DEV_ATTR_REG("DevAttrReg", 0x0001),
    DEV_ATTR_QRY("DevAttrQry", 0x0002),
    DEV_DEREG("DevDereg", 0x0004);

    private static final int RESPONSE = 0x8000;

    private final String word;
    private final int code;

    IsnsFunction(String word, int code) {
        this.word = word;
        this.code = code;
    }

    /** The name that the standard gives it. */
    String word() {
        return word;
    }

    int code() {
        return code;
    }

    /** The function of the answer. */
    int responseCode() {
        return code | RESPONSE;
    }
}
