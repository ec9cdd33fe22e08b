package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** VERIFY and WRITE AND VERIFY of every CDB size. */
final class VerifyTest {
    private static final Map<String, String> VERIFY_TWO_BLOCKS_AT_5 = new TreeMap<>(Map.of(
            "2F", "%s %s 00 00 00 05 00 00 02 00",
            "AF", "%s %s 00 00 00 05 00 00 00 02 00 00",
            "8F", "%s %s 00 00 00 00 00 00 00 05 00 00 00 02 00 00"));
    private static final Map<String, String> WRITE_AND_VERIFY_TWO_BLOCKS_AT_5 = new TreeMap<>(Map.of(
            "2E", "%s %s 00 00 00 05 00 00 02 00",
            "AE", "%s %s 00 00 00 05 00 00 00 02 00 00",
            "8E", "%s %s 00 00 00 00 00 00 00 05 00 00 00 02 00 00"));

    private final TestTarget target = new TestTarget();
    private final byte[] data = TestTarget.pattern(1024, 9);

    @Test
    void withoutByteCheckTheBlocksAreRead() {
        VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> {
            target.disk.log.clear();
            Answer answer = target.run(cdb.formatted(opcode, "00"));
            assertEquals(ScsiStatus.GOOD, answer.status(), opcode);
            assertEquals(0, answer.data().length, opcode);
            assertEquals(List.of("read 2560+1024"), target.disk.log, opcode);
        });
    }

    @Test
    void equalDataIsGood() {
        target.run("2A 00 00 00 00 05 00 00 02 00", data);
        VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> assertEquals(
                ScsiStatus.GOOD, target.run(cdb.formatted(opcode, "02"), data).status(), opcode));
    }

    @Test
    void aMiscompareTellsItsBlock() {
        target.run("2A 00 00 00 00 05 00 00 02 00", data);
        byte[] other = data.clone();
        other[1023] ^= 1;
        VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> {
            Answer answer = target.run(cdb.formatted(opcode, "02"), other);
            assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), opcode);
            assertEquals(Sense.MISCOMPARE_DURING_VERIFY.withInformation(6), answer.sense(), opcode);
        });
        assertArrayEquals(data, target.disk.bytes(2560, 1024), "nothing was written");
    }

    @Test
    void aMismatchWithoutByteCheckIsGood() {
        assertEquals(
                ScsiStatus.GOOD, target.run("2F 00 00 00 00 05 00 00 02 00").status());
    }

    @Test
    void aMiscompareInALaterPieceIsFound() {
        byte[] large = TestTarget.pattern(64 * 512, 4);
        target.run("2A 00 00 00 00 00 00 00 40 00", large);
        large[40 * 512] ^= 0x10;
        assertEquals(
                Sense.MISCOMPARE_DURING_VERIFY.withInformation(40),
                target.run("2F 02 00 00 00 00 00 00 40 00", large).sense());
    }

    @Test
    void oneBlockIsComparedWithEach() {
        target.disk.fill(2560, 1024, 0xA6);
        byte[] block = new byte[512];
        Arrays.fill(block, (byte) 0xA6);
        VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> assertEquals(
                ScsiStatus.GOOD, target.run(cdb.formatted(opcode, "06"), block).status(), opcode));
        target.disk.fill(6 * 512 + 100, 1, 0xA7);
        VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> assertEquals(
                Sense.MISCOMPARE_DURING_VERIFY.withInformation(6),
                target.run(cdb.formatted(opcode, "06"), block).sense(),
                opcode));
    }

    @Test
    void oneBlockThatIsShortIsRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 2),
                target.run("2F 06 00 00 00 05 00 00 02 00", new byte[100]).sense());
    }

    @Test
    void reservedByteCheckIsRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 2),
                target.run("2F 04 00 00 00 05 00 00 02 00").sense());
    }

    @Test
    void zeroBlocksIsGood() {
        for (String byteCheck : List.of("00", "02", "06")) {
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run("2F " + byteCheck + " 00 00 00 05 00 00 00 00").status(),
                    byteCheck);
        }
    }

    @Test
    void beyondTheEndIsOutOfRange() {
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run("2F 00 00 00 07 FF 00 00 02 00").sense());
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run("8F 02 FF FF FF FF FF FF FF FF 00 00 00 01 00 00", new byte[512])
                        .sense());
    }

    @Test
    void vrprotectIsRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 5),
                target.run("2F 20 00 00 00 00 00 00 01 00").sense());
    }

    @Test
    void anUnreadableBlockIsAMediumError() {
        target.disk.failNext("read", new IOException("broken"));
        assertEquals(
                Sense.UNRECOVERED_READ_ERROR,
                target.run("2F 00 00 00 00 00 00 00 01 00").sense());
    }

    @Test
    void writeAndVerifyIsDurableAndReadBack() {
        WRITE_AND_VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> {
            target.disk.log.clear();
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run(cdb.formatted(opcode, "00"), data).status(),
                    opcode);
            assertEquals(List.of("write 2560+1024", "flush", "read 2560+1024"), target.disk.log, opcode);
            assertArrayEquals(data, target.disk.bytes(2560, 1024), opcode);
        });
    }

    @Test
    void writeAndVerifyWithByteCheckCompares() {
        WRITE_AND_VERIFY_TWO_BLOCKS_AT_5.forEach((opcode, cdb) -> {
            target.disk.log.clear();
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run(cdb.formatted(opcode, "02"), data).status(),
                    opcode);
            assertEquals(List.of("write 2560+1024", "read 2560+1024", "flush"), target.disk.log, opcode);
        });
    }

    @Test
    void writeAndVerifyRefusesTheReservedByteCheckAndWrprotect() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 2),
                target.run("2E 04 00 00 00 05 00 00 02 00", data).sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 7),
                target.run("2E 80 00 00 00 05 00 00 02 00", data).sense());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void writeAndVerifyBeyondTheEndWritesNothing() {
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run("2E 00 00 00 07 FF 00 00 02 00", data).sense());
        assertEquals(List.of(), target.disk.log);
    }
}
