package dev.kume.protocol.login;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The data segment of one login or text answer, without padding; a pair may begin in one and end in the next. */
public final class TextSegment {
    static final TextSegment EMPTY = new TextSegment(new byte[0]);

    private final byte[] bytes;

    private TextSegment(byte[] bytes) {
        this.bytes = bytes;
    }

    static TextSegment of(byte[] text, int offsetBytes, int endBytes) {
        return new TextSegment(Arrays.copyOfRange(text, offsetBytes, endBytes));
    }

    /** What belongs into DataSegmentLength. */
    public int lengthBytes() {
        return bytes.length;
    }

    /** Puts the bytes at this position; indexes do not move, padding is the caller's. */
    public void copyTo(ByteBuf target, int offsetBytes) {
        target.setBytes(offsetBytes, bytes);
    }

    /** The bytes, as the caller's own. */
    public byte[] toBytes() {
        return bytes.clone();
    }
}
