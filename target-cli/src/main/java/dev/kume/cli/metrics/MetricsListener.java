package dev.kume.cli.metrics;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One port that serves metrics over HTTP, with an event loop of its own. Opened and closed by one thread at a time. */
final class MetricsListener implements AutoCloseable {
    static final int CONNECTIONS_MAX = 64;

    private static final int LINE_BYTES_MAX = 4_096;
    private static final int HEADERS_BYTES_MAX = 16_384;
    private static final int BODY_BYTES_MAX = 4_096;

    /** Longer than between two looks of any Prometheus. */
    private static final int IDLE_SECONDS = 300;

    private static final long CLOSE_MILLIS = 1_000;

    private final EventLoopGroup loop;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** The loop's alone. */
    private final Clients clients = new Clients(CONNECTIONS_MAX);

    private final Channel listening;

    /**
     * Opens the port.
     *
     * @param workers make pages, and may wait
     */
    MetricsListener(InetSocketAddress address, MetricsPage page, Executor workers, ThreadFactory threads)
            throws IOException {
        loop = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, page, workers);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            throw new IOException(Objects.requireNonNullElse(failure.getMessage(), failure.toString()), failure);
        }
        listening = bound.channel();
        connections.add(listening);
    }

    private void accept(Channel channel, MetricsPage page, Executor workers) {
        connections.add(channel);
        Channel gone = clients.add(channel);
        if (gone != null) {
            var _ = gone.close();
        }
        channel.closeFuture().addListener(_ -> clients.remove(channel));
        HttpDecoderConfig config =
                new HttpDecoderConfig().setMaxInitialLineLength(LINE_BYTES_MAX).setMaxHeaderSize(HEADERS_BYTES_MAX);
        channel.pipeline()
                .addLast(new IdleStateHandler(IDLE_SECONDS, 0, 0))
                .addLast(new HttpServerCodec(config))
                .addLast(new HttpObjectAggregator(BODY_BYTES_MAX, true))
                .addLast(new MetricsHandler(page, workers, clients));
    }

    /** Where it listens: the port that was really bound. */
    @Nullable
    InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    @Override
    public void close() {
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
        loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
    }
}
