package dev.kume.protocol.connection;

import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A PDU of the control path - login, text, NOP, logout, task management - kept whole: its header and its data. */
final class ControlPdu {
    final ByteBuf header;
    final ByteBuf data;

    ControlPdu(ByteBuf buffer, int offsetBytes, int dataBytes) {
        header = Unpooled.buffer(PduHeader.SIZE_BYTES, PduHeader.SIZE_BYTES);
        header.writeBytes(buffer, offsetBytes, PduHeader.SIZE_BYTES);
        data = dataBytes == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.buffer(dataBytes, dataBytes);
    }

    void add(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        data.writeBytes(buffer, offsetBytes, lengthBytes);
    }
}
