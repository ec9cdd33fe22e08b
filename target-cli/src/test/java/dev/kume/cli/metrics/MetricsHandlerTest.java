package dev.kume.cli.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.http.SlowClient;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients of the metrics that do not behave: each harms itself alone. */
final class MetricsHandlerTest {
    private final SlowClient client = new SlowClient();
    private final Clients clients = new Clients(2);
    private final Clients many = new Clients(MetricsListener.CONNECTIONS_MAX);
    private final List<Runnable> work = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    MetricsHandlerTest() {
        channel.freezeTime();
        channel.pipeline().addLast(client).addLast(new MetricsHandler(MetricsPageTest.idle(), work::add, clients));
        clients.add(channel);
    }

    private void ask(HttpMethod method, String uri) {
        channel.writeInbound(SlowClient.request(method, uri));
        work.forEach(Runnable::run);
        work.clear();
        channel.runPendingTasks();
    }

    private int status() {
        FullHttpResponse response = channel.readOutbound();
        assertNotNull(response);
        int status = response.status().code();
        response.release();
        return status;
    }

    @Test
    void whoTakesItsAnswersIsServedAgainAndAgain() {
        for (int i = 0; i < 3; i++) {
            ask(HttpMethod.GET, "/metrics");
            client.takesAll();
            assertEquals(200, status());
        }
        ask(HttpMethod.POST, "/metrics");
        client.takesAll();
        assertEquals(405, status());
        ask(HttpMethod.GET, "/metrics/../v1/status");
        client.takesAll();
        assertEquals(404, status());
        assertTrue(channel.isOpen());
        channel.advanceTimeBy(MetricsHandler.ANSWER_SECONDS + 1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertTrue(channel.isOpen(), "it has taken what it asked for");
    }

    @Test
    void whoAsksOnWithoutTakingTheAnswerIsCutOff() {
        ask(HttpMethod.GET, "/metrics");
        assertTrue(channel.isOpen());
        ask(HttpMethod.GET, "/metrics");
        assertFalse(channel.isOpen());
        assertEquals(1, client.held(), "a second page waits for nobody");
    }

    @Test
    void whoAsksOnWithoutTakingARefusalIsCutOff() {
        ask(HttpMethod.GET, "/");
        ask(HttpMethod.GET, "/");
        assertFalse(channel.isOpen());
        assertEquals(1, client.held());
    }

    @Test
    void whoDoesNotTakeTheAnswerInTimeIsCutOff() {
        ask(HttpMethod.GET, "/metrics");
        channel.advanceTimeBy(MetricsHandler.ANSWER_SECONDS, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
    }

    @Test
    void manyThatAskAtOnceAreTurnedAwayWithoutAPage() {
        for (int i = 0; i < MetricsHandler.PAGES_MAX; i++) {
            Channel other = new EmbeddedChannel();
            many.add(other);
            many.asks(other);
        }
        EmbeddedChannel late = new EmbeddedChannel(new MetricsHandler(MetricsPageTest.idle(), work::add, many));
        many.add(late);
        late.writeInbound(SlowClient.request(HttpMethod.GET, "/metrics"));
        FullHttpResponse response = late.readOutbound();
        assertEquals(503, response.status().code());
        response.release();
        assertEquals(List.of(), work);
        assertTrue(late.isOpen());
    }

    @Test
    void theHeadHasTheLengthOfThePage() {
        ask(HttpMethod.HEAD, "/metrics");
        client.takesAll();
        FullHttpResponse response = channel.readOutbound();
        assertTrue(response.headers().getInt(HttpHeaderNames.CONTENT_LENGTH) > 1_000);
        assertEquals(0, response.content().readableBytes());
        response.release();
    }

    @Test
    void theOneThatIsSilentLongestGivesWayToANewOne() {
        Channel second = new EmbeddedChannel();
        Channel third = new EmbeddedChannel();
        assertNull(clients.add(second));
        clients.asks(channel);
        assertSame(second, clients.add(third), "the first is being served");
        clients.answered(channel);
        assertSame(third, clients.add(second));
        clients.asks(channel);
        clients.asks(second);
        assertSame(channel, clients.add(third), "all are being served: the one that has asked first");
        clients.remove(second);
        assertNull(clients.add(channel));
    }
}
