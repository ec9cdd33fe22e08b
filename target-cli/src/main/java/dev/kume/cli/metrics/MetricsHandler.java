package dev.kume.cli.metrics;

import dev.kume.cli.http.HttpAnswers;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client of the metrics. Confined to its event loop; pages are made on other threads. One request
 * at a time: a client that sends the next before it has taken the answer is disconnected, so that none of them makes
 * answers pile up here.
 */
final class MetricsHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** For taking an answer. */
    static final long ANSWER_SECONDS = 60;

    /** Made or not yet taken at one time: a page of a thousand hosts has twenty megabytes. */
    static final int PAGES_MAX = 4;

    private final MetricsPage pages;
    private final Executor workers;
    private final Clients clients;
    private boolean busy;

    MetricsHandler(MetricsPage pages, Executor workers, Clients clients) {
        this.pages = pages;
        this.workers = workers;
        this.clients = clients;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (busy || request.decoderResult().isFailure()) {
            var _ = context.close();
            return;
        }
        busy = true;
        clients.asks(context.channel());
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        String path = request.uri().split("\\?", 2)[0];
        if (!path.equals(PATH)) {
            send(context, text(HttpResponseStatus.NOT_FOUND, "There is " + PATH + ", and nothing else.\n"), keepAlive);
            return;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            send(context, text(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET only.\n"), keepAlive);
            return;
        }
        if (clients.asking() > PAGES_MAX) {
            send(context, text(HttpResponseStatus.SERVICE_UNAVAILABLE, "Too many ask at once.\n"), keepAlive);
            return;
        }
        boolean headOnly = request.method().equals(HttpMethod.HEAD);
        String accept = request.headers().get(HttpHeaderNames.ACCEPT);
        try {
            workers.execute(() -> {
                FullHttpResponse response = render(accept, headOnly);
                context.executor().execute(() -> send(context, response, keepAlive));
            });
        } catch (RejectedExecutionException e) {
            send(context, text(HttpResponseStatus.SERVICE_UNAVAILABLE, "The daemon is stopping.\n"), false);
        }
    }

    private FullHttpResponse render(@Nullable String accept, boolean headOnly) {
        try {
            MetricsPage.Rendered rendered = pages.render(accept);
            FullHttpResponse page = HttpAnswers.of(
                    HttpResponseStatus.OK, rendered.contentType(), Unpooled.wrappedBuffer(rendered.content()));
            if (headOnly) {
                page.content().clear(); // The length in its headers stays.
            }
            return page;
        } catch (RuntimeException e) {
            // Event loops that do not answer in time, too: a page with half of the numbers would be believed.
            return text(HttpResponseStatus.SERVICE_UNAVAILABLE, "The metrics cannot be had now: " + e + "\n");
        }
    }

    private void send(ChannelHandlerContext context, FullHttpResponse response, boolean keepAlive) {
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        Future<?> deadline = context.executor().schedule(() -> context.close(), ANSWER_SECONDS, TimeUnit.SECONDS);
        context.writeAndFlush(response).addListener(_ -> {
            deadline.cancel(false);
            busy = false;
            clients.answered(context.channel());
            if (!keepAlive) {
                var _ = context.close();
            }
        });
    }

    private static FullHttpResponse text(HttpResponseStatus status, String words) {
        return HttpAnswers.of(status, TEXT, Unpooled.copiedBuffer(words, StandardCharsets.UTF_8));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && !busy) {
            var _ = context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }
}
