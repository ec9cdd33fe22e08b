package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.scsi.LogicalUnit;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * One task set for a unit that two targets map, with a session at each, on two loops (TST 0, TAS 0; SAM-5 7 and 8.6):
 * task management reaches across, and so do task attributes.
 */
final class TaskSetTest {
    private static final int ABORT_TASK = 1;
    private static final int ABORT_TASK_SET = 2;
    private static final int CLEAR_TASK_SET = 4;
    private static final int LOGICAL_UNIT_RESET = 5;
    private static final int TARGET_WARM_RESET = 6;
    private static final int TARGET_COLD_RESET = 7;
    private static final int COMPLETE = 0;

    private static final int ORDERED_WRITE = 0xA2;
    private static final int ORDERED_TEST = 0x82;
    private static final int HEAD_OF_QUEUE_TEST = 0x83;
    private static final String CLEARED = "062f00";
    private static final String RESET = "062903";

    /** Two nodes, each at its own target and on its own loop. */
    private record Nodes(Rig rig, RawInitiator node1, RawInitiator node2) implements AutoCloseable {
        static Nodes standard() {
            Rig rig = Rig.standard();
            RawInitiator node1 = rig.session("InitialR2T=Yes", "ImmediateData=No");
            RawInitiator node2 = rig.otherSession("InitialR2T=Yes", "ImmediateData=No");
            assertEquals(List.of(1, 1), rig.target.server().connectionsOfEachLoop(), "each on its own loop");
            return new Nodes(rig, node1, node2);
        }

        @Override
        public void close() throws IOException {
            rig.close();
        }
    }

    private static WirePdu manage(RawInitiator initiator, int function) {
        WirePdu pdu = initiator.taskManagement(function, 0, WirePdu.NO_TAG);
        initiator.send(pdu);
        return pdu;
    }

    private static void complete(RawInitiator initiator, int function) {
        complete(initiator, manage(initiator, function));
    }

    private static void complete(RawInitiator initiator, WirePdu function) {
        WirePdu answer = initiator.receive();
        assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(function.initiatorTaskTag(), answer.initiatorTaskTag());
        assertEquals(COMPLETE, answer.octet(2));
    }

    /** A write that the target has asked the data for. */
    private record Asked(WirePdu command, WirePdu r2t) {
        static Asked write(RawInitiator initiator, int lba) {
            WirePdu command = initiator.write(lba, 1);
            return of(initiator, command);
        }

        static Asked of(RawInitiator initiator, WirePdu command) {
            WirePdu r2t = initiator.send(command).receive();
            assertEquals(WirePdu.R2T, r2t.opcode(), r2t::toString);
            return new Asked(command, r2t);
        }

        void finish(RawInitiator initiator) {
            initiator.answerR2t(r2t, new byte[512]);
            assertEquals(0, initiator.finish(command, new byte[0]).status());
        }
    }

    private static WirePdu ordered(RawInitiator initiator, int lba) {
        return initiator.command(0, ORDERED_WRITE, 512, RawInitiator.cdb10(0x2A, lba, 1));
    }

    private static WirePdu test(RawInitiator initiator, int flags) {
        return initiator.command(0, flags, 0, new byte[16]);
    }

    // ---- task management --------------------------------------------------------------------------------------------

