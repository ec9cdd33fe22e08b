package dev.kume.cli.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.access.Caller;
import dev.kume.cli.access.Role;
import dev.kume.cli.access.TokenBook;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.protocol.connection.LoginThrottle;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One connection, in a channel without a network whose time is ours. */
final class RemoteConnectionTest {
    private static final InetSocketAddress FROM = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 50312);
    private static final Clock STANDING = new Clock() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.parse("2026-11-27T10:00:00Z");
        }
    };

    private final TokenBook tokens =
            new TokenBook(Path.of("nowhere"), (file, content) -> {}, STANDING, new SplittableRandom(5));
    private final TokenCheck check = new TokenCheck(tokens, new LoginThrottle(STANDING, Limits.DEFAULTS));
    private final List<Caller> callers = new ArrayList<>();
    private EmbeddedChannel channel = connect();

    private EmbeddedChannel connect() {
        EmbeddedChannel fresh = new EmbeddedChannel();
        fresh.freezeTime();
        fresh.pipeline().addLast(new RemoteConnection(check, FROM, callers::add));
        return fresh;
    }

    private void ask(HttpMethod method, @Nullable String authorization) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/v1/status");
        if (authorization != null) {
            request.headers().set(HttpHeaderNames.AUTHORIZATION, authorization);
        }
        channel.writeInbound(request);
    }

    private void end() {
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void answer() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    }

    private int status() {
        FullHttpResponse response = channel.readOutbound();
        assertNotNull(response, "no answer yet");
        int status = response.status().code();
        response.release();
        return status;
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private String token(Role role) throws Exception {
        return tokens.create(role.word(), role, null).token();
    }

    @Test
    void aRequestWithATokenGoesOnWithItsCaller() throws Exception {
        ask(HttpMethod.GET, "Bearer " + token(Role.READ));
        end();
        assertEquals(List.of(new Caller("read", Role.READ, "192.0.2.7:50312")), callers);
        assertEquals(2, channel.inboundMessages().size());
        answer();
        assertEquals(200, status());
        assertTrue(channel.isOpen());
    }

    @Test
    void aStrangersBodyIsThrownAwayUnread() {
        for (int i = 0; i < 11; i++) {
            check.caller(null, FROM);
        }
        ask(HttpMethod.POST, "Bearer kume_guess");
        var body = Unpooled.copiedBuffer("{}", StandardCharsets.UTF_8);
        channel.writeInbound(new DefaultHttpContent(body));
        end();
        assertEquals(0, channel.inboundMessages().size());
        assertEquals(0, body.refCnt());
        assertNull(channel.readOutbound());
        pass(1_000);
        assertEquals(401, status());
        assertFalse(channel.isOpen());
        assertEquals(List.of(), callers);
    }

    @Test
    void refusalsComeLaterEachTimeAndARightTokenDoesNot() throws Exception {
        long[] delays = new long[13];
        for (int i = 0; i < delays.length; i++) {
            channel = connect();
            ask(HttpMethod.GET, i % 2 == 0 ? null : "Bearer kume_guess");
            while (channel.outboundMessages().isEmpty()) {
                pass(250);
                delays[i] += 250;
            }
            assertEquals(401, status());
        }
        for (int i = 0; i < 10; i++) {
            assertEquals(0, delays[i], "the first ten cost nothing");
        }
        assertEquals(500, delays[10]);
        assertEquals(1_000, delays[11]);
        assertEquals(2_000, delays[12]);
        channel = connect();
        ask(HttpMethod.GET, "Bearer " + token(Role.READ));
        assertEquals(1, callers.size(), "at once, from the same address");
    }

    @Test
    void whoIsSlowIsDisconnected() throws Exception {
        pass(19_999);
        assertTrue(channel.isOpen(), "a handshake and the first request have 20 seconds");
        pass(1);
        assertFalse(channel.isOpen());
        channel = connect();
        String bearer = "Bearer " + token(Role.ADMIN);
        ask(HttpMethod.POST, bearer);
        channel.writeInbound(new DefaultHttpContent(Unpooled.copiedBuffer("{", StandardCharsets.UTF_8)));
        pass(20_000);
        assertFalse(channel.isOpen(), "the body has its time too");
        channel.inboundMessages().forEach(ReferenceCountUtil::release);
    }

    @Test
    void anAnswerMayTakeItsTimeAndTheNextRequestHasHalfAMinute() throws Exception {
        ask(HttpMethod.GET, "Bearer " + token(Role.READ));
        end();
        pass(600_000);
        assertTrue(channel.isOpen(), "the daemon is at work");
        answer();
        assertEquals(200, status());
        pass(29_999);
        assertTrue(channel.isOpen());
        pass(1);
        assertFalse(channel.isOpen());
    }

    @Test
    void whatIsRevokedMeanwhileGetsNoAnswer() throws Exception {
        ask(HttpMethod.GET, "Bearer " + token(Role.READ));
        end();
        tokens.revoke("read");
        answer();
        assertEquals(401, status());
        assertFalse(channel.isOpen());
    }

    @Test
    void whoRevokesHisOwnTokenHearsThatItWorked() throws Exception {
        ask(HttpMethod.DELETE, "Bearer " + token(Role.ADMIN));
        end();
        tokens.revoke("admin");
        answer();
        assertEquals(200, status());
    }

    @Test
    void aPortThatIsClosedEndsConnectionsAfterTheirAnswer() throws Exception {
        ask(HttpMethod.GET, "Bearer " + token(Role.READ));
        end();
        var context = channel.pipeline().context(RemoteConnection.class);
        ((RemoteConnection) context.handler()).retire(context);
        assertTrue(channel.isOpen());
        answer();
        FullHttpResponse response = channel.readOutbound();
        assertEquals("close", response.headers().get(HttpHeaderNames.CONNECTION));
        response.release();
        assertFalse(channel.isOpen());
    }

    @Test
    void onlyBearerTokensAreTokens() {
        assertEquals("t", TokenCheck.tokenIn("bearer t "));
        assertNull(TokenCheck.tokenIn("Basic dXNlcjpwYXNz"));
        assertNull(TokenCheck.tokenIn(null));
    }
}
