package dev.kume.protocol.server;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One PDU as bytes: a basic header that a test writes byte by byte, additional headers, and a data segment. */
record WirePdu(ByteBuffer header, byte[] additional, byte[] data) {
    static final int NO_TAG = 0xFFFFFFFF;

    static final int NOP_OUT = 0x00;
    static final int SCSI_COMMAND = 0x01;
    static final int TASK_MANAGEMENT = 0x02;
    static final int LOGIN = 0x03;
    static final int TEXT = 0x04;
    static final int DATA_OUT = 0x05;
    static final int LOGOUT = 0x06;
    static final int NOP_IN = 0x20;
    static final int SCSI_RESPONSE = 0x21;
    static final int TASK_MANAGEMENT_RESPONSE = 0x22;
    static final int LOGIN_RESPONSE = 0x23;
    static final int TEXT_RESPONSE = 0x24;
    static final int DATA_IN = 0x25;
    static final int LOGOUT_RESPONSE = 0x26;
    static final int R2T = 0x31;
    static final int ASYNC_MESSAGE = 0x32;
    static final int REJECT = 0x3F;

    static final int FINAL = 0x80;
    static final int IMMEDIATE = 0x40;

    static WirePdu of(int opcode, int flags) {
        ByteBuffer header = ByteBuffer.allocate(48);
        header.put(0, (byte) opcode).put(1, (byte) flags);
        return new WirePdu(header, new byte[0], new byte[0]);
    }

    WirePdu with(byte[] newData) {
        header.putInt(4, header.getInt(4) & 0xFF000000 | newData.length);
        return new WirePdu(header, additional, newData);
    }

    /** With additional header segments, a multiple of four bytes. */
    WirePdu withAdditional(byte[] segments) {
        header.put(4, (byte) (segments.length / 4));
        return new WirePdu(header, segments, data);
    }

    WirePdu word(int at, int value) {
        header.putInt(at, value);
        return this;
    }

    WirePdu octet(int at, int value) {
        header.put(at, (byte) value);
        return this;
    }

    WirePdu lun(int lun) {
        header.putShort(8, (short) lun);
        return this;
    }

    int word(int at) {
        return header.getInt(at);
    }

    int octet(int at) {
        return header.get(at) & 0xFF;
    }

    int opcode() {
        return octet(0) & 0x3F;
    }

    boolean isFinal() {
        return (octet(1) & FINAL) != 0;
    }

    int initiatorTaskTag() {
        return word(16);
    }

    int statSn() {
        return word(24);
    }

    int expCmdSn() {
        return word(28);
    }

    int maxCmdSn() {
        return word(32);
    }

    /** True when this PDU takes a StatSN: all answers, but not R2T, Data-In without status, and our pings. */
    boolean takesStatSn() {
        return switch (opcode()) {
            case R2T -> false;
            case DATA_IN -> (octet(1) & 1) != 0;
            case NOP_IN -> initiatorTaskTag() != NO_TAG;
            default -> true;
        };
    }

    /** SCSI status, in a SCSI Response or in a Data-In with the S bit. */
    int status() {
        return octet(3);
    }

    /** Sense key, ASC and ASCQ as six hex digits, or nothing. */
    String sense() {
        if (data.length < 2 + 14) {
            return "";
        }
        boolean fixed = (data[2] & 0x7F) == 0x70;
        int key = fixed ? 2 + 2 : 2 + 1;
        int code = fixed ? 2 + 12 : 2 + 2;
        return "%02x%02x%02x".formatted(data[key] & 0xF, data[code], data[code + 1]);
    }

    /** Residual as the initiator reads it: positive overflow, negative underflow. */
    long residual() {
        long count = Integer.toUnsignedLong(word(44));
        return (octet(1) & 4) != 0 ? count : (octet(1) & 2) != 0 ? -count : 0;
    }

    @Override
    public String toString() {
        return "PDU %02x flags %02x itt %08x, %d bytes of data, header %s"
                .formatted(octet(0), octet(1), initiatorTaskTag(), data.length, Arrays.toString(header.array()));
    }
}
