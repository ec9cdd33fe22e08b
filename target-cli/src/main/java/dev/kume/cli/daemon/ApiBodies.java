package dev.kume.cli.daemon;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ErrorCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Gathers the body of a request, up to a bound; one that is larger gets its answer and the connection ends. */
final class ApiBodies extends HttpObjectAggregator {
    /** The largest body. */
    static final int BODY_BYTES_MAX = 1 << 20;

    ApiBodies() {
        super(BODY_BYTES_MAX);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        ApiError error = ApiError.of(
                ErrorCode.INVALID, "the body has more than %d bytes".formatted(BODY_BYTES_MAX), "send a smaller one");
        ApiHandler.sendLast(context, ApiHandler.failed(error));
    }
}
