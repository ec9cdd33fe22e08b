package dev.kume.protocol.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.nio.channels.spi.SelectorProvider;

/** How sockets are served. */
public enum Transport {
    /** epoll where its native library loads, else NIO. */
    AUTO,
    EPOLL,
    NIO;

    /** RFC 3493 5.3: [::] does not take IPv4, which then can be a portal of its own. The numbers are Linux's. */
    private static final IntegerUnixChannelOption IPV6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    /** What this host really uses. */
    public Transport chosen() {
        if (this == AUTO) {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }
        return this;
    }

    public IoHandlerFactory handlers() {
        return chosen() == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** A socket to listen with, of one address family only. */
    ServerChannel listening(boolean ipv6) {
        SocketProtocolFamily family = ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        return chosen() == EPOLL
                ? new EpollServerSocketChannel(family)
                : new NioServerSocketChannel(SelectorProvider.provider(), family);
    }

    /** Sets what sockets of this transport need beyond what all need. */
    void configure(ServerBootstrap bootstrap, boolean ipv6) {
        if (chosen() == EPOLL) {
            // The JDK sets it by itself where it means that connections of a process that has ended are no obstacle.
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
            if (ipv6) {
                bootstrap.option(IPV6_ONLY, 1);
            }
        }
    }

    /** What connects to somebody else. */
    public Class<? extends SocketChannel> clientChannel() {
        return chosen() == EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }
}
