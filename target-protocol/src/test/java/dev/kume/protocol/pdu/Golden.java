package dev.kume.protocol.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;

/** Headers as hex, placed away from the start of a buffer whose other bytes must stay as they are. */
final class Golden {
    static final int OFFSET_BYTES = 5;

    private static final int BUFFER_BYTES = OFFSET_BYTES + PduHeader.SIZE_BYTES + 7;
    private static final int DIRT = 0xEE;

    private Golden() {}

    /** The header of this hex text, spaces ignored, in a buffer of dirt. */
    static ByteBuf of(String... hex) {
        byte[] header = HexFormat.of().parseHex(String.join("", hex).replace(" ", ""));
        assertEquals(PduHeader.SIZE_BYTES, header.length);
        return dirty().setBytes(OFFSET_BYTES, header);
    }

    /** A buffer of dirt, for a header to be made in. */
    static ByteBuf dirty() {
        ByteBuf buffer = Unpooled.buffer(BUFFER_BYTES, BUFFER_BYTES).writerIndex(BUFFER_BYTES);
        for (int at = 0; at < BUFFER_BYTES; at++) {
            buffer.setByte(at, DIRT);
        }
        return buffer;
    }

    static void assertSameBytes(ByteBuf expected, ByteBuf actual) {
        assertEquals(ByteBufUtil.prettyHexDump(expected), ByteBufUtil.prettyHexDump(actual));
    }
}
