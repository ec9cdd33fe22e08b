package dev.kume.protocol.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** A piece of output: room for one largest PDU, reused again and again. Loop only. */
final class OutputChunk {
    final ByteBuf buf;

    /** The whole chunk; position and limit are whoever's who writes into it at the moment. */
    final ByteBuffer nio;

    OutputChunk(int bytes) {
        buf = Unpooled.directBuffer(bytes, bytes);
        nio = buf.nioBuffer(0, bytes);
    }
}
