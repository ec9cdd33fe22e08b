package dev.kume.protocol.isns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections to servers as Netty channels on one event loop. */
final class IsnsChannel implements IsnsNetwork {
    private final EventLoop loop;
    private final Class<? extends SocketChannel> channelType;
    private final IsnsOptions options;

    IsnsChannel(EventLoop loop, Class<? extends SocketChannel> channelType, IsnsOptions options) {
        this.loop = loop;
        this.channelType = channelType;
        this.options = options;
    }

    @Override
    public Runnable after(long millis, Runnable action) {
        ScheduledFuture<?> scheduled = loop.schedule(action, millis, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public Link connect(InetSocketAddress server, Events events) {
        Connection connection = new Connection(events, new IsnsReader(options.answerBytes()));
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(TimeUnit.SECONDS.toMillis(options.timeoutSeconds())))
                .handler(connection)
                .connect(server);
        connection.channel = connecting.channel();
        // In a turn of its own, for the caller does not know its link yet.
        connecting.addListener((ChannelFutureListener) done -> loop.execute(() -> connection.onConnected(done)));
        return connection;
    }

    /** One channel and its reader. */
    private static final class Connection extends ChannelInboundHandlerAdapter implements Link {
        private final Events events;
        private final IsnsReader reader;
        private @Nullable Channel channel;
        private boolean told;

        Connection(Events events, IsnsReader reader) {
            this.events = events;
            this.reader = reader;
        }

        private void onConnected(ChannelFuture done) {
            Throwable failure = done.cause();
            if (told) {
                return;
            }
            if (failure != null) {
                over("it cannot be connected: " + reason(failure));
            } else {
                events.connected();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                while (!told) {
                    IsnsMessage whole = reader.next(in);
                    if (whole == null) {
                        break;
                    }
                    events.received(whole);
                }
            } catch (IsnsProtocolException e) {
                over("the server " + e.getMessage());
            } finally {
                in.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            over("the server closed the connection");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            over("the connection failed: " + reason(cause));
        }

        private void over(String why) {
            if (!told) {
                close();
                events.closed(why);
            }
        }

        @Override
        public void send(IsnsMessage message) {
            Channel open = channel;
            if (open != null) {
                open.writeAndFlush(message.pdus()).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
            }
        }

        @Override
        public void close() {
            told = true;
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }

        private static String reason(Throwable failure) {
            String message = failure.getMessage();
            return message == null
                    ? failure.getClass().getSimpleName()
                    : message.lines().findFirst().orElse(message);
        }
    }
}
