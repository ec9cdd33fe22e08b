package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import dev.kume.protocol.server.RawInitiator.Answer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data-Out: every way that RFC 7143 has for write data to come, RFC 7143 4.2.5.2 and 11.7. */
final class WriteTransferTest {
    private static final int FIRST_BURST = 65_536;
    private static final int MAX_BURST = 262_144;

    private static int firstBurst(RawInitiator initiator, int bytes) {
        return Math.min(initiator.agreed("FirstBurstLength", 65_536), bytes);
    }

    private static int unasked(RawInitiator initiator, int bytes) {
        if (initiator.agrees("InitialR2T", "No")) {
            return firstBurst(initiator, bytes);
        }
        return initiator.agrees("ImmediateData", "No")
                ? 0
                : Math.min(initiator.agreed("MaxRecvDataSegmentLength", 8192), firstBurst(initiator, bytes));
    }

    /** Sends a write with what the negotiated parameters let come unasked: immediate data, then Data-Out PDUs. */
    static WirePdu send(RawInitiator initiator, int lba, byte[] data) {
        int segment = initiator.agreed("MaxRecvDataSegmentLength", 8192);
        int first = unasked(initiator, data.length);
        int immediate = initiator.agrees("ImmediateData", "No") ? 0 : Math.min(segment, first);
        WirePdu command = initiator.command(
                0, first > immediate ? 0x21 : 0xA1, data.length, RawInitiator.cdb10(0x2A, lba, data.length / 512));
        initiator.send(command.with(Arrays.copyOf(data, immediate)));
        int sent = immediate;
        for (int dataSn = 0; sent < first; dataSn++) {
            int bytes = Math.min(segment, first - sent);
            byte[] piece = Arrays.copyOfRange(data, sent, sent + bytes);
            initiator.send(initiator.dataOut(
                    command.initiatorTaskTag(), WirePdu.NO_TAG, dataSn, sent, sent + bytes == first, piece));
            sent += bytes;
        }
        return command;
    }

    /** Writes as the negotiated parameters let it, and checks each R2T. */
    static Answer write(RawInitiator initiator, int lba, byte[] data) {
        Answer answer = initiator.finish(send(initiator, lba, data), data);
        int sent = unasked(initiator, data.length);
        // What was not sent unasked is asked for, in order, without gaps, in pieces of at most MaxBurstLength.
        List<WirePdu> r2ts = answer.pdus().subList(0, answer.pdus().size() - 1);
        for (int i = 0; i < r2ts.size(); i++) {
            WirePdu r2t = r2ts.get(i);
            assertEquals(0x80, r2t.octet(1), "byte 1 of an R2T");
            assertEquals(i, r2t.word(36), "R2TSN");
            assertEquals(sent, r2t.word(40), "Buffer Offset");
            assertEquals(
                    Math.min(initiator.agreed("MaxBurstLength", MAX_BURST), data.length - sent),
                    r2t.word(44),
                    "Desired Data Transfer Length");
            assertEquals(0, r2t.word(8), "LUN");
            sent += r2t.word(44);
        }
        assertEquals(data.length, sent);
        assertEquals(r2ts.size(), answer.last().word(36), "ExpDataSN");
        return answer;
    }

    @ParameterizedTest
    @CsvSource({
        "Yes, Yes, 8192",
        "Yes, Yes, 65536",
        "Yes, Yes, 262144",
        "Yes, No, 8192",
        "Yes, No, 262144",
        "No, Yes, 8192",
        "No, Yes, 65536",
        "No, Yes, 262144",
        "No, No, 8192",
        "No, No, 65536",
        "No, No, 262144"
    })
    void everySizeIsWrittenWhole(String initialR2T, String immediateData, int segment) throws IOException {
        try (Rig rig = Rig.with(Limit.MAX_RECV_DATA_SEGMENT_BYTES, segment)) {
            for (String digest : List.of("None", "CRC32C")) {
                RawInitiator initiator = rig.session(
                        "InitialR2T=" + initialR2T,
                        "ImmediateData=" + immediateData,
                        "MaxBurstLength=" + MAX_BURST,
                        "FirstBurstLength=" + FIRST_BURST,
                        "HeaderDigest=" + digest,
                        "DataDigest=" + digest);
                assertEquals(initialR2T, initiator.agreed("InitialR2T"));
                assertEquals(immediateData, initiator.agreed("ImmediateData"));
                int[] sizes = {
                    512, FIRST_BURST - 512, FIRST_BURST, FIRST_BURST + 512, MAX_BURST, MAX_BURST + 512, 1 << 20
                };
                for (int size : sizes) {
                    byte[] data = new byte[size];
                    new Random(size + segment).nextBytes(data);
                    int lba = size / 512 + 3;
                    Answer answer = write(initiator, lba, data);
                    assertEquals(0, answer.status());
                    assertEquals(0, answer.last().residual());
                    assertEquals(0, answer.last().octet(1) & 6);
                    assertArrayEquals(data, rig.disk.at(lba * 512, size), "size " + size);
                }
                assertEquals(0, initiator.run(initiator.write(0, 0)).status());
                initiator.close();
            }
        }
    }

