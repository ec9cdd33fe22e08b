package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.access.Caller;
import dev.kume.cli.http.SlowClient;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.Test;

/** A client that asks and does not read. Its path leads to no route, so that there need not be any. */
final class ApiHandlerTest {
    private final SlowClient client = new SlowClient();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @SuppressWarnings("NullAway")
    ApiHandlerTest() {
        channel.pipeline().addLast(client).addLast(new ApiHandler(null, ImmediateEventExecutor.INSTANCE));
        Callers.put(channel, Caller.local("root"));
    }

    private void ask() {
        channel.writeInbound(SlowClient.request(HttpMethod.GET, "/v2"));
        channel.runPendingTasks();
    }

    @Test
    void whoTakesTheAnswerMayAskAgain() {
        for (int i = 0; i < 3; i++) {
            ask();
            client.takesAll();
            FullHttpResponse response = channel.readOutbound();
            assertEquals(405, response.status().code());
            response.release();
        }
        assertTrue(channel.isOpen());
    }

    @Test
    void whoAsksOnWithoutTakingTheAnswerIsCutOff() {
        ask();
        assertTrue(channel.isOpen());
        ask();
        assertFalse(channel.isOpen());
        assertEquals(1, client.held(), "a second answer waits for nobody");
    }
}
