package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import dev.kume.protocol.server.RawInitiator.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data-In: segments, sequences, status in the last PDU, and where the bytes come from, RFC 7143 11.7. */
final class ReadTransferTest {
    @ParameterizedTest
    @CsvSource({
        "512, 8192, None",
        "8192, 65536, CRC32C",
        "65536, 262144, None",
        "262144, 262144, CRC32C",
        "8191, 16385, None",
        "16777215, 16777215, None",
        "262144, 8192, None"
    })
    void segmentsAndSequencesAreAsNegotiated(int segment, int burst, String digest) throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session(
                    "MaxRecvDataSegmentLength=" + segment,
                    "MaxBurstLength=" + burst,
                    "HeaderDigest=" + digest,
                    "DataDigest=" + digest);
            int agreedBurst = Integer.parseInt(initiator.agreed("MaxBurstLength"));
            for (int blocks : new int[] {1, 16, 17, 127, 512, 513, 2048}) {
                Answer answer = initiator.run(initiator.read(5, blocks));
                assertArrayEquals(ScriptedDisk.pattern(5 * 512, blocks * 512), answer.data());
                int offset = 0;
                for (int i = 0; i < answer.pdus().size(); i++) {
                    WirePdu pdu = answer.pdus().get(i);
                    boolean last = i == answer.pdus().size() - 1;
                    assertEquals(WirePdu.DATA_IN, pdu.opcode());
                    assertEquals(i, pdu.word(36), "DataSN");
                    assertTrue(pdu.data().length <= segment);
                    offset += pdu.data().length;
                    boolean endOfBurst = offset % agreedBurst == 0;
                    assertEquals(last || endOfBurst, pdu.isFinal(), "F bit at " + offset);
                    assertEquals(last ? 1 : 0, pdu.octet(1) & 1, "S bit");
                    assertEquals(0, pdu.residual());
                    assertTrue(pdu.isFinal() || pdu.data().length % 4 == 0, "a broken word inside of a sequence");
                    assertEquals(WirePdu.NO_TAG, pdu.word(20), "Target Transfer Tag");
                }
            }
        }
    }

    private static LongPredicate notEvery(int nth) {
        return offset -> (offset / 4096) % nth != 0;
    }

    @Test
    void coldReadsComeInOrderAmongHotOnes() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("MaxRecvDataSegmentLength=4096", "DataDigest=CRC32C");
            for (LongPredicate hot : List.<LongPredicate>of(offset -> false, notEvery(2), notEvery(3))) {
                rig.disk.hot = hot;
                rig.disk.hotBytesMax = 4096;
                manyReads(initiator, 40, 64);
                rig.disk.hotBytesMax = 100;
                manyReads(initiator, 10, 64);
            }
            assertTrue(rig.disk.reads.get() > 100);
        }
    }

    /** Reads of all sizes at once; each PDU goes to where its tag says. */
    private static void manyReads(RawInitiator initiator, int reads, int blocksMax) {
        Random random = new Random(reads);
        Map<Integer, WirePdu> commands = new HashMap<>();
        Map<Integer, Integer> received = new HashMap<>();
        for (int i = 0; i < reads; i++) {
            WirePdu command = initiator.read(random.nextInt(8192), 1 + random.nextInt(blocksMax));
            commands.put(command.initiatorTaskTag(), command);
            initiator.send(command);
        }
        while (!commands.isEmpty()) {
            WirePdu pdu = initiator.receive();
            WirePdu command = commands.get(pdu.initiatorTaskTag());
            int lba = command.word(34);
            int at = received.merge(pdu.initiatorTaskTag(), 0, Integer::sum);
            assertEquals(at, pdu.word(40));
            assertArrayEquals(ScriptedDisk.pattern(lba * 512 + at, pdu.data().length), pdu.data());
            received.put(pdu.initiatorTaskTag(), at + pdu.data().length);
            if (pdu.takesStatSn()) {
                assertEquals(0, pdu.status());
                assertEquals(command.word(20), received.get(pdu.initiatorTaskTag()));
                commands.remove(pdu.initiatorTaskTag());
            }
        }
    }

    @Test
    void aReadThatFailsHalfwaySaysHowMuchWasSent() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("MaxRecvDataSegmentLength=8192");
            rig.disk.hot = offset -> offset < 16_384;
            rig.disk.broken = true;
            Answer answer = initiator.run(initiator.read(0, 64));
            assertEquals(2, answer.status());
            assertEquals("031100", answer.last().sense());
            assertEquals(16_384, answer.data().length);
            assertEquals(-16_384, answer.last().residual());
            assertEquals(2, answer.last().word(36), "ExpDataSN");
            rig.disk.broken = false;
        }
    }

    @Test
    void memoryForColdReadsIsBoundedAndEveryoneIsServed() throws IOException {
        try (Rig rig = Rig.with(Limit.DATA_OUT_BYTES_PER_SESSION, 1_048_576)) {
            rig.disk.hot = notEvery(2);
            RawInitiator initiator = rig.session("MaxRecvDataSegmentLength=262144", "InitialR2T=Yes");
            // Reads and writes wait for memory that other reads and writes give back.
            List<WirePdu> writes = new ArrayList<>();
            byte[] data = new byte[65_536];
            new Random(5).nextBytes(data);
            Map<Integer, WirePdu> open = new HashMap<>();
            Map<Integer, Integer> received = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                WirePdu command = i % 2 == 0 ? initiator.read(i * 8, 128) : initiator.write(8192 + i / 2 * 128, 128);
                open.put(command.initiatorTaskTag(), command);
                if (i % 2 == 1) {
                    writes.add(command);
                }
                initiator.send(command);
            }
            while (!open.isEmpty()) {
                WirePdu pdu = initiator.receive();
                WirePdu command = open.get(pdu.initiatorTaskTag());
                assertTrue(rig.target.server().dataBytes() <= 1_048_576 + 65_536, "memory");
                if (pdu.opcode() == WirePdu.R2T) {
                    initiator.answerR2t(pdu, data);
                    continue;
                }
                if (pdu.opcode() == WirePdu.DATA_IN) {
                    int from = command.word(34) * 512 + pdu.word(40);
                    assertArrayEquals(ScriptedDisk.pattern(from, pdu.data().length), pdu.data());
                    received.merge(pdu.initiatorTaskTag(), pdu.data().length, Integer::sum);
                }
                if (pdu.takesStatSn()) {
                    assertEquals(0, pdu.status());
                    open.remove(pdu.initiatorTaskTag());
                }
            }
            received.values().forEach(bytes -> assertEquals(65_536, bytes));
            for (WirePdu write : writes) {
                assertArrayEquals(data, rig.disk.at(write.word(34) * 512, data.length));
            }
        }
    }

    @Test
    void whoDoesNotReadTakesNoMoreThanItsShare() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator slow = rig.keep(RawInitiator.narrow(rig.port()))
                    .loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "MaxRecvDataSegmentLength=262144");
            slow.clearAttentions();
            List<WirePdu> reads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                WirePdu read = slow.read(i, 2048);
                reads.add(read);
                slow.send(read);
            }
            RawInitiator other = rig.otherSession();
            for (int i = 0; i < 50; i++) {
                assertEquals(0, other.run(other.read(i, 8)).status());
            }
            // Each chunk has room for one largest Data-In; what waits is bounded whatever was asked for.
            assertTrue(
                    rig.target.server().lentChunks() < 16,
                    "chunks: " + rig.target.server().lentChunks());
            for (WirePdu read : reads) {
                Answer answer = slow.finish(read, new byte[0]);
                assertArrayEquals(ScriptedDisk.pattern(read.word(34) * 512, 1 << 20), answer.data());
            }
        }
    }

    @Test
    void manySmallAnswersTakeTheMemoryOfTheirBytes() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator slow = rig.keep(RawInitiator.narrow(rig.port()))
                    .loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "MaxRecvDataSegmentLength=262144");
            slow.clearAttentions();
            // Fill the way to the initiator, then ask little questions one by one.
            List<WirePdu> reads = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                WirePdu read = slow.read(i, 1024);
                reads.add(read);
                slow.send(read);
            }
            for (int i = 0; i < 300; i++) {
                slow.send(slow.nopOut(new byte[4]));
                if (i % 10 == 0) {
                    rig.target.server().sessions().join();
                }
            }
            assertTrue(
                    rig.target.server().lentChunks() < 16,
                    "chunks: " + rig.target.server().lentChunks());
            for (WirePdu read : reads) {
                assertArrayEquals(
                        ScriptedDisk.pattern(read.word(34) * 512, 1 << 19),
                        slow.finish(read, new byte[0]).data());
            }
        }
    }
}
