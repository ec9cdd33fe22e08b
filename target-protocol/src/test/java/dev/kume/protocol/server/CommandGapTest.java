package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.Limits.Limit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Commands that come out of order, RFC 7143 4.2.2.1: they wait, with their data, for those before them. */
final class CommandGapTest {
    private static byte[] data(int seed, int bytes) {
        byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        return data;
    }

    /** Requests in a chosen order, and the answers by what they answer. */
    private static List<WirePdu> answers(RawInitiator initiator, int count) {
        List<WirePdu> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(initiator.receive());
        }
        return answers;
    }

    @Test
    void theyAreCarriedOutInTheOrderOfTheirNumbers() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes");
            byte[] unsolicited = data(3, 1024);
            WirePdu first = initiator.write(5, 2).with(data(1, 1024));
            WirePdu second = initiator.write(15, 2).with(data(2, 1024));
            WirePdu third = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 25, 2));
            WirePdu fourth = initiator.read(35, 2);
            initiator.send(fourth);
            initiator.send(third);
            // The unsolicited data of a command that waits, in two pieces.
            int tag = third.initiatorTaskTag();
            byte[] half = Arrays.copyOf(unsolicited, 512);
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 0, 0, false, half));
            half = Arrays.copyOfRange(unsolicited, 512, 1024);
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 1, 512, true, half));
            initiator.send(second);
            initiator.send(second);
            initiator.send(fourth);
            initiator.ping();
            assertEquals(0, rig.disk.writes.get(), "nothing is carried out before its turn");
            initiator.send(first);
            for (WirePdu each : List.of(first, second, third)) {
                assertEquals(0, initiator.finish(each, new byte[0]).status());
            }
            assertArrayEquals(
                    ScriptedDisk.pattern(35 * 512, 1024),
                    initiator.finish(fourth, new byte[0]).data());
            // Each was carried out once.
            initiator.expectSilence(50);
            assertEquals(3, rig.disk.writes.get());
            assertArrayEquals(data(1, 1024), rig.disk.at(5 * 512, 1024));
            assertArrayEquals(data(2, 1024), rig.disk.at(15 * 512, 1024));
            assertArrayEquals(unsolicited, rig.disk.at(25 * 512, 1024));
        }
    }

    @Test
    void everyRequestWaitsForItsTurn() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            WirePdu missing = initiator.testUnitReady();
            WirePdu ping = initiator.nopOut(new byte[8]).octet(0, WirePdu.NOP_OUT);
            initiator.cmdSn++;
            WirePdu text = initiator.textRequest("SendTargets=");
            WirePdu reset = initiator.taskManagement(5, 0, WirePdu.NO_TAG).octet(0, WirePdu.TASK_MANAGEMENT);
            initiator.cmdSn++;
            WirePdu logout = initiator.logout(0).octet(0, WirePdu.LOGOUT);
            initiator.cmdSn++;
            initiator.send(logout).send(reset).send(text).send(ping);
            initiator.expectSilence(50);
            initiator.send(missing);
            List<Integer> opcodes = new ArrayList<>();
            initiator.expectClosed().forEach(pdu -> opcodes.add(pdu.opcode()));
            // The reset waits for its unit's other loops; the logout does not wait for it.
            opcodes.remove((Integer) WirePdu.TASK_MANAGEMENT_RESPONSE);
            assertEquals(
                    List.of(WirePdu.SCSI_RESPONSE, WirePdu.NOP_IN, WirePdu.TEXT_RESPONSE, WirePdu.LOGOUT_RESPONSE),
                    opcodes);
        }
    }

    @Test
    void anyOrderInsideOfTheWindowGivesTheSameAnswers() throws Exception {
        for (long seed = 1; seed <= 8; seed++) {
            try (Rig rig = Rig.with(Limit.TASKS_PER_SESSION, 32)) {
                RawInitiator initiator = rig.connect();
                initiator.cmdSn = 0xFFFFFFF0;
                initiator.expStatSn = 0xFFFFFFF8;
                initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "ImmediateData=Yes");
                initiator.clearAttentions();
                Random random = new Random(seed);
                for (int round = 0; round < 4; round++) {
                    List<WirePdu> requests = new ArrayList<>();
                    List<Integer> inOrder = new ArrayList<>();
                    for (int i = 0; i < 15; i++) {
                        requests.add(initiator.write(i, 1).with(data(round * 100 + i, 512)));
                        // Answered in its turn at once: the answers tell the order.
                        requests.add(initiator.testUnitReady());
                        inOrder.add(requests.getLast().initiatorTaskTag());
                    }
                    Collections.shuffle(requests, random);
                    requests.forEach(initiator::send);
                    List<Integer> came = new ArrayList<>();
                    for (WirePdu answer : answers(initiator, 30)) {
                        assertEquals(0, answer.status(), answer::toString);
                        came.add(answer.initiatorTaskTag());
                    }
                    came.retainAll(inOrder);
                    assertEquals(inOrder, came, "seed " + seed);
                    for (int i = 0; i < 15; i++) {
                        assertArrayEquals(data(round * 100 + i, 512), rig.disk.at(i * 512, 512));
                    }
                }
            }
        }
    }

    @Test
    void aGapThatNobodyClosesEndsTheSession() throws Exception {
        try (Rig rig = Rig.with(Limit.COMMAND_GAP_SECONDS, 1)) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes");
            initiator.cmdSn++;
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            initiator.send(initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 5, 2)));
            List<WirePdu> last = initiator.expectClosed();
            assertEquals(1, last.size(), last::toString);
            assertEquals(WirePdu.ASYNC_MESSAGE, last.getFirst().opcode());
            assertEquals(3, last.getFirst().octet(36));
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 1024), rig.disk.at(5 * 512, 1024));
        }
    }

    @Test
    void anAbortClosesTheGap() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            WirePdu lost = initiator.write(5, 1).with(new byte[512]);
            WirePdu behind = initiator.testUnitReady();
            initiator.send(behind);
            WirePdu abort =
                    initiator.taskManagement(1, 0, lost.initiatorTaskTag()).word(32, lost.word(24));
            initiator.send(abort);
            List<WirePdu> answers = answers(initiator, 2);
            assertEquals(WirePdu.SCSI_RESPONSE, answers.getFirst().opcode());
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answers.getLast().opcode());
            assertEquals(0, answers.getLast().octet(2), "function complete");
            // It comes after all: its number is received already.
            initiator.send(lost);
            initiator.expectSilence(50);
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 512), rig.disk.at(5 * 512, 512));
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void aCommandThatWaitsIsAborted() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            WirePdu first = initiator.testUnitReady();
            WirePdu waits = initiator.write(5, 1).with(new byte[512]);
            WirePdu behind = initiator.testUnitReady();
            initiator.send(waits).send(behind);
            WirePdu abort =
                    initiator.taskManagement(1, 0, waits.initiatorTaskTag()).word(32, waits.word(24));
            WirePdu answer = initiator.send(abort).receive();
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answer.opcode());
            assertEquals(0, answer.octet(2));
            initiator.send(waits);
            initiator.send(first);
            answers(initiator, 2).forEach(each -> assertEquals(WirePdu.SCSI_RESPONSE, each.opcode()));
            initiator.ping();
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 512), rig.disk.at(5 * 512, 512));
        }
    }

    @Test
    void anImmediateResetActsBehindTheCommandsThatWereSentBeforeIt() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            WirePdu missing = initiator.testUnitReady();
            WirePdu write = initiator.write(5, 1);
            WirePdu reset = initiator.taskManagement(5, 0, WirePdu.NO_TAG);
            initiator.send(write).send(reset);
            initiator.expectSilence(50);
            initiator.send(missing);
            assertEquals(WirePdu.SCSI_RESPONSE, initiator.receive().opcode());
            assertEquals(WirePdu.R2T, initiator.receive().opcode());
            WirePdu answer = initiator.receive();
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answer.opcode());
            assertEquals(0, answer.octet(2));
            initiator.ping();
        }
    }

    @Test
    void aSessionThatEndsInAGapLeavesNothing() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes");
            initiator.cmdSn++;
            for (int i = 0; i < 20; i++) {
                initiator.send(initiator.write(i, 1).with(new byte[512]));
                initiator.send(initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 5, 2)));
            }
            initiator.ping();
            RawInitiator again = rig.session();
            initiator.expectClosed();
            assertEquals(0, again.run(again.read(1, 1)).status());
        }
    }
}
