package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** WRITE SAME of both CDB sizes. */
final class WriteSameTest {
    private static final int DISK_BYTES = 1 << 20;

    /** Byte 1, LBA and blocks are filled in. */
    private static final Map<String, String> CDBS = new TreeMap<>(Map.of(
            "10", "41 %02X 00 00 %04X 00 %04X 00",
            "16", "93 %02X 00 00 00 00 00 00 %04X 00 00 %04X 00 00"));

    private final TestTarget target = new TestTarget();
    private final byte[] block = TestTarget.pattern(512, 7);
    private final byte[] zeroes = new byte[512];

    private interface Check {
        void of(String size, String form);
    }

    private void both(Check check) {
        CDBS.forEach((size, form) -> {
            target.disk.log.clear();
            target.disk.fill(0, DISK_BYTES, 0xA6);
            check.of(size, form);
        });
    }

    private static byte[] repeated(byte[] block, int times) {
        ByteBuffer all = ByteBuffer.allocate(block.length * times);
        for (int i = 0; i < times; i++) {
            all.put(block);
        }
        return all.array();
    }

    private void assertUntouched(Answer answer, Sense expected, String size) {
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), size);
        assertEquals(expected, answer.sense(), size);
        assertEquals(List.of(), target.disk.log, size);
    }

    @Test
    void everyBlockBecomesTheOneSent() {
        both((size, form) -> {
            assertEquals(
                    ScsiStatus.GOOD, target.run(form.formatted(0, 5, 3), block).status(), size);
            assertArrayEquals(repeated(block, 3), target.disk.bytes(5 * 512, 3 * 512), size);
            assertEquals((byte) 0xA6, target.disk.bytes(5 * 512 - 1, 1)[0], size);
            assertEquals((byte) 0xA6, target.disk.bytes(8 * 512, 1)[0], size);
        });
    }

    @Test
    void zeroesAreZeroedWithTheirSpaceOrUnmapped() {
        both((size, form) -> {
            target.run(form.formatted(0, 5, 3), zeroes);
            target.run(form.formatted(8, 9, 2), zeroes);
            assertEquals(List.of("zero 2560+1536", "unmap 4608+1024"), target.disk.log, size);
        });
    }

    @Test
    void unmapWithABlockThatIsNotZeroWritesIt() {
        both((size, form) -> {
            assertEquals(
                    ScsiStatus.GOOD, target.run(form.formatted(8, 5, 3), block).status(), size);
            assertArrayEquals(repeated(block, 3), target.disk.bytes(5 * 512, 3 * 512), size);
        });
    }

    @Test
    void withoutDataOutZeroesAreMeant() {
        assertEquals(
                ScsiStatus.GOOD,
                target.run(CDBS.get("16").formatted(0x01, 5, 3)).status());
        assertEquals(
                ScsiStatus.GOOD,
                target.run(CDBS.get("16").formatted(0x09, 5, 3)).status());
        assertEquals(List.of("zero 2560+1536", "unmap 2560+1536"), target.disk.log);
        target.disk.log.clear();
        assertUntouched(target.run(CDBS.get("10").formatted(0x01, 5, 3)), Sense.INVALID_FIELD_IN_CDB.inCdb(1, 0), "10");
    }

    @Test
    void zeroBlocksMeansToTheEnd() {
        both((size, form) -> {
            target.run(form.formatted(0, 2046, 0), block);
            assertArrayEquals(repeated(block, 2), target.disk.bytes(DISK_BYTES - 1024, 1024), size);
            target.disk.log.clear();
            target.run(form.formatted(8, 0, 0), zeroes);
            assertEquals(List.of("unmap 0+" + DISK_BYTES), target.disk.log, size);
            target.disk.log.clear();
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run(form.formatted(0, 2048, 0), block).status(),
                    size);
            assertEquals(List.of(), target.disk.log, size);
        });
        assertEquals(0, target.run("12 01 B0 00 FF 00").data()[4] & 1, "WSNZ");
        assertEquals(0, ByteBuffer.wrap(target.run("12 01 B0 00 FF 00").data()).getLong(36), "no greatest length");
    }

    @Test
    void beyondTheEndIsOutOfRange() {
        both((size, form) -> {
            assertUntouched(target.run(form.formatted(0, 2047, 2), block), Sense.LBA_OUT_OF_RANGE, size);
            assertUntouched(target.run(form.formatted(0, 2049, 0), block), Sense.LBA_OUT_OF_RANGE, size);
        });
        assertUntouched(
                target.run("93 00 FF FF FF FF FF FF FF FF 00 00 00 02 00 00", block), Sense.LBA_OUT_OF_RANGE, "wraps");
        assertUntouched(
                target.run("93 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00", block), Sense.LBA_OUT_OF_RANGE, "2^63");
    }

    @Test
    void otherThanOneBlockOfDataIsRefused() {
        both((size, form) -> {
            for (int bytes : new int[] {0, 1, 256, 511, 513, 1024}) {
                assertUntouched(target.run(form.formatted(0, 5, 3), new byte[bytes]), Sense.INVALID_FIELD_IN_CDB, size);
            }
        });
    }

    @Test
    void bitsWithoutMeaningHereAreRefused() {
        both((size, form) -> {
            for (int bit : new int[] {1, 2, 4, 5, 6, 7}) {
                assertUntouched(
                        target.run(form.formatted(1 << bit | 8, 5, 3), zeroes),
                        Sense.INVALID_FIELD_IN_CDB.inCdb(1, bit),
                        size);
            }
        });
    }

    @Test
    void aWriteProtectedOrAbsentDiskIsNotWritten() {
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        both((size, form) -> assertUntouched(target.run(form.formatted(0, 0, 1), block), Sense.WRITE_PROTECTED, size));
        target.unit.change(state -> state.offline("gone"), () -> {});
        both((size, form) -> assertUntouched(
                target.run(form.formatted(0, 0, 1), block), Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED, size));
    }

    @Test
    void withoutAWriteCacheGoodMeansDurable() {
        target.unit.change(state -> state.withModes(state.modes().withWriteCacheEnabled(false)), () -> {});
        both((size, form) -> {
            target.run(form.formatted(0, 0, 1), block);
            assertEquals(List.of("write 0+512", "flush"), target.disk.log, size);
        });
    }

    @Test
    void aFailureIsTold() {
        target.disk.failNext("write", new IOException("No space left on device"));
        assertEquals(
                Sense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT,
                target.run(CDBS.get("10").formatted(0, 0, 1), block).sense());
        target.disk.failNext("zero", new IOException("broken"));
        assertEquals(
                Sense.WRITE_ERROR,
                target.run(CDBS.get("10").formatted(0, 0, 1), zeroes).sense());
    }

    @Test
    void aGiantPatternIsWrittenInPiecesAndGivenUpBetweenThem() {
        long blocks = 1L << 33;
        TestDisk hollow = TestDisk.hollow(blocks * 512);
        hollow.swallows = true;
        TestTarget giant = new TestTarget(hollow, BlockGeometry.emulated512(blocks * 512), Commands.table());
        byte[] cdb = TestTarget.bytes("93 00 00 00 00 00 00 00 00 01 FF FF FF FF 00 00");
        ScriptedTask task = giant.begin(giant.node1, 0, cdb, block, false);
        hollow.whenDone = () -> {
            if (hollow.log.size() == 100) {
                task.doom();
            }
        };
        giant.runAll();
        assertEquals(1, task.dooms);
        assertEquals(100, hollow.log.size());
        assertTrue(hollow.log.contains("write 262144+262144"), hollow.log.get(1));
    }

    @Test
    void blocksOf4KiB() {
        TestTarget large = TestTarget.native4k();
        byte[] data = TestTarget.pattern(4096, 3);
        assertEquals(
                ScsiStatus.GOOD,
                large.run(CDBS.get("16").formatted(0, 2, 2), data).status());
        assertArrayEquals(repeated(data, 2), large.disk.bytes(8192, 8192));
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB,
                large.run(CDBS.get("16").formatted(0, 2, 2), block).sense());
    }
}
