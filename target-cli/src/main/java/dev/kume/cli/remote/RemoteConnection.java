package dev.kume.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kume.cli.access.Caller;
import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ErrorCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from the network, behind TLS and HTTP. Confined to its loop. It lets requests through that come with a
 * token, before it takes their bodies; and each step of it has a deadline, so that nobody holds it by being slow.
 */
final class RemoteConnection extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteConnection.class);

    /** From accept to a whole first request: the handshake is in it. */
    private static final long FIRST_REQUEST_SECONDS = 20;

    /** From one answer to the next whole request. */
    private static final long NEXT_REQUEST_SECONDS = 30;

    /** For taking an answer. */
    private static final long ANSWER_SECONDS = 60;

    private final TokenCheck check;
    private final InetSocketAddress from;
    private final Consumer<Caller> caller;
    private @Nullable Future<?> deadline;

    /** The token of the request under way, and its method. */
    private @Nullable String token;

    private HttpMethod method = HttpMethod.GET;

    /** A request has come whole and is not answered yet. */
    private boolean busy;

    /** Nothing more is taken from it. */
    private boolean refused;

    private boolean retiring;

    /** @param caller told of who asks, before each request */
    RemoteConnection(TokenCheck check, InetSocketAddress from, Consumer<Caller> caller) {
        this.check = check;
        this.from = from;
        this.caller = caller;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        endAfter(context, FIRST_REQUEST_SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        endNever();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && !refused) {
            admit(context, request);
        }
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof LastHttpContent) {
            busy = true;
            endNever();
        }
        context.fireChannelRead(message);
    }

    private void admit(ChannelHandlerContext context, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return; // Whoever is next says what is wrong with it, and closes.
        }
        String given = TokenCheck.tokenIn(request.headers().get(HttpHeaderNames.AUTHORIZATION));
        Caller found = check.caller(given, from);
        if (found == null) {
            refused = true;
            refuse(context, given == null ? noToken() : badToken());
            return;
        }
        token = given;
        method = request.method();
        caller.accept(found);
    }

    /** Late, when this is not the first refusal there. */
    private void refuse(ChannelHandlerContext context, FullHttpResponse answer) {
        var _ = context.executor()
                .schedule(() -> sendLast(context, answer), check.delayNanos(from), TimeUnit.NANOSECONDS);
    }

    private static void sendLast(ChannelHandlerContext context, FullHttpResponse answer) {
        answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof HttpResponse response)
                || response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            context.write(message, promise);
            return;
        }
        String shown = token;
        if (shown != null && method.equals(HttpMethod.GET) && !check.isStillValid(shown)) {
            // It was revoked while the request waited; the answer to a change that was made is told all the same.
            ReferenceCountUtil.release(message);
            refused = true;
            FullHttpResponse answer = badToken();
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.write(answer, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        endAfter(context, ANSWER_SECONDS);
        if (retiring) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        context.write(message, promise.unvoid()).addListener(_ -> {
            busy = false;
            if (retiring) {
                var _ = context.close();
            } else if (context.channel().isActive()) {
                endAfter(context, NEXT_REQUEST_SECONDS);
            }
        });
    }

    /** Ends the connection, after the answer that is being made. On its loop. */
    void retire(ChannelHandlerContext context) {
        retiring = true;
        if (!busy) {
            var _ = context.close();
        }
    }

    private void endAfter(ChannelHandlerContext context, long seconds) {
        endNever();
        deadline = context.executor().schedule(() -> context.close(), seconds, TimeUnit.SECONDS);
    }

    private void endNever() {
        Future<?> running = deadline;
        if (running != null) {
            running.cancel(false);
            deadline = null;
        }
    }

    private static FullHttpResponse noToken() {
        return unauthorised(ApiError.of(
                ErrorCode.NOT_AUTHORISED,
                "this management API wants a token",
                "send one as 'Authorization: Bearer TOKEN'; 'kume token create' makes one on the server"));
    }

    private static FullHttpResponse badToken() {
        return unauthorised(ApiError.of(
                ErrorCode.NOT_AUTHORISED,
                "the token is not known here, has expired or was revoked",
                "see 'kume token list' on the server, and make another one with 'kume token create'"));
    }

    private static FullHttpResponse unauthorised(ApiError error) {
        byte[] json;
        try {
            json = ApiJson.strict().writeValueAsBytes(new ApiError.Body(error));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the API is no JSON", e);
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.UNAUTHORIZED, Unpooled.wrappedBuffer(json));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"kume\"")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("A connection of {} to the management API ended: {}", from, cause.toString());
        var _ = context.close();
    }
}
