package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CmdSN and StatSN pass FFFFFFFFh while much is under way, RFC 7143 4.2.2 and RFC 1982. */
final class WrapAroundTest {
    private static final int DEPTH = 32;
    private static final int WRITE_FROM_BLOCK = 4096;

    private static RawInitiator login(Rig rig, int cmdSn, String digest) {
        RawInitiator initiator = rig.connect();
        initiator.cmdSn = cmdSn;
        initiator.expStatSn = 0xFFFFFFF8;
        initiator.loggedIn(
                RawInitiator.NAME,
                RawInitiator.TARGET,
                "HeaderDigest=" + digest,
                "DataDigest=" + digest,
                "InitialR2T=Yes",
                "ImmediateData=No",
                "MaxRecvDataSegmentLength=4096",
                "FirstBurstLength=8192",
                "MaxBurstLength=8192");
        initiator.clearAttentions();
        return initiator;
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", "CRC32C"})
    void readsOfManyPdusAndWritesOfManyBurstsPassIt(String digest) throws Exception {
        try (Rig rig = Rig.with(Limit.TASKS_PER_SESSION, DEPTH)) {
            RawInitiator initiator = login(rig, 0xFFFFFFF0, digest);
            Random random = new Random(7);
            for (int round = 0; round < 4; round++) {
                byte[] data = new byte[DEPTH * 16_384];
                random.nextBytes(data);
                Map<Integer, Integer> open = new HashMap<>();
                byte[][] read = new byte[DEPTH][0];
                for (int i = 0; i < DEPTH; i++) {
                    WirePdu command =
                            i % 2 == 0 ? initiator.read(i * 24, 24) : initiator.write(WRITE_FROM_BLOCK + i * 32, 32);
                    open.put(command.initiatorTaskTag(), i);
                    initiator.send(command);
                }
                while (!open.isEmpty()) {
                    WirePdu pdu = initiator.receive();
                    int i = open.get(pdu.initiatorTaskTag());
                    if (pdu.opcode() == WirePdu.R2T) {
                        initiator.answerR2t(pdu, Arrays.copyOfRange(data, i * 16_384, (i + 1) * 16_384));
                    } else if (pdu.opcode() == WirePdu.DATA_IN) {
                        assertEquals(read[i].length, pdu.word(40), "Buffer Offset");
                        read[i] = Arrays.copyOf(read[i], read[i].length + pdu.data().length);
                        System.arraycopy(pdu.data(), 0, read[i], read[i].length - pdu.data().length, pdu.data().length);
                    }
                    if (pdu.opcode() == WirePdu.SCSI_RESPONSE || pdu.takesStatSn()) {
                        assertEquals(0, pdu.status(), pdu::toString);
                        open.remove(pdu.initiatorTaskTag());
                    }
                }
                for (int i = 0; i < DEPTH; i++) {
                    if (i % 2 == 0) {
                        assertArrayEquals(ScriptedDisk.pattern(i * 24 * 512, 24 * 512), read[i], "read " + i);
                    } else {
                        assertArrayEquals(
                                Arrays.copyOfRange(data, i * 16_384, (i + 1) * 16_384),
                                rig.disk.at((WRITE_FROM_BLOCK + i * 32) * 512, 16_384),
                                "write " + i);
                    }
                }
            }
            assertTrue(initiator.cmdSn > 0 && initiator.cmdSn < 0x100, "CmdSN has wrapped");
            assertTrue(initiator.expStatSn > 0 && initiator.expStatSn < 0x100, "StatSN has wrapped");
            assertEquals(initiator.cmdSn + DEPTH - 1, initiator.maxCmdSn, "every place is free again");
        }
    }

    /** A session whose next command is the last but one before the wrap. */
    private static RawInitiator beforeTheWrap(Rig rig) {
        RawInitiator initiator = login(rig, 0xFFFFFFF0, "CRC32C");
        while (initiator.cmdSn != 0xFFFFFFFE) {
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
        return initiator;
    }

    private static int abort(RawInitiator initiator, WirePdu command) {
        WirePdu abort =
                initiator.taskManagement(1, 0, command.initiatorTaskTag()).word(32, command.word(24));
        initiator.send(abort);
        while (true) {
            WirePdu answer = initiator.receive();
            if (answer.opcode() == WirePdu.TASK_MANAGEMENT_RESPONSE) {
                assertEquals(abort.initiatorTaskTag(), answer.initiatorTaskTag());
                return answer.octet(2);
            }
            assertTrue(answer.initiatorTaskTag() != command.initiatorTaskTag(), answer::toString);
        }
    }

    @Test
    void anAbortFromBehindItReachesACommandBeforeIt() throws Exception {
        try (Rig rig = Rig.with(Limit.TASKS_PER_SESSION, DEPTH)) {
            RawInitiator initiator = beforeTheWrap(rig);
            WirePdu[] writes = new WirePdu[4];
            for (int i = 0; i < writes.length; i++) {
                writes[i] = initiator.write(i * 16, 16);
                assertEquals(WirePdu.R2T, initiator.send(writes[i]).receive().opcode());
            }
            assertEquals(2, initiator.cmdSn);
            assertEquals(0, abort(initiator, writes[0]), "sent before the wrap");
            assertEquals(0, abort(initiator, writes[3]), "sent behind it");
            initiator.expectSilence(50);
            assertEquals(0, abort(initiator, writes[1]));
            assertEquals(0, abort(initiator, writes[2]));
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
            assertEquals(initiator.cmdSn + DEPTH - 1, initiator.maxCmdSn, "every place is free again");
        }
    }

    @Test
    void anAbortFromBehindItClosesAGapBeforeIt() throws Exception {
        try (Rig rig = Rig.with(Limit.TASKS_PER_SESSION, DEPTH)) {
            RawInitiator initiator = beforeTheWrap(rig);
            WirePdu lost = initiator.write(5, 1);
            for (int i = 0; i < 4; i++) {
                initiator.send(initiator.testUnitReady());
            }
            initiator.expectSilence(50);
            assertEquals(0, abort(initiator, lost));
            assertEquals(3, initiator.cmdSn);
            initiator.send(lost);
            initiator.expectSilence(50);
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 512), rig.disk.at(5 * 512, 512));
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void anAbortFromBehindItOfWhatWasAnsweredBeforeItFindsNothing() throws Exception {
        try (Rig rig = Rig.with(Limit.TASKS_PER_SESSION, DEPTH)) {
            RawInitiator initiator = beforeTheWrap(rig);
            WirePdu answered = initiator.testUnitReady();
            assertEquals(0, initiator.run(answered).status());
            assertEquals(1, abort(initiator, answered), "from the same side");
            for (int i = 0; i < 3; i++) {
                assertEquals(0, initiator.run(initiator.testUnitReady()).status());
            }
            assertEquals(2, initiator.cmdSn);
            assertEquals(1, abort(initiator, answered), "from the other side");
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }
}
