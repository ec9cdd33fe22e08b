package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskReport.Severity;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What a check tells of a VHD that is no error. */
final class VhdNotes {
    private VhdNotes() {}

    static void add(BackingStore store, VhdFooter fields, ByteBuffer footer, DiskReport.Builder report)
            throws IOException {
        long allocatedBytes = store.allocatedBytes();
        if (allocatedBytes < store.sizeBytes()) {
            report.add(
                    Severity.NOTE,
                    "file",
                    "has holes (%d of %d bytes take space); Windows attaches no sparse VHD: `kume disk export` makes a copy"
                            .concat(" without")
                            .formatted(allocatedBytes, store.sizeBytes()),
                    false);
        }
        if (footer.get(VhdFooter.SAVED_STATE) == 1) {
            report.add(
                    Severity.NOTE,
                    "saved state",
                    "is set: a virtual machine was saved while it used the disk, and may not find it as it was",
                    false);
        }
        if (fields.currentSizeBytes() > VhdFormat.MAX_SIZE_BYTES) {
            report.add(
                    Severity.NOTE,
                    "current size",
                    "is %d bytes; Windows attaches no VHD beyond 2040 GiB".formatted(fields.currentSizeBytes()),
                    false);
        }
    }
}
