package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** GET LBA STATUS: mapped and deallocated ranges, merged and bounded. */
final class GetLbaStatusTest {
    private final TestTarget target = new TestTarget();

    private static String cdb(long lba, int allocationBytes) {
        String hex = "%016X%08X".formatted(lba, allocationBytes);
        return "9E 12 " + hex + " 00 00";
    }

    /** {@code "LBA+blocks status"} of each descriptor. */
    private static List<String> descriptors(Answer answer) {
        assertEquals(ScsiStatus.GOOD, answer.status());
        ByteBuffer data = ByteBuffer.wrap(answer.data());
        List<String> all = new ArrayList<>();
        for (int at = 8; at + 16 <= data.limit(); at += 16) {
            all.add("%d+%d %d".formatted(data.getLong(at), data.getInt(at + 8) & 0xFFFF_FFFFL, data.get(at + 12)));
        }
        return all;
    }

    private TestTarget thin() {
        target.disk.thin = true;
        target.disk.fill(10 * 512, 20 * 512, 0xA6);
        target.disk.fill(100 * 512, 512, 0xA6);
        return target;
    }

    @Test
    void holesAreDeallocatedAndDataIsMapped() {
        Answer answer = thin().run(cdb(0, 4096));
        assertEquals(List.of("0+10 1", "10+20 0", "30+70 1", "100+1 0", "101+1947 1"), descriptors(answer));
        assertEquals(answer.data().length - 4, ByteBuffer.wrap(answer.data()).getInt(0));
        assertEquals(
                List.of("15+15 0", "30+70 1"), descriptors(thin().run(cdb(15, 40))), "from the middle, as many as fit");
    }

    @Test
    void whatIsUnmappedIsDeallocated() {
        thin().run("93 09 00 00 00 00 00 00 00 0C 00 00 00 02 00 00");
        assertEquals(List.of("10+2 0", "12+2 1", "14+16 0"), descriptors(target.run(cdb(10, 56))));
    }

    @Test
    void aDiskThatKeepsItsSpaceIsMapped() {
        assertEquals(List.of("5+2043 0"), descriptors(target.run(cdb(5, 4096))));
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void atLeastOneDescriptorIsMadeAndCutToTheAllocationLength() {
        for (int allocationBytes = 0; allocationBytes <= 24; allocationBytes++) {
            Answer answer = thin().run(cdb(0, allocationBytes));
            assertEquals(ScsiStatus.GOOD, answer.status());
            assertEquals(allocationBytes, answer.data().length);
            if (allocationBytes >= 4) {
                assertEquals(20, ByteBuffer.wrap(answer.data()).getInt(0));
            }
        }
    }

    @Test
    void theLastBlockIsTheLastThatMayBeAsked() {
        assertEquals(List.of("2047+1 1"), descriptors(thin().run(cdb(2047, 4096))));
        for (long lba : new long[] {2048, 2049, Long.MIN_VALUE, -1}) {
            assertEquals(Sense.LBA_OUT_OF_RANGE, target.run(cdb(lba, 24)).sense());
        }
    }

    @Test
    void aBlockWithAnyDataIsMapped() {
        TestTarget large = TestTarget.native4k();
        large.disk.thin = true;
        large.disk.fill(2 * 4096 + 512, 512, 0xA6);
        large.disk.fill(5 * 4096, 4096 + 512, 0xA6);
        assertEquals(List.of("0+2 1", "2+1 0", "3+2 1", "5+2 0", "7+249 1"), descriptors(large.run(cdb(0, 4096))));
    }

    @Test
    void aHoleOfTerabytesIsSeveralDescriptors() {
        long blocks = 3L << 32;
        TestDisk hollow = TestDisk.hollow(blocks * 512);
        hollow.thin = true;
        TestTarget giant = new TestTarget(hollow, BlockGeometry.emulated512(blocks * 512), Commands.table());
        assertEquals(
                List.of("0+4294967295 1", "4294967295+4294967295 1", "8589934590+4294967295 1", "12884901885+3 1"),
                descriptors(giant.run(cdb(0, 4096))));
        assertEquals(List.of("0+4294967295 1"), descriptors(giant.run(cdb(0, 24))));
    }

    @Test
    void aFragmentedDiskIsLookedAtWithinBounds() {
        target.disk.thin = true;
        for (int block = 0; block < 2048; block += 2) {
            target.disk.fill(block * 512, 512, 0xA6);
        }
        List<String> all = descriptors(target.run(cdb(0, Integer.MAX_VALUE)));
        assertEquals(1024, all.size());
        assertTrue(target.disk.log.size() <= 4096, "" + target.disk.log.size());
    }

    @Test
    void reservedBitsAreRefusedAndFailuresTold() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(14, 0),
                target.run("9E 12 00 00 00 00 00 00 00 00 00 00 00 20 01 00").sense());
        target.disk.thin = true;
        target.disk.failNext("extent", new IOException("broken"));
        assertEquals(Sense.UNRECOVERED_READ_ERROR, target.run(cdb(0, 24)).sense());
        target.unit.change(state -> state.offline("gone"), () -> {});
        assertEquals(
                Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED,
                target.run(cdb(0, 24)).sense());
    }
}