    @Test
    void manyWritesAtOnceEachReachTheirPlace() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=Yes");
            byte[] data = new byte[256 * 512];
            new Random(4).nextBytes(data);
            WirePdu[] commands = new WirePdu[32];
            for (int i = 0; i < commands.length; i++) {
                commands[i] = initiator.write(i * 256, 256).with(Arrays.copyOf(data, 4 * i));
                initiator.send(commands[i]);
            }
            for (WirePdu command : commands) {
                for (boolean ended = false; !ended; ) {
                    WirePdu pdu = initiator.receive();
                    ended = pdu.opcode() == WirePdu.SCSI_RESPONSE;
                    if (!ended) {
                        initiator.answerR2t(pdu, data);
                    } else {
                        assertEquals(0, pdu.status());
                    }
                }
            }
            for (int i = 0; i < commands.length; i++) {
                assertArrayEquals(data, rig.disk.at(i * data.length, data.length), "write " + i);
            }
        }
    }

    @Test
    void dataOutWithTheWrongLunIsTaken() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            byte[] data = new byte[512];
            Arrays.fill(data, (byte) 9);
            WirePdu command = initiator.write(7, 1);
            WirePdu r2t = initiator.send(command).receive();
            initiator.send(initiator
                    .dataOut(command.initiatorTaskTag(), r2t.word(20), 0, 0, true, data)
                    .lun(0x77));
            assertEquals(0, initiator.finish(command, data).status());
            assertArrayEquals(data, rig.disk.at(7 * 512, 512));
        }
    }

    @Test
    void oddLengthsArePadded() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=No", "ImmediateData=Yes", "DataDigest=CRC32C");
            byte[] data = new byte[512];
            new Random(1).nextBytes(data);
            WirePdu command = initiator.command(0, 0x21, 512, RawInitiator.cdb10(0x2A, 5, 1));
            initiator.send(command.with(Arrays.copyOf(data, 13)));
            int tag = command.initiatorTaskTag();
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 0, 13, false, Arrays.copyOfRange(data, 13, 15)));
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 1, 15, true, Arrays.copyOfRange(data, 15, 512)));
            assertEquals(0, initiator.finish(command, data).status());
            assertArrayEquals(data, rig.disk.at(5 * 512, 512));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // EDTL, F bit of the last, offset, DataSN, bytes: what comes instead of what was asked for.
        "0, 0, 511, 0b0c0d",
        "0, 0, 513, 0b4b02",
        "0, 4, 508, 0b4b05",
        "1, 0, 512, 0b4b00"
    })
    void wrongDataOutEndsTheCommand(int dataSn, int offset, int bytes, String sense) throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            WirePdu command = initiator.write(7, 1);
            WirePdu r2t = initiator.send(command).receive();
            int tag = command.initiatorTaskTag();
            initiator.send(initiator.dataOut(tag, r2t.word(20), dataSn, offset, true, new byte[bytes]));
            Answer answer = initiator.finish(command, new byte[0]);
            assertEquals(2, answer.status());
            assertEquals(sense, answer.last().sense());
            initiator.ping();
            assertArrayEquals(ScriptedDisk.pattern(7 * 512, 512), rig.disk.at(7 * 512, 512));
        }
    }

    @Test
    void dataThatNobodyAskedForIsDropped() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("InitialR2T=Yes", "ImmediateData=No");
            initiator.send(initiator.dataOut(0x5555, WirePdu.NO_TAG, 0, 0, true, new byte[4096]));
            initiator.send(initiator.dataOut(0x5555, 0x1234, 0, 0, true, new byte[4096]));
            initiator.ping();
            WirePdu command = initiator.write(7, 1).with(new byte[512]);
            Answer answer = initiator.run(command);
            assertEquals("0b0c0c", answer.last().sense());
            WirePdu unsolicited = initiator.command(0, 0x21, 512, RawInitiator.cdb10(0x2A, 7, 1));
            assertEquals("0b0c0c", initiator.run(unsolicited).last().sense());
            assertArrayEquals(ScriptedDisk.pattern(7 * 512, 512), rig.disk.at(7 * 512, 512));
        }
    }

    @Test
    void noBlockIsTornWhereABurstEndsInside() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator =
                    rig.session("InitialR2T=Yes", "ImmediateData=No", "MaxBurstLength=700", "FirstBurstLength=700");
            byte[] data = new byte[8 * 512];
            java.util.Arrays.fill(data, (byte) 0xA5);
            WirePdu whole = initiator.write(100, 8);
            assertEquals(0, initiator.run(whole, data).status());
            assertArrayEquals(data, rig.disk.at(100 * 512, data.length));
            for (int bursts = 1; bursts <= 5; bursts++) {
                int lba = 200 + bursts * 8;
                WirePdu cut = initiator.write(lba, 8);
                initiator.send(cut);
                for (int i = 0; i < bursts; i++) {
                    initiator.answerR2t(initiator.receive(), data);
                }
                assertEquals(WirePdu.R2T, initiator.receive().opcode());
                WirePdu abort = initiator.taskManagement(1, 0, cut.initiatorTaskTag());
                assertEquals(0, initiator.send(abort).receive().octet(2));
                for (int block = 0; block < 8; block++) {
                    int at = (lba + block) * 512;
                    byte[] now = rig.disk.at(at, 512);
                    // The abort may have come before the last burst was written: whole blocks, old or new.
                    boolean written = now[0] == (byte) 0xA5 && now[1] == (byte) 0xA5;
                    assertTrue(!written || (block + 1) * 512 <= bursts * 700, "block " + block);
                    byte[] expected = written ? java.util.Arrays.copyOf(data, 512) : ScriptedDisk.pattern(at, 512);
                    assertArrayEquals(expected, now);
                }
            }
        }
    }
}
