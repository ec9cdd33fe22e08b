package dev.kume.protocol.isns;

import static dev.kume.protocol.isns.IsnsSamples.targets;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import dev.kume.protocol.isns.IsnsServerState.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A client at a scripted server, in time that the test moves. */
final class IsnsClientTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 3205);
    private static final Instant BEGIN = Instant.parse("2026-11-26T20:00:00Z");

    /** The network, its time, and the server at the other end. Connections are made when the test says so. */
    private static final class Script implements IsnsNetwork, Clock {
        final IsnsTestDatabase server = new IsnsTestDatabase();
        final List<Timer> timers = new ArrayList<>();
        long nowMillis;
        int connects;
        boolean reachable = true;
        boolean silent;

        @Nullable
        ScriptedLink link;

        /** What it answers instead of the truth. */
        @Nullable
        ByteBuffer lie;

        record Timer(long atMillis, Runnable action) {}

        final class ScriptedLink implements Link {
            final Events events;
            final List<IsnsMessage> requests = new ArrayList<>();

            ScriptedLink(Events events) {
                this.events = events;
            }

            @Override
            public void send(IsnsMessage message) {
                requests.add(message);
            }

            @Override
            public void close() {
                if (link == this) {
                    link = null;
                }
            }

            void answer() {
                IsnsMessage request = requests.removeFirst();
                ByteBuffer payload = lie == null ? server.answer(request) : lie;
                events.received(new IsnsMessage(
                        request.function() | 0x8000, IsnsHeader.SERVER, request.transactionId(), payload));
            }
        }

        @Override
        public Link connect(InetSocketAddress to, Events events) {
            connects++;
            ScriptedLink begun = new ScriptedLink(events);
            link = begun;
            after(0, () -> {
                if (link == begun && reachable) {
                    events.connected();
                } else if (link == begun && !silent) {
                    link = null;
                    events.closed("it cannot be connected: refused");
                }
            });
            return begun;
        }

        @Override
        public Runnable after(long millis, Runnable action) {
            Timer timer = new Timer(nowMillis + millis, action);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        /** Lets time pass; the server answers at once, if it does. */
        void pass(Duration time) {
            long end = nowMillis + time.toMillis();
            while (true) {
                ScriptedLink open = link;
                if (open != null && !silent && !open.requests.isEmpty()) {
                    open.answer();
                    continue;
                }
                Timer next = timers.stream()
                        .min((a, b) -> Long.compare(a.atMillis, b.atMillis))
                        .orElse(null);
                if (next == null || next.atMillis > end) {
                    nowMillis = end;
                    return;
                }
                timers.remove(next);
                nowMillis = next.atMillis;
                next.action.run();
            }
        }

        void pass(int seconds) {
            pass(Duration.ofSeconds(seconds));
        }

        void hangUp() {
            ScriptedLink open = link;
            link = null;
            if (open != null) {
                open.events.closed("the server closed the connection");
            }
        }

        @Override
        public long nanoTime() {
            return nowMillis * 1_000_000;
        }

        @Override
        public Instant now() {
            return BEGIN.plusMillis(nowMillis);
        }
    }

    private final Script script = new Script();
    private List<InetAddress> host = IsnsSamples.HOST;
    private final IsnsClient client =
            new IsnsClient(SERVER, IsnsSamples.OPTIONS, script, script, new SplittableRandom(1), () -> host);
    private int stops;

    private void registered() {
        client.publish(targets("one"));
        script.pass(1);
        assertEquals(Status.REGISTERED, client.state().status(), client.state()::toString);
        script.server.log.clear();
    }

    private void failed(String why) {
        assertEquals(Status.FAILED, client.state().status());
        assertEquals(why, client.state().detail());
    }

    @Test
    void itRegistersAndAsksForTheEntityWithinHalfOfTheGrantedPeriod() {
        script.server.grantedSeconds = 60;
        registered();
        assertEquals(60, client.state().periodSeconds());
        assertEquals(1, client.state().portals());
        assertEquals(1, client.state().targets());
        assertEquals(BEGIN, client.state().since());
        script.pass(28);
        assertEquals(List.of(), script.server.log);
        script.pass(2);
        assertEquals(List.of("query as iqn.one"), script.server.log);
        script.pass(60);
        assertEquals(3, script.server.log.size());
        assertEquals(1, script.connects);
    }

    @Test
    void nothingIsConnectedBeforeThereIsSomethingToRegister() {
        client.publish(targets());
        script.pass(4_000);
        assertEquals(0, script.connects);
        assertEquals(Status.NOTHING_TO_REGISTER, client.state().status());
        registered();
    }

    @Test
    void aChangeSendsTheDifferenceAndTheLastTargetTakesTheEntityAway() {
        registered();
        client.publish(targets("one", "two"));
        script.pass(1);
        assertEquals(Set.of("iqn.one", "iqn.two"), script.server.nodes.keySet());
        assertEquals(List.of("register as iqn.one", "query as iqn.one"), script.server.log);
        client.publish(targets());
        script.pass(1);
        assertEquals("", script.server.entity);
        assertEquals(Status.NOTHING_TO_REGISTER, client.state().status());
        client.publish(targets("two"));
        script.pass(1);
        assertEquals(Set.of("iqn.two"), script.server.nodes.keySet());
    }

    @Test
    void changesDuringARequestAreMadeWhenItIsAnswered() {
        script.silent = true;
        client.publish(targets("one"));
        script.pass(1);
        client.publish(targets("two"));
        client.publish(targets("three", "four"));
        script.silent = false;
        script.pass(1);
        assertEquals(Set.of("iqn.three", "iqn.four"), script.server.nodes.keySet());
        assertEquals(Status.REGISTERED, client.state().status());
    }

    @Test
    void anAddressOfTheHostThatComesLaterIsRegistered() {
        host = List.of();
        client.publish(new IsnsSnapshot(List.of(IsnsSamples.portal("all", 1, "0.0.0.0")), IsnsSamples.nodes("one")));
        script.pass(1);
        assertEquals(0, script.connects);
        host = List.of(InetAddress.ofLiteral("10.0.0.1"));
        script.pass(300);
        assertEquals(Set.of("10.0.0.1:3260"), script.server.portals);
        host = List.of(InetAddress.ofLiteral("10.0.0.2"));
        script.pass(300);
        assertEquals(Set.of("10.0.0.2:3260"), script.server.portals);
        assertEquals(Set.of("iqn.one@10.0.0.2:3260"), script.server.groups.keySet());
    }

    @Test
    void aServerThatIsAwayIsTriedLessAndLessOftenAndThenGetsEverything() {
        script.reachable = false;
        client.publish(targets("one"));
        script.pass(2);
        failed("it cannot be connected: refused");
        script.pass(3_600);
        // Every 30 to 60 seconds in the end.
        assertTrue(script.connects >= 60 && script.connects <= 130, script.connects + " attempts in an hour");
        assertEquals(BEGIN, client.state().since());
        client.publish(targets("one", "two"));
        script.reachable = true;
        script.pass(60);
        assertEquals(Set.of("iqn.one", "iqn.two"), script.server.nodes.keySet());
        assertEquals(Status.REGISTERED, client.state().status());
    }

    @Test
    void aConnectionThatIsNeverMadeOrAnsweredEndsInTime() {
        script.reachable = false;
        script.silent = true;
        client.publish(targets("one"));
        script.pass(5);
        failed("no connection within 5 seconds");
        script.reachable = true;
        script.pass(7);
        failed("no answer to DevAttrReg within 5 seconds");
        script.silent = false;
        script.pass(10);
        assertEquals(Status.REGISTERED, client.state().status());
    }

    @Test
    void aRestartedServerGetsEverythingAnewWithoutAFailure() {
        registered();
        Instant since = client.state().since();
        script.pass(100);
        script.server.clear();
        script.server.log.clear();
        script.hangUp();
        assertEquals(Status.REGISTERED, client.state().status());
        script.pass(1);
        assertEquals(List.of("replace as iqn.one", "query as iqn.one"), script.server.log);
        assertEquals(Set.of("iqn.one"), script.server.nodes.keySet());
        assertEquals(since, client.state().since());
    }

    @Test
    void aServerThatHangsUpAfterEachRegistrationIsLeftAloneMoreAndMore() {
        registered();
        for (int i = 0; i < 8; i++) {
            script.hangUp();
            script.pass(31);
        }
        assertTrue(script.connects <= 9, script.connects + " connects");
        script.pass(100);
        int before = script.connects;
        script.hangUp();
        script.pass(1);
        assertEquals(before + 1, script.connects);
    }

    @Test
    void aServerThatStaysAwayAfterAHangUpIsAFailure() {
        registered();
        script.reachable = false;
        script.hangUp();
        script.pass(2);
        failed("it cannot be connected: refused");
    }

    @Test
    void aForgottenEntityIsRegisteredAgainOnce() {
        registered();
        script.server.clear();
        script.pass(300);
        assertEquals(List.of("query as iqn.one", "replace as iqn.one", "query as iqn.one"), script.server.log);
        assertEquals(Status.REGISTERED, client.state().status());
        assertEquals(1, script.connects);
    }

    @Test
    void aServerThatForgetsAtOnceIsAFailureAndNoLoop() {
        script.server.log.clear();
        registered();
        script.lie = ByteBuffer.allocate(4); // "Successful", and nothing of the entity.
        script.pass(320);
        failed("the server does not know entity store1 after its registration: successful (0)");
        assertTrue(script.connects < 30, script.connects + " connects");
    }

    @Test
    void aRefusalIsSaidInTheWordsOfTheStandard() {
        script.lie = ByteBuffer.allocate(4).putInt(0, 8);
        client.publish(targets("one"));
        script.pass(1);
        failed("the server answered DevAttrReg with source unauthorized (8)");
        assertNull(script.link);
        script.lie = null;
        script.pass(3);
        assertEquals(Status.REGISTERED, client.state().status());
    }

    @Test
    void whatNobodyAskedForEndsTheConnection() {
        registered();
        Script.ScriptedLink open = script.link;
        open.events.received(new IsnsMessage(0x8001, IsnsHeader.SERVER, 77, ByteBuffer.allocate(4)));
        failed("the server sent message 8001 of transaction 77, which is no answer to a request");
        // Late words of a connection that is over change nothing.
        open.events.received(new IsnsMessage(0x8001, IsnsHeader.SERVER, 78, ByteBuffer.allocate(4)));
        open.events.closed("late");
        failed("the server sent message 8001 of transaction 77, which is no answer to a request");
        script.pass(1);
        assertEquals(Status.REGISTERED, client.state().status());
    }

    @Test
    void anAnswerThatLiesAboutItsLengthsEndsTheConnection() {
        script.lie = ByteBuffer.allocate(12).putInt(4, 1).putInt(8, 1 << 30);
        client.publish(targets("one"));
        script.pass(1);
        failed("the server sent attribute 1 with a length of 1073741824 in a message with 0 bytes left");
    }

    @Test
    void aPeriodOfZeroNeverEndsAndIsStillLookedAfter() {
        script.server.grantedSeconds = 0;
        registered();
        assertEquals(0, client.state().periodSeconds());
        script.pass(300);
        assertEquals(List.of("query as iqn.one"), script.server.log);
    }

    @Test
    void stoppingDeregistersAndThenNothingHappensAnyMore() {
        registered();
        client.stop(() -> stops++);
        assertEquals(0, stops);
        script.pass(1);
        assertEquals(1, stops);
        assertEquals(List.of("deregister as iqn.one"), script.server.log);
        assertEquals("", script.server.entity);
        assertEquals(Status.STOPPED, client.state().status());
        client.publish(targets("one", "two"));
        script.pass(4_000);
        assertEquals(1, script.connects);
        assertEquals(List.of(), script.timers);
    }

    @Test
    void stoppingDuringARegistrationDeregistersWhatMayBeThere() {
        script.silent = true;
        client.publish(targets("one"));
        script.pass(1);
        client.stop(() -> stops++);
        script.silent = false;
        script.pass(1);
        assertEquals(List.of("replace as iqn.one", "deregister as iqn.one"), script.server.log);
        assertEquals(1, stops);
    }

    @Test
    void stoppingWaitsForOneAnswerAtMostAndForNoConnection() {
        registered();
        script.silent = true;
        client.stop(() -> stops++);
        script.pass(4);
        assertEquals(0, stops);
        script.pass(1);
        assertEquals(1, stops);
        assertEquals("no answer to DevDereg within 5 seconds", client.state().detail());
    }

    @Test
    void stoppingWithoutAConnectionIsDoneAtOnce() {
        client.stop(() -> stops++);
        assertEquals(1, stops);
        assertFalse(client.state().detail().contains("forgets"));
    }
}
