package dev.kume.protocol.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** One PDU of the simulated initiators, byte by byte: nothing of the target's own code has a part in it. */
record Pdu(ByteBuffer header, byte[] data) {
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
    static final int IMMEDIATE = 0x40;
    static final int FINAL = 0x80;

    static Pdu of(int opcode, int flags) {
        return new Pdu(ByteBuffer.allocate(48).put(0, (byte) opcode).put(1, (byte) flags), new byte[0]);
    }

    Pdu with(byte[] newData) {
        header.putInt(4, newData.length);
        return new Pdu(header, newData);
    }

    Pdu withText(String... pairs) {
        return with((String.join("\0", pairs) + "\0").getBytes(StandardCharsets.UTF_8));
    }

    Pdu word(int at, int value) {
        header.putInt(at, value);
        return this;
    }

    Pdu lun(int lun) {
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

    int itt() {
        return word(16);
    }

    boolean isFinal() {
        return (octet(1) & FINAL) != 0;
    }

    /** True when it takes a StatSN, and not only shows the next. */
    boolean takesStatSn() {
        return switch (opcode()) {
            case R2T -> false;
            case DATA_IN -> (octet(1) & 1) != 0;
            case NOP_IN -> itt() != NO_TAG;
            default -> true;
        };
    }

    boolean showsStatSn() {
        return opcode() != DATA_IN || takesStatSn();
    }

    /** Sense key, ASC and ASCQ as six hex digits, or nothing. */
    String sense() {
        if (data.length < 16) {
            return "";
        }
        boolean fixed = (data[2] & 0x7F) == 0x70;
        return "%02x%02x%02x".formatted(data[fixed ? 4 : 3] & 0xF, data[fixed ? 14 : 4], data[fixed ? 15 : 5]);
    }

    byte[] bytes(boolean headerDigest, boolean dataDigest) {
        int padded = data.length + 3 & ~3;
        boolean digestsData = dataDigest && padded > 0;
        int size = 48 + (headerDigest ? 4 : 0) + padded + (digestsData ? 4 : 0);
        ByteBuffer out = ByteBuffer.allocate(size).put(header.array());
        if (headerDigest) {
            digest(out, header.array());
        }
        byte[] withPadding = java.util.Arrays.copyOf(data, padded);
        out.put(withPadding);
        if (digestsData) {
            digest(out, withPadding);
        }
        return out.array();
    }

    private static void digest(ByteBuffer out, byte[] of) {
        out.order(ByteOrder.LITTLE_ENDIAN).putInt(crc(of)).order(ByteOrder.BIG_ENDIAN);
    }

    static int crc(byte[] of) {
        CRC32C crc = new CRC32C();
        crc.update(of, 0, of.length);
        return (int) crc.getValue();
    }

    @Override
    public String toString() {
        return "PDU %02x flags %02x itt %08x, %d bytes".formatted(octet(0), octet(1), itt(), data.length);
    }
}
