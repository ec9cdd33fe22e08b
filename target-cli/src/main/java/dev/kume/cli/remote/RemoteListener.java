package dev.kume.cli.remote;

import dev.kume.cli.access.Caller;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The management API on a TCP port, behind TLS. One event loop of its own does all of it, handshakes too: whatever
 * comes in here, the loops of iSCSI do not notice. Bound and closed by one thread.
 */
final class RemoteListener implements AutoCloseable {
    /** Connections of which no token is known yet. */
    static final int STRANGERS_MAX = 128;

    private static final int CONNECTIONS_MAX = 256;
    private static final int BACKLOG = 256;
    private static final int LINE_BYTES_MAX = 4_096;
    private static final int HEADERS_BYTES_MAX = 16_384;
    private static final long HANDSHAKE_SECONDS = 10;
    private static final long CLOSE_MILLIS = 1_000;

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** Forward secrecy and authenticated encryption only; the last four are of TLS 1.2. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private final TokenCheck check;
    private final BiConsumer<Channel, Caller> asks;
    private final Consumer<Channel> requests;
    private final EventLoopGroup loop;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** The loop's alone. */
    private final Strangers strangers = new Strangers(STRANGERS_MAX);

    private volatile @Nullable SslContext tls;
    private @Nullable Channel listening;

    /**
     * @param asks     notes at a connection who asks for something there
     * @param requests adds to a connection what carries out requests
     * @param threads  makes the thread of the event loop
     */
    RemoteListener(
            TokenCheck check, BiConsumer<Channel, Caller> asks, Consumer<Channel> requests, ThreadFactory threads) {
        this.check = check;
        this.asks = asks;
        this.requests = requests;
        this.loop = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
    }

    /** What new connections are shown; those that are open keep theirs. */
    void identity(ServerIdentity identity) throws RemoteException {
        try {
            tls = SslContextBuilder.forServer(identity.key(), identity.chain().toArray(X509Certificate[]::new))
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .ciphers(CIPHERS)
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new RemoteException(
                    "the certificate cannot be used for TLS: %s".formatted(e.getMessage()), "give another one");
        }
    }

    /** Listens on an address; there must be an identity. */
    void bind(InetSocketAddress address) throws RemoteException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw new RemoteException(
                    "the management API cannot listen on %s:%d: %s"
                            .formatted(address.getAddress().getHostAddress(), address.getPort(), failure.getMessage()),
                    "free it or set another admin.remote.listen; it is tried again and again, and disks are served"
                            + " all the same");
        }
        listening = bound.channel();
    }

    boolean isListening() {
        Channel channel = listening;
        return channel != null && channel.isOpen();
    }

    /** The address that is really bound; null when it does not listen. */
    @Nullable
    InetSocketAddress address() {
        Channel channel = listening;
        return channel == null ? null : (InetSocketAddress) channel.localAddress();
    }

    /** Listens no more; connections that are open end after the answer that they wait for. */
    void unbind() {
        Channel channel = listening;
        listening = null;
        if (channel == null) {
            return;
        }
        channel.close().awaitUninterruptibly(CLOSE_MILLIS);
        for (Channel connection : connections) {
            connection.eventLoop().execute(() -> retire(connection));
        }
    }

    private static void retire(Channel connection) {
        ChannelHandlerContext context = connection.pipeline().context(RemoteConnection.class);
        if (context == null) {
            var _ = connection.close();
        } else {
            ((RemoteConnection) context.handler()).retire(context);
        }
    }

    private void accept(SocketChannel channel) {
        SslContext current = tls;
        InetSocketAddress from = channel.remoteAddress();
        if (current == null || from == null || connections.size() >= CONNECTIONS_MAX) {
            var _ = channel.close();
            return;
        }
        connections.add(channel);
        Channel gone = strangers.add(channel, from.getAddress());
        if (gone != null) {
            var _ = gone.close();
        }
        channel.closeFuture().addListener(_ -> strangers.remove(channel));
        SslHandler handler = current.newHandler(channel.alloc());
        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        HttpDecoderConfig config =
                new HttpDecoderConfig().setMaxInitialLineLength(LINE_BYTES_MAX).setMaxHeaderSize(HEADERS_BYTES_MAX);
        channel.pipeline()
                .addLast(handler)
                .addLast(new HttpServerCodec(config))
                .addLast(new RemoteConnection(check, from, caller -> {
                    strangers.remove(channel);
                    asks.accept(channel, caller);
                }));
        requests.accept(channel);
    }

    /** Closes everything. */
    @Override
    public void close() {
        Channel channel = listening;
        if (channel != null) {
            channel.close().awaitUninterruptibly(CLOSE_MILLIS);
        }
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
        loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
    }
}
