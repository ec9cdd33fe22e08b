package dev.kume.protocol.server;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/** How sockets are served. */
public enum Transport {
    /** epoll where its native library loads, else NIO. */
    AUTO,
    EPOLL,
    NIO;

    /** What this host really uses. */
    public Transport chosen() {
        if (this == AUTO) {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }
        return this;
    }

    IoHandlerFactory handlers() {
        return chosen() == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    Class<? extends ServerChannel> serverChannel() {
        return chosen() == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }
}
