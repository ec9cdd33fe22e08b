package dev.kume.protocol.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Makes Netty read into the one receive buffer of the loop: nothing is allocated, and the buffer stays in the cache.
 */
final class LoopReceive extends DefaultMaxMessagesRecvByteBufAllocator {
    private final LoopContext loop;

    LoopReceive(LoopContext loop) {
        // One read a turn: a full buffer is much work already, and other connections wait.
        super(1);
        this.loop = loop;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty has no other way to say where to read to.
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator unused) {
                return loop.receiveBuffer();
            }

            @Override
            public int guess() {
                return loop.receiveBytes();
            }
        };
    }
}
