package dev.kume.core.scsi.page;

import java.nio.ByteBuffer;

/** One parameter of a log page, SPC-4 7.3.2.2. */
final class LogParameter {
    /** A counter, or a value in the place of one, that does not wrap: FORMAT AND LINKING 00b. */
    static final int COUNTER = 0x00;

    /** A binary list that the target keeps by itself: FORMAT AND LINKING 11b. */
    static final int BINARY_LIST = 0x03;

    private static final int HEADER_BYTES = 4;

    private final int code;
    private final int control;
    private final byte[] value;

    /**
     * @param code    PARAMETER CODE
     * @param control the parameter control byte
     * @param value   PARAMETER VALUE, at most 255 bytes
     */
    LogParameter(int code, int control, byte... value) {
        this.code = code;
        this.control = control;
        this.value = value.clone();
    }

    int code() {
        return code;
    }

    int bytes() {
        return HEADER_BYTES + value.length;
    }

    void putInto(ByteBuffer page) {
        page.putShort((short) code).put((byte) control).put((byte) value.length).put(value);
    }
}
