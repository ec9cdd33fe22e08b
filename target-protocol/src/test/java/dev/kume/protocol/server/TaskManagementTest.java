package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.Coverage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Task management over the wire, RFC 7143 11.5 and 11.6. */
final class TaskManagementTest {
    private static final int ABORT_TASK = 1;
    private static final int ABORT_TASK_SET = 2;
    private static final int CLEAR_TASK_SET = 4;
    private static final int LOGICAL_UNIT_RESET = 5;
    private static final int TARGET_WARM_RESET = 6;
    private static final int TARGET_COLD_RESET = 7;
    private static final int TASK_REASSIGN = 8;

    private static final int COMPLETE = 0;
    private static final int NO_TASK = 1;
    private static final int NO_LUN = 2;

    /** The response of a function that was sent; nothing else may come before it. */
    private static int response(RawInitiator initiator, WirePdu function) {
        WirePdu answer = initiator.receive();
        assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(function.initiatorTaskTag(), answer.initiatorTaskTag());
        return answer.octet(2);
    }

    private static int manage(RawInitiator initiator, int function, int referencedTag) {
        WirePdu pdu = initiator.taskManagement(function, 0, referencedTag);
        initiator.send(pdu);
        return response(initiator, pdu);
    }

    @Test
    void answersAreQuick() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertEquals(COMPLETE, manage(initiator, LOGICAL_UNIT_RESET, WirePdu.NO_TAG));
                assertEquals(COMPLETE, manage(initiator, ABORT_TASK_SET, WirePdu.NO_TAG));
                assertEquals(COMPLETE, manage(initiator, CLEAR_TASK_SET, WirePdu.NO_TAG));
                assertEquals(COMPLETE, manage(initiator, TARGET_WARM_RESET, WirePdu.NO_TAG));
            }
            assertTrue(System.nanoTime() - start < 900_000_000L, "answers wait for something else to be sent");
        }
    }

    @Test
    void aTaskThatWaitsForDataIsAborted() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            WirePdu command = initiator.write(9, 8);
            WirePdu r2t = initiator.send(command).receive();
            assertEquals(WirePdu.R2T, r2t.opcode());
            assertEquals(COMPLETE, manage(initiator, ABORT_TASK, command.initiatorTaskTag()));
            assertEquals(NO_TASK, manage(initiator, ABORT_TASK, command.initiatorTaskTag()));
            // Its data comes too late, also when a task with the same tag is there again.
            initiator.answerR2t(r2t, new byte[4096]);
            WirePdu again = initiator.write(9, 8);
            again.word(16, command.initiatorTaskTag());
            WirePdu secondR2t = initiator.send(again).receive();
            assertTrue(secondR2t.word(20) != r2t.word(20), "the tag of an R2T is not used again at once");
            initiator.answerR2t(r2t, new byte[4096]);
            initiator.ping();
            initiator.answerR2t(secondR2t, ScriptedDisk.pattern(0, 4096));
            assertEquals(0, initiator.finish(again, new byte[0]).status());
            assertArrayEquals(ScriptedDisk.pattern(0, 4096), rig.disk.at(9 * 512, 4096));
        }
    }

    @Test
    void aTaskInsideDiskIoIsWaitedFor() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            WirePdu command = initiator.write(9, 1).with(new byte[512]);
            initiator.send(command);
            rig.disk.awaitArrivals(1);
            WirePdu abort = initiator.taskManagement(ABORT_TASK, 0, command.initiatorTaskTag());
            initiator.send(abort);
            initiator.expectSilence(100);
            rig.disk.unblock();
            assertEquals(COMPLETE, response(initiator, abort));
            initiator.ping();
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void whatIsAnsweredOrUnknownDoesNotExist() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            WirePdu done = initiator.testUnitReady();
            initiator.run(done);
            assertEquals(NO_TASK, manage(initiator, ABORT_TASK, done.initiatorTaskTag()));
            WirePdu unknown = initiator.taskManagement(ABORT_TASK, 0, 0x7777);
            unknown.word(32, initiator.cmdSn);
            initiator.send(unknown);
            assertEquals(NO_TASK, response(initiator, unknown));
            WirePdu otherLun = initiator.taskManagement(LOGICAL_UNIT_RESET, 5, WirePdu.NO_TAG);
            initiator.send(otherLun);
            assertEquals(NO_LUN, response(initiator, otherLun));
            assertEquals(4, manage(initiator, TASK_REASSIGN, done.initiatorTaskTag()));
            assertEquals(5, manage(initiator, 0x55, done.initiatorTaskTag()));
            initiator.ping();
        }
    }

    @Test
    void theSetOfThisNexusIsAbortedAndNoOther() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            RawInitiator other = rig.otherSession("InitialR2T=Yes", "ImmediateData=No");
            WirePdu kept = other.write(100, 1);
            WirePdu keptR2t = other.send(kept).receive();
            for (int i = 0; i < 20; i++) {
                initiator.send(initiator.write(i, 1));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(WirePdu.R2T, initiator.receive().opcode());
            }
            assertEquals(COMPLETE, manage(initiator, ABORT_TASK_SET, WirePdu.NO_TAG));
            initiator.ping();
            other.answerR2t(keptR2t, new byte[512]);
            assertEquals(0, other.finish(kept, new byte[512]).status());
            assertEquals(List.of(), other.clearAttentions());
        }
    }

    @Test
    void clearTellsTheOthersWhatTheyLost() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            RawInitiator other = rig.otherSession("InitialR2T=Yes", "ImmediateData=No");
            other.send(other.write(100, 1));
            assertEquals(WirePdu.R2T, other.receive().opcode());
            assertEquals(COMPLETE, manage(initiator, CLEAR_TASK_SET, WirePdu.NO_TAG));
            assertEquals(List.of("062f00"), other.clearAttentions());
            assertEquals(List.of(), initiator.clearAttentions());
        }
    }

    @Test
    void aUnitResetEndsTheTasksOfAllTargetsWithoutAnAnswer() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            RawInitiator other = rig.otherSession("InitialR2T=Yes", "ImmediateData=No");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            List<WirePdu> lost = new ArrayList<>();
            rig.disk.hot = offset -> false;
            lost.add(other.read(0, 1));
            other.send(lost.getFirst());
            rig.disk.awaitArrivals(1);
            lost.add(other.write(100, 1));
            other.send(lost.getLast());
            assertEquals(WirePdu.R2T, other.receive().opcode());
            WirePdu reset = initiator.taskManagement(LOGICAL_UNIT_RESET, 0, WirePdu.NO_TAG);
            initiator.send(reset);
            // What comes behind the reset is not reset.
            WirePdu after = initiator.read(8, 1);
            initiator.send(after);
            initiator.expectSilence(100);
            rig.disk.unblock();
            assertEquals("062903", initiator.finish(after, new byte[0]).last().sense(), "it comes after the reset");
            assertEquals(COMPLETE, response(initiator, reset));
            assertEquals(List.of("062903"), other.clearAttentions());
            other.ping();
            assertEquals(List.of(), initiator.clearAttentions());
        }
    }

    @Test
    void wrongDataForAWriteAtTheGateIsNotWritten() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(100, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            rig.unit.quiesce(Coverage.ALL, null, affected -> {});
            initiator.ping();
            WirePdu gated = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 200, 2));
            initiator.send(gated);
            // The two halves in the wrong order.
            initiator.send(initiator.dataOut(gated.initiatorTaskTag(), WirePdu.NO_TAG, 0, 512, false, new byte[512]));
            initiator.send(initiator.dataOut(gated.initiatorTaskTag(), WirePdu.NO_TAG, 1, 0, true, new byte[512]));
            initiator.ping();
            rig.disk.unblock();
            assertEquals("0b4b05", initiator.finish(gated, new byte[0]).last().sense());
            assertArrayEquals(ScriptedDisk.pattern(200 * 512, 1024), rig.disk.at(200 * 512, 1024));
        }
    }

    @Test
    void aWriteWhoseSequenceTheGateCutsIsWritten() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes");
            byte[] data = new byte[1024];
            new Random(3).nextBytes(data);
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(100, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            rig.unit.quiesce(Coverage.ALL, null, affected -> {});
            initiator.ping();
            WirePdu gated = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 200, 2));
            initiator.send(gated);
            int tag = gated.initiatorTaskTag();
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 0, 0, false, Arrays.copyOf(data, 512)));
            initiator.ping();
            rig.disk.unblock();
            initiator.ping();
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 1, 512, true, Arrays.copyOfRange(data, 512, 1024)));
            assertEquals(0, initiator.finish(gated, new byte[0]).status());
            assertArrayEquals(data, rig.disk.at(200 * 512, 1024));
        }
    }

    @Test
    void targetResetsReachEveryNexusOfTheUnits() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            RawInitiator other = rig.otherSession();
            assertEquals(COMPLETE, manage(initiator, TARGET_WARM_RESET, WirePdu.NO_TAG));
            assertEquals(List.of("062903"), other.clearAttentions());
            assertEquals(List.of("062903"), initiator.clearAttentions());
            assertEquals(COMPLETE, manage(initiator, TARGET_COLD_RESET, WirePdu.NO_TAG));
            initiator.expectClosed();
            // The other target is another target: its sessions stay.
            assertEquals(List.of("062903"), other.clearAttentions());
        }
    }

    @Test
    void anAnswerHeldForUnsolicitedDataIsAborted() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes");
            // Beyond the end of the disk: fails at once, but the data that was announced is let come.
            WirePdu command = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 0x7FFFFFFF, 2));
            initiator.send(command);
            initiator.ping();
            assertEquals(COMPLETE, manage(initiator, ABORT_TASK, command.initiatorTaskTag()));
            WirePdu second = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 0x7FFFFFFF, 2));
            initiator.send(second);
            initiator.send(initiator.dataOut(second.initiatorTaskTag(), WirePdu.NO_TAG, 0, 0, true, new byte[1024]));
            assertEquals("052100", initiator.finish(second, new byte[0]).last().sense());
            WirePdu third = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 0x7FFFFFFF, 2));
            initiator.send(third);
            assertEquals(COMPLETE, manage(initiator, LOGICAL_UNIT_RESET, WirePdu.NO_TAG));
            initiator.send(initiator.dataOut(third.initiatorTaskTag(), WirePdu.NO_TAG, 0, 0, true, new byte[1024]));
            initiator.ping();
        }
    }

    @Test
    void aTagOfAFunctionThatIsAtWorkIsInUse() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            WirePdu write = initiator.write(5, 1).with(new byte[512]);
            initiator.send(write);
            rig.disk.awaitArrivals(1);
            WirePdu abort = initiator.taskManagement(1, 0, write.initiatorTaskTag());
            int tag = abort.initiatorTaskTag();
            initiator.send(abort);
            WirePdu command = initiator.testUnitReady().word(16, tag);
            initiator.cmdSn--;
            List<WirePdu> wrong = List.of(
                    initiator.taskManagement(1, 0, write.initiatorTaskTag()).word(16, tag),
                    initiator.taskManagement(5, 0, WirePdu.NO_TAG).word(16, write.initiatorTaskTag()),
                    initiator.nopOut(new byte[0]).word(16, tag),
                    initiator.logout(0).word(16, tag),
                    command);
            for (WirePdu each : wrong) {
                WirePdu reject = initiator.send(each).receive();
                assertEquals(WirePdu.REJECT, reject.opcode(), reject::toString);
                assertEquals(7, reject.octet(2), "task in progress");
            }
            rig.disk.unblock();
            WirePdu answer = initiator.receive();
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answer.opcode());
            assertEquals(tag, answer.initiatorTaskTag());
            // The tag and the CmdSN of what was rejected are free.
            assertEquals(
                    0, initiator.run(initiator.testUnitReady().word(16, tag)).status());
        }
    }
}
