package dev.kume.protocol.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

/** The target's socket of a {@link Wire}, as a Netty channel: what Netty does above a socket is Netty's own code. */
final class SimulatedChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final World world;
    private final Wire wire;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private boolean open = true;
    private boolean wantsToRead;
    private boolean readAsked;
    private boolean writeBlocked;

    SimulatedChannel(World world, Wire wire, InetSocketAddress local, InetSocketAddress remote) {
        super(null);
        this.world = world;
        this.wire = wire;
        this.local = local;
        this.remote = remote;
    }

    /** Something has arrived, or the connection has ended. */
    void readable() {
        if (!readAsked && isRegistered() && wire.hasInput()) {
            readAsked = true;
            eventLoop().execute(this::read0);
        }
    }

    private void read0() {
        readAsked = false;
        if (!open || !wantsToRead) {
            return;
        }
        if (wire.wasReset()) {
            wantsToRead = false;
            pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            unsafe().close(voidPromise());
            return;
        }
        wantsToRead = false;
        RecvByteBufAllocator.Handle handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        ByteBuf buffer = handle.allocate(alloc());
        int most = world.oneIn(3) ? 1 + world.random.nextInt(200) : buffer.writableBytes();
        byte[] bytes = wire.take(Math.min(most, buffer.writableBytes()));
        if (bytes == null) {
            buffer.release();
            pipeline().fireChannelReadComplete();
            unsafe().close(voidPromise());
            return;
        }
        buffer.writeBytes(bytes);
        handle.lastBytesRead(bytes.length);
        handle.incMessagesRead(1);
        pipeline().fireChannelRead(buffer);
        handle.readComplete();
        pipeline().fireChannelReadComplete();
        if (open && wantsToRead) {
            readable();
        }
    }

    /** The network has taken something of what waited. */
    void writable() {
        if (open && writeBlocked) {
            eventLoop().execute(((SocketUnsafe) unsafe())::flushAgain);
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new SocketUnsafe();
    }

    private final class SocketUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException());
        }

        @Override
        protected void flush0() {
            // A socket whose buffer is full says when it has room again.
            if (!writeBlocked) {
                super.flush0();
            }
        }

        private void flushAgain() {
            if (writeBlocked) {
                writeBlocked = false;
                super.flush0();
            }
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
        if (!open) {
            throw new ClosedChannelException();
        }
        while (out.current() != null) {
            ByteBuf buffer = (ByteBuf) out.current();
            if (!buffer.isReadable()) {
                out.remove();
                continue;
            }
            int bytes = Math.min(buffer.readableBytes(), wire.room());
            if (bytes == 0) {
                writeBlocked = true;
                return;
            }
            byte[] taken = new byte[bytes];
            buffer.getBytes(buffer.readerIndex(), taken);
            out.removeBytes(bytes);
            wire.written(taken);
        }
    }

    @Override
    protected void doBeginRead() {
        wantsToRead = true;
        readable();
    }

    @Override
    protected void doClose() {
        if (open) {
            open = false;
            wire.targetClosed();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof SimulatedLoop;
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
