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
import dev.kume.core.store.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** UNMAP: good lists, and every kind of bad one. */
final class UnmapTest {
    private static final long DISK_BLOCKS = 2048;
    private static final long STEP_BLOCKS = (256L << 20) / 512;
    private static final long ZEROES_STEP_BLOCKS = (64L << 20) / 512;

    private final TestTarget target = new TestTarget();

    private static String cdb(int listBytes) {
        return "42 00 00 00 00 00 00 %02X %02X 00".formatted(listBytes >> 8, listBytes & 0xFF);
    }

    /** A parameter list with these descriptors: LBA, blocks, LBA, blocks ... */
    private static byte[] list(long... ranges) {
        int descriptors = ranges.length / 2;
        ByteBuffer list = ByteBuffer.allocate(8 + 16 * descriptors);
        list.putShort((short) (6 + 16 * descriptors)).putShort((short) (16 * descriptors));
        for (int i = 0; i < descriptors; i++) {
            list.putLong(8 + 16 * i, ranges[2 * i]).putInt(16 + 16 * i, (int) ranges[2 * i + 1]);
        }
        return list.array();
    }

    private Answer unmap(byte[] list) {
        return target.run(cdb(list.length), list);
    }

    private void assertUntouched(Answer answer, Sense expected) {
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
        assertEquals(expected, answer.sense());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void everyRangeReadsAsZeroes() {
        target.disk.fill(0, 20 * 512, 0xA6);
        assertEquals(ScsiStatus.GOOD, unmap(list(3, 2, 10, 1)).status());
        assertEquals(List.of("unmap 1536+1024", "unmap 5120+512"), target.disk.log);
        assertArrayEquals(new byte[1024], target.disk.bytes(1536, 1024));
        byte[] left = new byte[512];
        Arrays.fill(left, (byte) 0xA6);
        assertArrayEquals(left, target.disk.bytes(1024, 512));
        assertArrayEquals(left, target.disk.bytes(2560, 512));
    }

    @Test
    void overlappingAndUnalignedRangesAreGood() {
        assertEquals(ScsiStatus.GOOD, unmap(list(1, 9, 5, 3, 5, 3)).status());
        assertEquals(List.of("unmap 512+4608", "unmap 2560+1536", "unmap 2560+1536"), target.disk.log);
    }

    @Test
    void nothingToDoIsGood() {
        assertEquals(ScsiStatus.GOOD, target.run(cdb(0)).status());
        assertEquals(ScsiStatus.GOOD, unmap(list()).status());
        assertEquals(ScsiStatus.GOOD, unmap(list(5, 0)).status());
        assertEquals(ScsiStatus.GOOD, unmap(list(DISK_BLOCKS, 0)).status(), "0 blocks at the end are on the unit");
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void asManyDescriptorsAsPageB0SaysAreGoodAndNoMore() {
        long[] ranges = new long[2 * 256];
        for (int i = 0; i < 256; i++) {
            ranges[2 * i] = i;
            ranges[2 * i + 1] = 1;
        }
        assertEquals(ScsiStatus.GOOD, unmap(list(ranges)).status());
        assertEquals(256, target.disk.log.size());
        target.disk.log.clear();
        assertUntouched(unmap(list(new long[2 * 257])), Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(2, -1));
    }

    @Test
    void oneBadDescriptorLeavesAllAsTheyAre() {
        assertUntouched(unmap(list(0, 8, DISK_BLOCKS - 1, 2, 16, 1)), Sense.LBA_OUT_OF_RANGE.inParameters(24, -1));
        assertUntouched(unmap(list(DISK_BLOCKS, 1)), Sense.LBA_OUT_OF_RANGE.inParameters(8, -1));
        assertUntouched(unmap(list(DISK_BLOCKS + 1, 0)), Sense.LBA_OUT_OF_RANGE.inParameters(8, -1));
        assertUntouched(unmap(list(0, 0xFFFF_FFFFL)), Sense.LBA_OUT_OF_RANGE.inParameters(8, -1));
        assertUntouched(unmap(list(-1, 2)), Sense.LBA_OUT_OF_RANGE.inParameters(8, -1));
        assertUntouched(unmap(list(Long.MIN_VALUE, 0)), Sense.LBA_OUT_OF_RANGE.inParameters(8, -1));
    }

    @Test
    void aListWithoutAWholeHeaderIsRefused() {
        for (int bytes = 1; bytes < 8; bytes++) {
            assertUntouched(target.run(cdb(bytes), new byte[bytes]), Sense.PARAMETER_LIST_LENGTH_ERROR.inCdb(7, -1));
        }
        assertUntouched(
                target.run(cdb(24), Arrays.copyOf(list(0, 1), 7)), Sense.PARAMETER_LIST_LENGTH_ERROR.inCdb(7, -1));
    }

    @Test
    void aDescriptorThatIsCutOffIsIgnored() {
        byte[] two = list(1, 1, 3, 1);
        for (int bytes = 24; bytes < 40; bytes++) {
            target.disk.log.clear();
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run(cdb(bytes), Arrays.copyOf(two, bytes)).status());
            assertEquals(List.of("unmap 512+512"), target.disk.log, "cut by the CDB at " + bytes);
        }
        target.disk.log.clear();
        assertEquals(
                ScsiStatus.GOOD, target.run(cdb(40), Arrays.copyOf(two, 30)).status());
        assertEquals(List.of("unmap 512+512"), target.disk.log, "cut by the initiator");
        target.disk.log.clear();
        two[3] = 31;
        assertEquals(ScsiStatus.GOOD, unmap(two).status());
        assertEquals(List.of("unmap 512+512"), target.disk.log, "cut by the list itself");
    }

    @Test
    void anchorAndReservedBitsAreRefused() {
        byte[] list = list(0, 1);
        assertUntouched(target.run("42 01 00 00 00 00 00 00 18 00", list), Sense.INVALID_FIELD_IN_CDB.inCdb(1, 0));
        assertUntouched(target.run("42 00 00 00 00 01 00 00 18 00", list), Sense.INVALID_FIELD_IN_CDB.inCdb(5, 0));
        assertUntouched(target.run("42 00 00 00 00 00 00 00 18 04", list), Sense.INVALID_FIELD_IN_CDB.inCdb(9, 2));
    }

    @Test
    void aWriteProtectedOrAbsentDiskIsNotUnmapped() {
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        assertUntouched(unmap(list(0, 1)), Sense.WRITE_PROTECTED);
        target.unit.change(state -> state.offline("gone"), () -> {});
        assertUntouched(unmap(list(0, 1)), Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED);
    }

    @Test
    void withoutAWriteCacheGoodMeansDurable() {
        target.unit.change(state -> state.withModes(state.modes().withWriteCacheEnabled(false)), () -> {});
        assertEquals(ScsiStatus.GOOD, unmap(list(0, 1)).status());
        assertEquals(List.of("unmap 0+512", "flush"), target.disk.log);
    }

    @Test
    void aDiskThatFailsIsAWriteErrorAndAFullOneASpaceError() {
        target.disk.failNext("unmap", new IOException("broken"));
        assertEquals(Sense.WRITE_ERROR, unmap(list(0, 1)).sense());
        target.disk.failNext("unmap", new NoSpaceException("full"));
        assertEquals(
                Sense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT, unmap(list(0, 1)).sense());
    }

    @Test
    void aGiantRangeGoesInStepsAndIsGivenUpBetweenThem() {
        long blocks = 4L << 30;
        TestDisk hollow = TestDisk.hollow(blocks * 512);
        hollow.swallows = true;
        hollow.thin = true;
        TestTarget giant = new TestTarget(hollow, BlockGeometry.emulated512(blocks * 512), Commands.table());
        byte[] list = list(1, 0xFFFF_FFFEL);
        Answer answer = giant.run(cdb(list.length), list);
        assertEquals(ScsiStatus.GOOD, answer.status());
        assertEquals(blocks / STEP_BLOCKS, hollow.log.size());
        assertEquals(
                "unmap 512+" + (STEP_BLOCKS - 1) * 512, hollow.log.getFirst(), "steps end at whole units of space");

        hollow.log.clear();
        ScriptedTask task = giant.begin(giant.node1, 0, TestTarget.bytes(cdb(list.length)), list, false);
        hollow.whenDone = () -> {
            if (hollow.log.size() == 3) {
                task.doom();
            }
        };
        giant.runAll();
        assertEquals(3, hollow.log.size());
        assertEquals(1, task.dooms);

        // One that keeps its space may have to write zeroes, which takes longer.
        hollow.log.clear();
        hollow.whenDone = () -> {};
        hollow.thin = false;
        assertEquals(ScsiStatus.GOOD, giant.run(cdb(list.length), list).status());
        assertEquals(blocks / ZEROES_STEP_BLOCKS, hollow.log.size());
    }

    @Test
    void blocksOf4KiBAreUnmappedWhole() {
        TestTarget large = TestTarget.native4k();
        byte[] list = list(2, 3);
        assertEquals(ScsiStatus.GOOD, large.run(cdb(list.length), list).status());
        assertEquals(List.of("unmap 8192+12288"), large.disk.log);
    }

    @Test
    void thePagesSayWhatTheCommandDoes() {
        byte[] limits = target.run("12 01 B0 00 FF 00").data();
        assertEquals(64, limits.length);
        ByteBuffer page = ByteBuffer.wrap(limits);
        assertEquals(-1, page.getInt(20), "no limit of blocks");
        assertEquals(256, page.getInt(24));
        assertEquals(8, page.getInt(28), "4096 bytes");
        assertEquals(0x8000_0000, page.getInt(32));
        byte[] provisioning = target.run("12 01 B2 00 FF 00").data();
        assertEquals(8, provisioning.length);
        assertTrue((provisioning[5] & 0x84) == 0x84, "LBPU and LBPRZ");
        assertEquals(1, provisioning[6] & 7, "space that is reserved stays so");
        target.disk.thin = true;
        assertEquals(2, Objects.requireNonNull(target.run("12 01 B2 00 FF 00")).data()[6] & 7);
        assertEquals(
                0xC0,
                target.run("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").data()[14] & 0xFF);
    }
}
