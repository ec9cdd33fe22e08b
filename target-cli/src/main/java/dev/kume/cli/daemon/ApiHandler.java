package dev.kume.cli.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.access.Caller;
import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.http.HttpAnswers;
import dev.kume.cli.metrics.MetricsPage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client. Confined to its event loop, but for {@link #carryOut}. One request at a time: a client
 * that sends the next before it has taken the answer is disconnected, so that none makes answers pile up here.
 */
final class ApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final String VERSION = "v1";
    private static final JsonMapper JSON = ApiJson.strict();

    private final ApiRoutes routes;
    private final ExecutorService workers;
    private boolean busy;

    ApiHandler(ApiRoutes routes, ExecutorService workers) {
        this.routes = routes;
        this.workers = workers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (busy) {
            var _ = context.close();
            return;
        }
        if (request.decoderResult().isFailure()) {
            sendLast(context, failed(ApiError.of(ErrorCode.INVALID, "this is not an HTTP/1.1 request", null)));
            return;
        }
        busy = true;
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        HttpMethod method = request.method();
        String uri = request.uri();
        Caller caller = Callers.of(context.channel());
        String body = request.content().toString(StandardCharsets.UTF_8);
        try {
            workers.execute(() -> {
                FullHttpResponse response = carryOut(method, uri, body, caller);
                context.executor().execute(() -> send(context, response, keepAlive));
            });
        } catch (RejectedExecutionException e) {
            sendLast(context, failed(ApiError.of(ErrorCode.STOPPING, "the daemon is stopping", "start it again")));
        }
    }

    private FullHttpResponse carryOut(HttpMethod method, String uri, String body, Caller caller) {
        try {
            ApiAnswer answer = routes.answer(parse(method, uri, body, caller));
            FullHttpResponse response = answer.body() instanceof MetricsPage.Rendered page
                    ? response(answer.status(), page.contentType(), Unpooled.wrappedBuffer(page.content()))
                    : response(answer.status(), answer.body());
            if (answer.location() != null) {
                response.headers().set(HttpHeaderNames.LOCATION, answer.location());
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(ApiError.of(ErrorCode.STOPPING, "the daemon is stopping", "start it again and repeat"));
        } catch (RuntimeException e) {
            return failed(Errors.of(e));
        }
    }

    private static ApiRequest parse(HttpMethod method, String uri, String body, Caller caller) {
        try {
            // Segments are decoded one by one, so that an encoded slash stays within its name.
            int question = uri.indexOf('?');
            String rawPath = question < 0 ? uri : uri.substring(0, question);
            List<String> path = Arrays.stream(rawPath.split("/", -1))
                    .skip(1)
                    .map(segment -> QueryStringDecoder.decodeComponent(segment.replace("+", "%2B")))
                    .toList();
            if (path.isEmpty() || !path.getFirst().equals(VERSION)) {
                throw new ApiException(
                        ErrorCode.UNSUPPORTED,
                        "this daemon does not know the path %s".formatted(rawPath),
                        "its paths begin with /v1/");
            }
            return new ApiRequest(
                    method.name().toUpperCase(Locale.ROOT),
                    path.subList(1, path.size()),
                    new QueryStringDecoder(uri).parameters(),
                    body,
                    caller);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID, "the path is not well encoded: " + e.getMessage(), null);
        }
    }

    private void send(ChannelHandlerContext context, FullHttpResponse response, boolean keepAlive) {
        if (keepAlive) {
            context.writeAndFlush(response).addListener(_ -> busy = false);
        } else {
            sendLast(context, response);
        }
    }

    static void sendLast(ChannelHandlerContext context, FullHttpResponse response) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    static FullHttpResponse failed(ApiError error) {
        return response(error.code().httpStatus(), new ApiError.Body(error));
    }

    private static FullHttpResponse response(int status, Object body) {
        byte[] json;
        try {
            json = JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the API is no JSON", e);
        }
        return response(status, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(json));
    }

    private static FullHttpResponse response(int status, CharSequence contentType, ByteBuf content) {
        return HttpAnswers.of(HttpResponseStatus.valueOf(status), contentType, content);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("A connection to the management socket ended: {}", cause.toString());
        var _ = context.close();
    }
}
