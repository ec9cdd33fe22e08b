package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.connection.SessionInfo;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The end with time and politeness. */
final class DrainTest {
    @Test
    void itIsOverWhenTheLastInitiatorHasLoggedOut() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            AtomicReference<List<SessionInfo>> left = new AtomicReference<>(List.of());
            CompletableFuture<List<SessionInfo>> drained = rig.target.server().drain(600, left::set);
            WirePdu asks = initiator.receive();
            assertEquals(WirePdu.ASYNC_MESSAGE, asks.opcode());
            assertEquals(1, asks.octet(36), "target requests logout");
            assertEquals(600, asks.header().getShort(42), "Parameter3: seconds");
            Rig.eventually("it is told who is left", () -> left.get().size() == 1);
            assertEquals(0, initiator.run(initiator.read(1, 1)).status(), "commands are served until the logout");
            assertFalse(drained.isDone());
            initiator.send(initiator.logout(0));
            assertEquals(WirePdu.LOGOUT_RESPONSE, initiator.receive().opcode());
            assertEquals(List.of(), drained.get(5, TimeUnit.SECONDS));
            assertEquals(List.of(), left.get());
        }
    }

    @Test
    void thePortIsFreeForTheNextProcessAtOnce() throws Exception {
        try (Rig rig = Rig.standard()) {
            int port = rig.port();
            rig.session();
            CompletableFuture<List<SessionInfo>> drained = rig.target.server().drain(600, left -> {});
            assertThrows(UncheckedIOException.class, () -> RawInitiator.connect(port));
            try (ServerSocket next = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertTrue(next.isBound());
            }
            assertFalse(drained.isDone());
        }
    }

    @Test
    void aLoginUnderWayIsRefusedInItsOwnWords() throws Exception {
        try (Rig rig = Rig.standard()) {
            rig.session();
            RawInitiator late = rig.connect();
            Rig.eventually("it is there", () -> rig.target.server().connectionCount() == 2);
            var _ = rig.target.server().drain(600, left -> {});
            WirePdu answer = late.tryLogin(RawInitiator.NAME, RawInitiator.TARGET);
            assertEquals(0x0301, answer.header().getShort(36), "service unavailable");
            late.expectClosed();
        }
    }

    @Test
    void whoIgnoresTheRequestIsCutWhenTheTimeIsOverAndNamed() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator polite = rig.session();
            RawInitiator stubborn = rig.otherSession();
            CompletableFuture<List<SessionInfo>> drained = rig.target.server().drain(1, left -> {});
            assertEquals(WirePdu.ASYNC_MESSAGE, polite.receive().opcode());
            polite.send(polite.logout(0));
            assertEquals(WirePdu.LOGOUT_RESPONSE, polite.receive().opcode());
            assertEquals(WirePdu.ASYNC_MESSAGE, stubborn.receive().opcode());
            assertEquals(0, stubborn.run(stubborn.read(1, 1)).status());
            List<SessionInfo> cut = drained.get(5, TimeUnit.SECONDS);
            assertEquals(
                    List.of(Rig.OTHER_NAME),
                    cut.stream().map(SessionInfo::initiatorName).toList());
            WirePdu dropped = stubborn.expectClosed().getLast();
            assertEquals(WirePdu.ASYNC_MESSAGE, dropped.opcode());
            assertEquals(3, dropped.octet(36), "target drops the session");
            assertEquals(0, dropped.word(40), "Time2Wait and Time2Retain: it may come back at once");
        }
    }

    @Test
    void aCommandThatIsInTheDiskWhenTheTimeIsOverGetsItsAnswer() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            WirePdu write = initiator.write(5, 1).with(new byte[512]);
            initiator.send(write);
            rig.disk.awaitArrivals(1);
            CompletableFuture<List<SessionInfo>> drained = rig.target.server().drain(1, left -> {});
            assertEquals(WirePdu.ASYNC_MESSAGE, initiator.receive().opcode());
            initiator.expectSilence(1_200);
            rig.disk.unblock();
            assertEquals(0, initiator.finish(write, new byte[0]).status());
            initiator.expectClosed();
            assertEquals(1, drained.get(5, TimeUnit.SECONDS).size());
        }
    }

    @Test
    void aSessionWhoseCommandsDoNotEndIsCutAMomentLater() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            CompletableFuture<List<SessionInfo>> drained = rig.target.server().drain(1, left -> {});
            initiator.expectClosed();
            assertFalse(drained.isDone(), "a task is still inside of the disk");
            rig.disk.unblock();
            assertEquals(1, drained.get(5, TimeUnit.SECONDS).size());
        }
    }
}