    @Test
    void abortTaskSetEndsTheTasksOfItsOwnNexusAlone() throws Exception {
        try (Nodes nodes = Nodes.standard()) {
            RawInitiator second = nodes.rig.connect();
            second.isidQualifier = 2;
            second.loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "InitialR2T=Yes", "ImmediateData=No");
            second.clearAttentions();
            Asked own = Asked.write(nodes.node1, 1);
            Asked sameInitiator = Asked.write(second, 2);
            Asked other = Asked.write(nodes.node2, 3);
            complete(nodes.node1, ABORT_TASK_SET);
            nodes.node1.answerR2t(own.r2t(), new byte[512]);
            sameInitiator.finish(second);
            other.finish(nodes.node2);
            for (RawInitiator each : List.of(nodes.node1, second, nodes.node2)) {
                assertEquals(List.of(), each.clearAttentions());
            }
            assertArrayEquals(ScriptedDisk.pattern(512, 512), nodes.rig.disk.at(512, 512));
        }
    }

    @Test
    void clearTaskSetTellsThoseWhoLostSomethingAndNobodyElse() throws Exception {
        try (Nodes nodes = Nodes.standard()) {
            RawInitiator idle = nodes.rig.connect();
            idle.isidQualifier = 2;
            idle.loggedIn(Rig.OTHER_NAME, Rig.OTHER_TARGET);
            idle.clearAttentions();
            nodes.rig.disk.arrived.drainPermits();
            nodes.rig.disk.block();
            nodes.rig.disk.hot = offset -> false;
            nodes.node2.send(nodes.node2.read(0, 1));
            nodes.rig.disk.awaitArrivals(1);
            Asked waiting = Asked.write(nodes.node2, 3);
            WirePdu clear = manage(nodes.node1, CLEAR_TASK_SET);
            nodes.node1.expectSilence(50);
            nodes.rig.disk.unblock();
            complete(nodes.node1, clear);
            nodes.node2.answerR2t(waiting.r2t(), new byte[512]);
            // TAS 0: of what was aborted nothing is heard but this.
            assertEquals(List.of(CLEARED), nodes.node2.clearAttentions());
            assertEquals(List.of(), idle.clearAttentions());
            assertEquals(List.of(), nodes.node1.clearAttentions());
            assertArrayEquals(ScriptedDisk.pattern(3 * 512, 512), nodes.rig.disk.at(3 * 512, 512));
        }
    }

    @Test
    void aResetThroughOneTargetEndsWhatCameThroughTheOther() throws Exception {
        try (Nodes nodes = Nodes.standard()) {
            ITNexus holder = nodes.rig.unit.nexuses().attached().stream()
                    .filter(nexus -> nexus.targetName().equals(Rig.OTHER_TARGET))
                    .findFirst()
                    .orElseThrow();
            nodes.rig.unit.change(state -> state.withReservedBy(holder), () -> {});
            Asked running = Asked.write(nodes.node2, 3);
            nodes.node2.send(ordered(nodes.node2, 4));
            nodes.node2.send(nodes.node2.read(5, 1));
            nodes.node2.ping();
            complete(nodes.node1, LOGICAL_UNIT_RESET);
            nodes.node2.answerR2t(running.r2t(), new byte[512]);
            assertEquals(List.of(RESET), nodes.node2.clearAttentions());
            assertEquals(List.of(RESET), nodes.node1.clearAttentions());
            assertNull(nodes.rig.unit.state().reservedBy(), "a reservation by RESERVE ends");
            assertArrayEquals(ScriptedDisk.pattern(3 * 512, 1024), nodes.rig.disk.at(3 * 512, 1024));
        }
    }

    @Test
    void noTaskManagementTouchesAPersistentReservation() throws Exception {
        try (Nodes nodes = Nodes.standard()) {
            PrOut.REGISTER_AND_IGNORE.good(nodes.node1, 0, 0, 0xA);
            PrOut.REGISTER_AND_IGNORE.good(nodes.node2, 0, 0, 0xB);
            PrOut.RESERVE.good(nodes.node2, PrOut.EXCLUSIVE_ACCESS_REGISTRANTS, 0xB, 0);
            PersistentReservations before = nodes.rig.unit.state().reservations();
            for (int function : new int[] {ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET, TARGET_WARM_RESET}) {
                complete(nodes.node1, function);
                assertEquals(before, nodes.rig.unit.state().reservations());
            }
            assertEquals(2, before.registrations().size());
        }
    }

    @Test
    void aTargetResetResetsTheUnitsThatItMapsAndNoOther() throws Exception {
        try (Nodes nodes = Nodes.standard()) {
            LogicalUnit shared = nodes.rig.target.unit("shared", new ScriptedDisk(1 << 20));
            LogicalUnit own = nodes.rig.target.unit("own", new ScriptedDisk(1 << 20));
            nodes.rig
                    .target
                    .server()
                    .publish(List.of(
                            spec(RawInitiator.TARGET, RawInitiator.NAME, Map.of(0, nodes.rig.unit, 1, shared)),
                            spec(Rig.OTHER_TARGET, Rig.OTHER_NAME, Map.of(0, nodes.rig.unit, 6, shared, 7, own))))
                    .get(5, TimeUnit.SECONDS);
            nodes.node1.clearAttentions();
            nodes.node2.clearAttentions();
            for (int lun : new int[] {6, 7}) {
                assertEquals("062900", sense(nodes.node2, lun));
            }
            WirePdu kept = nodes.node2.command(7, 0xA1, 512, RawInitiator.cdb10(0x2A, 1, 1));
            Asked keptWrite = Asked.of(nodes.node2, kept);
            Asked lost = Asked.of(nodes.node2, nodes.node2.command(6, 0xA1, 512, RawInitiator.cdb10(0x2A, 1, 1)));
            complete(nodes.node1, TARGET_WARM_RESET);
            nodes.node2.answerR2t(lost.r2t(), new byte[512]);
            keptWrite.finish(nodes.node2);
            assertEquals(RESET, sense(nodes.node2, 0));
            assertEquals(RESET, sense(nodes.node2, 6));
            assertEquals("", sense(nodes.node2, 7));
            complete(nodes.node1, TARGET_COLD_RESET);
            nodes.node1.expectClosed();
            assertEquals(RESET, sense(nodes.node2, 6));
            assertEquals("", sense(nodes.node2, 7));
        }
    }

    private static TargetSpec spec(String target, String initiator, Map<Integer, LogicalUnit> luns) {
        return new TargetSpec(
                target,
                new dev.kume.protocol.connection.Target.Definition(
                        "", true, Set.of(initiator), dev.kume.core.scsi.LunMap.of(luns)));
    }

    /** What TEST UNIT READY hears, or nothing when the unit is ready. */
    private static String sense(RawInitiator initiator, int lun) {
        return initiator
                .run(initiator.command(lun, 0x81, 0, new byte[16]))
                .last()
                .sense();
    }

    // ---- task attributes --------------------------------------------------------------------------------------------

    @Test
    void anOrderedTaskWaitsForTheOtherTargetsOlderOnes() throws Exception {
        try (Nodes nodes = Nodes.standard()) {
            Asked older = Asked.write(nodes.node2, 3);
            WirePdu ordered = test(nodes.node1, ORDERED_TEST);
            nodes.node1.send(ordered).expectSilence(50);
            WirePdu younger = nodes.node2.read(4, 1);
            nodes.node2.send(younger).expectSilence(50);
            WirePdu urgent = test(nodes.node2, HEAD_OF_QUEUE_TEST);
            assertEquals(0, nodes.node2.run(urgent).status(), "it passes");
            older.finish(nodes.node2);
            assertEquals(0, nodes.node1.finish(ordered, new byte[0]).status());
            assertEquals(0, nodes.node2.finish(younger, new byte[0]).status());
        }
    }

    /** A way in which the wait for a silent initiator comes to its end. */
    private interface End {
        void of(Nodes nodes, Asked silent);
    }

    private static void endedBy(End end) throws IOException {
        try (Nodes nodes = Nodes.standard()) {
            Asked silent = Asked.of(nodes.node1, ordered(nodes.node1, 3));
            WirePdu waiting = nodes.node2.read(4, 1);
            nodes.node2.send(waiting).expectSilence(50);
            assertEquals(
                    0,
                    nodes.node2.run(test(nodes.node2, HEAD_OF_QUEUE_TEST)).status(),
                    "HEAD OF QUEUE does not wait for a silent initiator");
            end.of(nodes, silent);
            assertEquals(0, nodes.node2.finish(waiting, new byte[0]).status());
            assertArrayEquals(ScriptedDisk.pattern(3 * 512, 512), nodes.rig.disk.at(3 * 512, 512));
        }
    }

    @Test
    void anAbortEndsTheWaitForASilentInitiator() throws IOException {
        endedBy((nodes, silent) -> {
            WirePdu abort =
                    nodes.node1.taskManagement(ABORT_TASK, 0, silent.command().initiatorTaskTag());
            complete(nodes.node1.send(abort), abort);
        });
    }

    @Test
    void aLostConnectionEndsTheWaitForASilentInitiator() throws IOException {
        endedBy((nodes, silent) -> nodes.node1.close());
    }

    @Test
    void aFenceEndsTheWaitForASilentInitiator() throws IOException {
        endedBy((nodes, silent) -> {
            TargetSpec unmapped = spec(RawInitiator.TARGET, RawInitiator.NAME, Map.of());
            TargetSpec other = spec(Rig.OTHER_TARGET, Rig.OTHER_NAME, Map.of(0, nodes.rig.unit));
            nodes.rig.target.server().publish(List.of(unmapped, other)).join();
        });
    }

    @Test
    void theOthersResetEndsTheWaitForASilentInitiator() throws IOException {
        try (Nodes nodes = Nodes.standard()) {
            Asked silent = Asked.of(nodes.node1, ordered(nodes.node1, 3));
            WirePdu waiting = nodes.node2.read(4, 1);
            nodes.node2.send(waiting).expectSilence(50);
            complete(nodes.node2, LOGICAL_UNIT_RESET);
            nodes.node1.answerR2t(silent.r2t(), new byte[512]);
            assertEquals(List.of(RESET), nodes.node1.clearAttentions());
            assertEquals(List.of(RESET), nodes.node2.clearAttentions(), "its read was aborted with the rest");
            assertArrayEquals(ScriptedDisk.pattern(3 * 512, 512), nodes.rig.disk.at(3 * 512, 512));
        }
    }

    @Test
    void aFloodOfOrderedWritesOfBothNodesIsCarriedOut() throws IOException {
        try (Nodes nodes = Nodes.standard()) {
            for (int i = 0; i < 30; i++) {
                nodes.node1.send(ordered(nodes.node1, i));
                nodes.node2.send(ordered(nodes.node2, 100 + i));
                nodes.node2.send(nodes.node2.read(i, 1));
            }
            Thread other = Thread.ofPlatform().start(() -> answers(nodes.node2, 60));
            answers(nodes.node1, 30);
            join(other);
            assertEquals(60, nodes.rig.disk.writes.get());
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Answers R2Ts until so many commands have ended. */
    private static void answers(RawInitiator initiator, int commands) {
        for (int ended = 0; ended < commands; ) {
            WirePdu pdu = initiator.receive();
            if (pdu.opcode() == WirePdu.R2T) {
                initiator.answerR2t(pdu, new byte[512]);
            } else if (pdu.takesStatSn()) {
                assertEquals(0, pdu.status(), pdu::toString);
                ended++;
            }
        }
    }
}
