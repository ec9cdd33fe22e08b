package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.FlatDisk;
import dev.kume.core.disk.MemoryDisk;
import dev.kume.core.scsi.CopyDisks;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.SoftThreshold;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.testing.LateStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** A thin disk on a host whose file system fills up: who is told, and what the pages say. */
final class ThresholdTest {
    private static final int SIZE = 128 << 20;
    private static final int HOST_BLOCKS = (100 << 20) / LateStore.BLOCK_BYTES;
    private static final String LOG_SENSE = "4D 00 4C 00 00 00 00 01 00 00";
    private static final String MODE_SENSE = "5A 08 1C 02 00 00 00 01 00 00";

    private final LateStore host = new LateStore(MemoryDisk.emptyStore(SIZE), HOST_BLOCKS);
    private final FlatDisk thin = FlatDisk.open(host, new DiskInfo(SIZE, false, true));
    private final CopyDisks disks = new CopyDisks(new TestDisk(1 << 20), thin);
    private final SoftThreshold threshold = new SoftThreshold(disks.beta, 10);

    @Test
    void everyNexusIsToldOnceForEachCrossing() throws IOException {
        fill(80);
        threshold.look();
        assertNull(disks.node1AtBeta.poll());
        fill(90);
        threshold.look();
        threshold.look();
        assertEquals(Sense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED, disks.node1AtBeta.poll());
        assertEquals(Sense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED, disks.node2AtBeta.poll());
        threshold.look();
        assertNull(disks.node1AtBeta.poll(), "told once");
        thin.unmap(89 << 20, 1 << 20);
        threshold.look();
        fill(90);
        threshold.look();
        assertNull(disks.node1AtBeta.poll(), "one percent more is not yet another crossing");
        thin.unmap(80 << 20, 10 << 20);
        threshold.look();
        fill(91);
        threshold.look();
        assertEquals(Sense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED, disks.node1AtBeta.poll());
    }

    @Test
    void zeroPercentTellsNobody() throws IOException {
        fill(100);
        new SoftThreshold(disks.beta, 0).look();
        assertNull(disks.node1AtBeta.poll());
    }

    @Test
    void theLogPageCountsWhatIsLeftAndWhatIsUsed() throws IOException {
        fill(30);
        assertEquals(
                "8c000018" + "00010308" + "00000046" + "02000000" + "00020308" + "0000001e" + "01000000",
                answer(LOG_SENSE));
    }

    @Test
    void theModePageHasTheThreshold() throws IOException {
        assertEquals("5c020014" + "00".repeat(12) + "00010000" + "00000000", page(), "before the first look");
        threshold.look();
        assertEquals("5c020014" + "00".repeat(12) + "80010000" + "0000000a", page());
    }

    @Test
    void pageB2SaysHowLargeAThresholdSetIs() {
        assertEquals("00b20004" + "0be40200", answer("12 01 B2 00 FF 00"));
    }

    @Test
    void aDiskWithAllOfItsSpaceHasNoThreshold() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(2, 5),
                disks.target.run("4D 00 4C 00 00 00 00 01 00 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(3, -1),
                disks.target.run(MODE_SENSE).sense());
    }

    private String page() {
        String all = answer(MODE_SENSE);
        return all.substring(all.length() - 2 * 24).replaceFirst("^[9d]c", "5c");
    }

    private String answer(String cdb) {
        ScriptedTask task = disks.beginAt(disks.beta, disks.node2AtBeta, cdb, new byte[0]);
        disks.target.runAll();
        return HexFormat.of().formatHex(task.dataIn());
    }

    /** Writes until the disk takes so many MiB. */
    private void fill(int mebibytes) throws IOException {
        for (int at = 0; at < mebibytes; at++) {
            thin.write((long) at << 20, ByteBuffer.allocate(1 << 20));
        }
    }
}
