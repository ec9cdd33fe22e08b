package dev.kume.cli.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The far end of a connection that takes answers when it is told to, and not before. */
public final class SlowClient extends ChannelOutboundHandlerAdapter {
    private record Held(Object message, ChannelPromise promise) {}

    private final Deque<Held> held = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;

    public static FullHttpRequest request(HttpMethod method, String uri) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, uri);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void write(ChannelHandlerContext from, Object message, ChannelPromise promise) {
        held.add(new Held(message, promise));
    }

    /** Answers that it has not taken. */
    public int held() {
        return held.size();
    }

    public void takesAll() {
        ChannelHandlerContext to = Objects.requireNonNull(context);
        while (!held.isEmpty()) {
            Held next = held.remove();
            to.writeAndFlush(next.message(), next.promise());
        }
    }
}
