package dev.kume.system.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One PDU as bytes: the 48 bytes of its header and its data segment without padding. No digests, no AHS. */
public record RawPdu(ByteBuffer header, byte[] data) {
    private static final int HEADER_BYTES = 48;
    private static final int DATA_BYTES_MAX = 1 << 20;

    /** A header of zeros with this first byte (opcode and immediate bit) and these flags. */
    public static RawPdu of(int first, int flags, byte... data) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(0, (byte) first).put(1, (byte) flags);
        return new RawPdu(header, data);
    }

    static RawPdu read(DataInputStream in) throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        in.readFully(header);
        ByteBuffer fields = ByteBuffer.wrap(header);
        int dataBytes = fields.getInt(4) & 0xFFFFFF;
        if (header[4] != 0 || dataBytes > DATA_BYTES_MAX) {
            throw new IOException("a header no target should send: "
                    + java.util.HexFormat.of().formatHex(header));
        }
        byte[] padded = new byte[dataBytes + 3 & ~3];
        in.readFully(padded);
        return new RawPdu(fields, Arrays.copyOf(padded, dataBytes));
    }

    /** The bytes on the wire: data segment length filled in, data padded to four bytes. */
    public byte[] bytes() {
        header.putInt(4, header.get(4) << 24 | data.length);
        ByteBuffer whole = ByteBuffer.allocate(HEADER_BYTES + (data.length + 3 & ~3));
        return whole.put(header.array()).put(data).array();
    }

    public int opcode() {
        return header.get(0) & 0x3F;
    }

    public int flags() {
        return header.get(1) & 0xFF;
    }

    public int unsigned(int offset) {
        return header.get(offset) & 0xFF;
    }

    public int word(int offset) {
        return header.getInt(offset);
    }

    RawPdu lun(int lun) {
        header.putShort(8, (short) lun);
        return this;
    }

    RawPdu word(int offset, int value) {
        header.putInt(offset, value);
        return this;
    }
}
