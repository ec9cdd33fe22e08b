package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A PDU of the target that is looked at when all of it has come; read data goes another way. */
final class TargetPdu {
    final ByteBuf header = Unpooled.buffer(PduHeader.SIZE_BYTES, PduHeader.SIZE_BYTES);
    /** The data segment, from index 0 to the writer index. */
    final ByteBuf data;

    TargetPdu(ByteBuf buffer, int offsetBytes, int dataBytes) {
        header.writeBytes(buffer, offsetBytes, PduHeader.SIZE_BYTES);
        data = Unpooled.buffer(dataBytes, dataBytes);
    }

    void add(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        data.writeBytes(buffer, offsetBytes, lengthBytes);
    }
}
