package dev.kume.protocol.simulation;

import java.util.Arrays;

/** A queue of bytes. */
final class Bytes {
    private byte[] bytes = new byte[256];
    private int from;
    private int to;

    int size() {
        return to - from;
    }

    void add(byte[] added, int offset, int length) {
        if (to + length > bytes.length) {
            int size = size();
            byte[] larger = size + length > bytes.length ? new byte[2 * (size + length)] : bytes;
            System.arraycopy(bytes, from, larger, 0, size);
            bytes = larger;
            from = 0;
            to = size;
        }
        System.arraycopy(added, offset, bytes, to, length);
        to += length;
    }

    int at(int offset) {
        return bytes[from + offset] & 0xFF;
    }

    byte[] take(int length) {
        byte[] taken = Arrays.copyOfRange(bytes, from, from + length);
        from += length;
        return taken;
    }
}
