package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** When memory is short, and when our own code fails. */
final class ShortageTest {
    private static final int BURST = 262_144;

    @Test
    void sessionsWhoseDataIsOnItsWayAreHeardWhileMemoryIsShort() throws IOException {
        try (Rig rig = Rig.with(Limit.DATA_OUT_BYTES, 16 << 20, Limit.DATA_OUT_BYTES_PER_SESSION, 8 << 20)) {
            List<RawInitiator> sessions = new ArrayList<>();
            List<List<WirePdu>> r2ts = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                RawInitiator initiator =
                        i == 0 ? rig.session("ImmediateData=No") : rig.otherSession("ImmediateData=No");
                sessions.add(initiator);
                for (int j = 0; j < 32; j++) {
                    initiator.send(initiator.write(512 * j, 512));
                }
                r2ts.add(new ArrayList<>());
                for (int j = 0; j < 32; j++) {
                    WirePdu r2t = initiator.receive();
                    assertEquals(BURST, r2t.word(44));
                    r2ts.getLast().add(r2t);
                }
            }
            assertEquals(16 << 20, rig.target.server().dataBytes());
            // A third one brings data that nobody asked for, and does not end it.
            RawInitiator third = rig.connect();
            third.isidQualifier = 7;
            third.loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "InitialR2T=No", "FirstBurstLength=65536");
            third.clearAttentions();
            WirePdu open = third.command(0, 0x21, 65_536, RawInitiator.cdb10(0x2A, 0, 128));
            third.send(open.with(new byte[512]));
            third.ping();
            assertTrue(rig.target.server().dataBytes() > 16 << 20);
            // One that has nothing on its way waits until there is memory again.
            RawInitiator fourth = rig.connect();
            fourth.isidQualifier = 8;
            fourth.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            for (int i = 0; i < 2; i++) {
                RawInitiator initiator = sessions.get(i);
                initiator.ping();
                r2ts.get(i).forEach(r2t -> initiator.answerR2t(r2t, new byte[BURST]));
                for (int j = 0; j < 32; j++) {
                    assertEquals(0, initiator.receive().status());
                }
            }
            fourth.clearAttentions();
            third.send(third.dataOut(open.initiatorTaskTag(), WirePdu.NO_TAG, 0, 512, true, new byte[65_024]));
            assertEquals(0, third.finish(open, new byte[0]).status());
        }
    }

    private static final LongPredicate BUG = offset -> {
        throw new IllegalStateException("a bug made by the test");
    };

    @Test
    void anErrorOfOurOwnDropsOneConnectionAndLeaksNothing() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator other = rig.otherSession();
            RawInitiator initiator = rig.session();
            WirePdu waiting = initiator.write(5, 600);
            initiator.send(waiting);
            assertEquals(WirePdu.R2T, initiator.receive().opcode());
            rig.disk.hot = BUG;
            initiator.send(initiator.read(0, 8));
            assertEquals(List.of(), initiator.expectClosed());
            rig.disk.hot = offset -> true;
            assertEquals(0, other.run(other.read(0, 8)).status());
            Rig.eventually("it has left", () -> rig.target.server().connectionCount() == 1);
            assertEquals(0, rig.target.server().dataBytes());
        }
    }

    @Test
    void soItDoesWhenADiskThreadHasHandedWorkBack() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator other = rig.otherSession();
            RawInitiator initiator = rig.session("MaxRecvDataSegmentLength=4096");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            rig.disk.hot = offset -> false;
            initiator.send(initiator.read(0, 64));
            rig.disk.awaitArrivals(1);
            rig.disk.hot = BUG;
            rig.disk.unblock();
            initiator.expectClosed();
            rig.disk.hot = offset -> true;
            assertEquals(0, other.run(other.read(0, 8)).status());
        }
    }

    @Test
    void soItDoesWhenAGateOpens() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator other = rig.otherSession();
            RawInitiator initiator = rig.session();
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            other.send(other.write(100, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            WirePdu reset = other.taskManagement(5, 0, WirePdu.NO_TAG);
            other.send(reset);
            other.ping();
            initiator.ping();
            WirePdu first = initiator.testUnitReady();
            WirePdu fails = initiator.read(0, 8);
            initiator.send(first).send(fails);
            initiator.ping();
            rig.disk.hot = BUG;
            rig.disk.unblock();
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, other.receive().opcode());
            initiator.expectClosed();
            rig.disk.hot = offset -> true;
            other.clearAttentions();
            assertEquals(0, other.run(other.read(0, 8)).status());
        }
    }
}
