package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.protocol.server.RawInitiator.Answer;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Residual counts: the CDB's length against ExpectedDataTransferLength and the R and W flags, RFC 7143 11.4.5. */
final class ResidualTest {
    private static final int READ = 0xC1;
    private static final int WRITE = 0xA1;
    private static final int NEITHER = 0x81;

    @ParameterizedTest
    @CsvSource({
        // flags, blocks in the CDB, EDTL, bytes that come, residual
        "193, 4, 2048, 2048, 0",
        "193, 4, 1024, 1024, 1024",
        "193, 4, 100, 100, 1948",
        "193, 4, 4096, 2048, -2048",
        "193, 4, 0, 0, 2048",
        "129, 4, 0, 0, 2048",
        "193, 0, 512, 0, -512",
        "193, 0, 0, 0, 0",
        "161, 4, 2048, 0, 0"
    })
    void ofReads(int flags, int blocks, int expected, int bytes, int residual) throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            WirePdu command = initiator.command(0, flags, expected, RawInitiator.cdb10(0x28, 3, blocks));
            Answer answer = initiator.run(command);
            assertEquals(0, answer.status());
            assertArrayEquals(ScriptedDisk.pattern(3 * 512, bytes), answer.data());
            assertEquals(residual, answer.last().residual());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // flags, blocks in the CDB, EDTL, bytes written, residual
        "161, 4, 2048, 2048, 0",
        "161, 4, 1024, 1024, 1024",
        "161, 4, 4096, 2048, -2048",
        "161, 4, 0, 0, 2048",
        "129, 4, 0, 0, 2048",
        "161, 0, 512, 0, -512"
    })
    void ofWrites(int flags, int blocks, int expected, int bytes, int residual) throws IOException {
        try (Rig rig = Rig.standard()) {
            for (String immediateData : new String[] {"Yes", "No"}) {
                RawInitiator initiator = rig.session("ImmediateData=" + immediateData);
                byte[] data = new byte[expected];
                Arrays.fill(data, (byte) 0xEE);
                WirePdu command = initiator.command(0, flags, expected, RawInitiator.cdb10(0x2A, 3, blocks));
                Answer answer =
                        initiator.run(immediateData.equals("Yes") && expected > 0 ? command.with(data) : command, data);
                assertEquals(0, answer.status());
                assertEquals(residual, answer.last().residual());
                assertArrayEquals(Arrays.copyOf(data, bytes), rig.disk.at(3 * 512, bytes));
                assertArrayEquals(ScriptedDisk.pattern(3 * 512 + bytes, 512), rig.disk.at(3 * 512 + bytes, 512));
                initiator.close();
            }
        }
    }

    /** A block of which only a part comes would be half old, half new; GOOD would say that it was written. */
    @ParameterizedTest
    @CsvSource({
        // blocks in the CDB, EDTL, residual
        "4, 1000, 1048",
        "4, 100, 1948",
        "1, 511, 1"
    })
    void ofWritesThatEndWithinABlock(int blocks, int expected, int residual) throws IOException {
        for (String immediateData : new String[] {"Yes", "No"}) {
            try (Rig rig = Rig.standard()) {
                RawInitiator initiator = rig.session("ImmediateData=" + immediateData);
                byte[] data = new byte[expected];
                Arrays.fill(data, (byte) 0xEE);
                WirePdu command = initiator.command(0, WRITE, expected, RawInitiator.cdb10(0x2A, 3, blocks));
                Answer answer = initiator.run(immediateData.equals("Yes") ? command.with(data) : command, data);
                assertEquals("050e03", answer.last().sense());
                assertEquals(residual, answer.last().residual());
                assertArrayEquals(ScriptedDisk.pattern(3 * 512, 2048), rig.disk.at(3 * 512, 2048));
                // The session goes on as if nothing had been.
                byte[] block = Arrays.copyOf(data, 512);
                WirePdu next = initiator.command(0, WRITE, 512, RawInitiator.cdb10(0x2A, 3, 1));
                assertEquals(
                        0,
                        initiator
                                .run(immediateData.equals("Yes") ? next.with(block) : next, block)
                                .status());
                assertArrayEquals(block, rig.disk.at(3 * 512, 512));
            }
        }
    }

    @Test
    void ofParameterData() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            byte[] inquiry = new byte[16];
            inquiry[0] = 0x12;
            inquiry[4] = (byte) 200;
            Answer whole = initiator.run(initiator.command(0, READ, 200, inquiry));
            int bytes = whole.data().length;
            assertEquals(bytes - 200, whole.last().residual());
            inquiry[4] = 36;
            Answer exact = initiator.run(initiator.command(0, READ, 36, inquiry));
            assertEquals(36, exact.data().length);
            assertEquals(0, exact.last().residual());
            Answer overflow = initiator.run(initiator.command(0, READ, 8, inquiry));
            assertArrayEquals(Arrays.copyOf(whole.data(), 8), overflow.data());
            assertEquals(28, overflow.last().residual());
            Answer nothing = initiator.run(initiator.command(0, NEITHER, 0, inquiry));
            assertEquals(0, nothing.data().length);
            assertEquals(36, nothing.last().residual());
        }
    }

    @Test
    void ofCommandsWithoutDataAndOfRefusedOnes() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            assertEquals(
                    -512,
                    initiator
                            .run(initiator.command(0, READ, 512, new byte[16]))
                            .last()
                            .residual());
            Answer beyond = initiator.run(initiator.command(0, READ, 512, RawInitiator.cdb10(0x28, 0x7FFFFFFF, 1)));
            assertEquals("052100", beyond.last().sense());
            assertEquals(-512, beyond.last().residual());
            Answer write = initiator.run(initiator.command(0, WRITE, 512, RawInitiator.cdb10(0x2A, 0x7FFFFFFF, 1)));
            assertEquals("052100", write.last().sense());
        }
    }
}
