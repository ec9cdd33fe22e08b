package dev.kume.cli.daemon;

import dev.kume.cli.api.StatusView;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management API on its Unix domain socket: HTTP/1.1 by Netty's codec, over the JDK's own domain sockets, which
 * every system has. One event loop reads and writes; requests are carried out on other threads.
 */
final class ManagementApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementApi.class);

    private static final int CONNECTIONS_MAX = 128;
    private static final int LINE_BYTES_MAX = 4_096;
    private static final int HEADERS_BYTES_MAX = 16_384;
    private static final long CLOSE_MILLIS = 1_000;

    private final Path socket;
    private final ApiRoutes routes;
    private final ExecutorService workers;
    private final EventLoopGroup loop;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** True once the socket at the path is the one that was bound here. */
    private boolean ours;

    /**
     * @param workers carry requests out, and may wait; one per connection at most
     * @param threads makes the thread of the event loop
     */
    ManagementApi(Path socket, ApiRoutes routes, ExecutorService workers, ThreadFactory threads) {
        this.socket = socket;
        this.routes = routes;
        this.workers = workers;
        this.loop = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
    }

    /** Binds the socket; only under the lock of the state directory. */
    void start() throws DaemonException {
        AdminSocket.prepare(socket);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        var bound = bootstrap.bind(UnixDomainSocketAddress.of(socket)).awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw DaemonException.failed("the management socket %s cannot be bound: %s; set another admin.socket"
                    .formatted(socket, Causes.of(failure)));
        }
        ours = true;
        connections.add(bound.channel());
        try {
            AdminSocket.close(socket);
        } catch (IOException e) {
            throw DaemonException.failed(
                    "the management socket %s cannot be made private: %s".formatted(socket, Causes.of(e)));
        }
    }

    /**
     * The status, as a client gets it, but for the connection: by way of the event loop and of a thread for requests.
     */
    StatusView pulse(Duration within) throws Exception {
        CompletableFuture<StatusView> status = new CompletableFuture<>();
        loop.execute(() -> workers.execute(() -> {
            try {
                status.complete(routes.status());
            } catch (RuntimeException e) {
                status.completeExceptionally(e);
            }
        }));
        try {
            return status.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the management API does not answer within " + within.toMillis() + " ms", e);
        }
    }

    private void accept(Channel channel) {
        if (connections.size() > CONNECTIONS_MAX) {
            ServiceEvent.API_CROWDED.log(LOG, CONNECTIONS_MAX);
            var _ = channel.close();
            return;
        }
        connections.add(channel);
        Callers.put(channel, Callers.local(channel));
        HttpDecoderConfig config =
                new HttpDecoderConfig().setMaxInitialLineLength(LINE_BYTES_MAX).setMaxHeaderSize(HEADERS_BYTES_MAX);
        channel.pipeline()
                .addLast(new HttpServerCodec(config))
                .addLast(new ApiBodies())
                .addLast(new ApiHandler(routes, workers));
    }

    /** Stops listening, closes all connections and removes the socket. */
    @Override
    public void close() {
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
        loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
        if (!ours) {
            return; // What is there belongs to somebody else, for that is why the start failed.
        }
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            ServiceEvent.API_SOCKET_STAYS.log(LOG, socket, Causes.of(e));
        }
    }
}
