package dev.kume.protocol.initiator;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;

/** How an initiator reaches a portal. The channel must live on the initiator's loop. */
@FunctionalInterface
public interface InitiatorTransport {
    /**
     * Connects to a portal.
     *
     * @param handler the only handler of the new channel
     */
    ChannelFuture connect(SocketAddress portal, ChannelHandler handler);

    /**
     * TCP sockets of this type on this loop; an attempt ends after {@code timeoutMillis}. Addresses are not looked up.
     */
    static InitiatorTransport sockets(EventLoop loop, Class<? extends Channel> type, int timeoutMillis) {
        return (portal, handler) -> new Bootstrap()
                .group(loop)
                .channel(type)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(handler)
                .connect(portal);
    }

    /** The loop of {@link #sockets} as the initiator needs it. */
    static InitiatorLoop loop(EventLoop loop) {
        return new NettyLoop(loop);
    }
}
