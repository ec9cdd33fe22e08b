package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskReport.Severity;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a VHD that nobody serves, and mends it. What is mended loses nothing that could still be read: an entry that
 * points out of the file is cleared, a block that is cut off is padded, and two blocks in one place are moved apart.
 */
final class VhdCheck {
    private static final int SECTOR_BYTES = 512;
    private static final int STEP_BYTES = 1 << 20;

    private final BackingStore store;
    private final boolean repair;
    private final Progress progress;
    private final DiskReport.Builder report = new DiskReport.Builder();

    VhdCheck(BackingStore store, boolean repair, Progress progress) {
        this.store = store;
        this.repair = repair && !store.readOnly();
        this.progress = progress;
    }

    DiskReport run() throws IOException {
        try {
            Footers footers = Footers.read(store);
            if (footers.fields().isMapped()) {
                checkMapped(footers);
            } else {
                checkFixed(footers);
            }
            Footers now = repair ? Footers.read(store) : footers;
            VhdNotes.add(store, now.fields(), now.bytes(), report);
        } catch (DiskFormatException damaged) {
            report.add(Severity.DAMAGE, "file", String.valueOf(damaged.getMessage()), false);
        }
        return report.build();
    }

    private void checkFixed(Footers footers) throws IOException {
        if (footers.tailProblem() != null) {
            if (repair) {
                VhdRecovery.settleFixed(store, footers);
            }
            report.add(
                    Severity.REPAIRABLE,
                    "footer",
                    "at the end of the file: %s; a change of the identity was cut short"
                            .formatted(footers.tailProblem()),
                    repair);
        }
    }

    private void checkMapped(Footers footers) throws IOException {
        reportFooter("copy of the footer", 0, footers.headProblem());
        reportFooter("footer", footers.tailBytes(), footers.tailProblem());
        MappedVhd file = MappedVhd.read(store, footers);
        if (repair) {
            mendEntriesBeyondTheEnd(file);
            file = VhdRecovery.settleMapped(store, MappedVhd.read(store, Footers.read(store)));
        }
        checkEntries(file);
        checkBitmaps(file);
        checkEnd(file);
    }

    private void reportFooter(String field, long offsetBytes, @Nullable String problem) {
        if (problem != null) {
            report.add(Severity.REPAIRABLE, field, "at offset %d: %s".formatted(offsetBytes, problem), repair);
        }
    }

    /** Entries that point out of the file are cleared, or the file is padded where a block begins in it. */
    private void mendEntriesBeyondTheEnd(MappedVhd file) throws IOException {
        long tailBytes = file.tailBytes(store);
        BlockTable table = new BlockTable(store, file.header());
        long[] paddedBytes = {tailBytes};
        table.scan(file.blocks(), (block, entry) -> {
            long begin = Integer.toUnsignedLong(entry) * SECTOR_BYTES;
            if (file.problemOf(entry, Long.MAX_VALUE) != null) {
                mended(block, file.problemOf(entry, Long.MAX_VALUE), "; the block is zeroes or its parent's now");
                table.write(block, BlockTable.UNUSED);
            } else if (begin + file.bitmapBytes() >= tailBytes) {
                mended(block, file.problemOf(entry, tailBytes), "; the block is zeroes or its parent's now");
                table.write(block, BlockTable.UNUSED);
            } else if (begin + file.slotBytes() > tailBytes) {
                mended(block, file.problemOf(entry, tailBytes), "; what is missing is zeroes now");
                paddedBytes[0] = Math.max(paddedBytes[0], begin + file.slotBytes());
            }
        });
        if (paddedBytes[0] > tailBytes) {
            store.zero(tailBytes, store.sizeBytes() - tailBytes);
            store.resize(paddedBytes[0] + VhdFooter.BYTES);
            store.write(paddedBytes[0], file.footers().bytes().duplicate());
        }
        store.flush();
    }

    private void mended(long block, @Nullable String problem, String now) {
        report.add(Severity.DAMAGE, "BAT entry " + block, problem + now, true);
    }

    private void checkEntries(MappedVhd file) throws IOException {
        UsedSlots used = new UsedSlots(file.slotBytes());
        long[] blocks = {0};
        long tailBytes = file.tailBytes(store);
        new BlockTable(store, file.header()).scan(file.blocks(), (block, entry) -> {
            blocks[0]++;
            String problem = file.problemOf(entry, tailBytes);
            if (problem == null) {
                used.add(block, entry);
            } else {
                report.add(Severity.DAMAGE, "BAT entry " + block, problem, false);
            }
        });
        report.blocks(blocks[0]);
        UsedSlots.Overlap overlap = used.firstOverlap();
        if (overlap != null && repair) {
            moveApart(file, used, overlap);
        } else if (overlap != null) {
            report.add(Severity.DAMAGE, "BAT entry " + overlap.block(), overlap.problem(), false);
        }
    }

    /** The later one of two blocks gets a copy of what it reads now, behind everything else. */
    private void moveApart(MappedVhd file, UsedSlots used, UsedSlots.Overlap first) throws IOException {
        BlockTable table = new BlockTable(store, file.header());
        UsedSlots.Overlap overlap = first;
        long end = used.endBytes();
        while (overlap != null) {
            long slot = alignedSlot(Math.max(end, file.footers().tailBytes()), file.bitmapBytes());
            end = slot + file.slotBytes();
            if (slot / SECTOR_BYTES >= Integer.toUnsignedLong(BlockTable.UNUSED)) {
                report.add(Severity.DAMAGE, "BAT entry " + overlap.block(), overlap.problem(), false);
                return;
            }
            store.resize(end + VhdFooter.BYTES);
            copy(Integer.toUnsignedLong(overlap.entry()) * SECTOR_BYTES, slot, file.slotBytes());
            store.write(end, file.footers().bytes().duplicate());
            store.flush();
            int entry = (int) (slot / SECTOR_BYTES);
            table.write(overlap.block(), entry);
            store.flush();
            mended(overlap.block(), overlap.problem(), "; both have a copy of their own now, one of them is in doubt");
            used.replace(overlap.block(), overlap.entry(), entry);
            overlap = used.firstOverlap();
        }
    }

    private static long alignedSlot(long fromBytes, int bitmapBytes) {
        long align = VhdLayout.ALIGN_BYTES;
        return Math.ceilDiv(fromBytes + bitmapBytes, align) * align - bitmapBytes;
    }

    private void copy(long from, long to, long lengthBytes) throws IOException {
        ByteBuffer step = ByteBuffer.allocate(STEP_BYTES);
        for (long at = 0; at < lengthBytes; at += STEP_BYTES) {
            step.clear().limit((int) Math.min(STEP_BYTES, lengthBytes - at));
            store.read(from + at, step);
            store.write(to + at, step.flip());
        }
    }

    /** Programs that do not look at the bitmaps of a dynamic disk read what lies there. */
    private void checkBitmaps(MappedVhd file) throws IOException {
        if (file.parent() != null) {
            return;
        }
        long tailBytes = file.tailBytes(store);
        // The bits of small blocks do not fill a sector; what follows them says nothing.
        int bitBytes = (int) (file.header().blockBytes() / SECTOR_BYTES / Byte.SIZE);
        ByteBuffer full = SectorBitmap.full(bitBytes);
        ByteBuffer bitmap = ByteBuffer.allocate(bitBytes);
        long[] partial = {0};
        long totalBytes = file.blocks() * file.header().blockBytes();
        new BlockTable(store, file.header()).scan(file.blocks(), (block, entry) -> {
            progress.at(block * file.header().blockBytes(), totalBytes);
            if (file.problemOf(entry, tailBytes) == null) {
                store.read(Integer.toUnsignedLong(entry) * SECTOR_BYTES, bitmap.clear());
                partial[0] += bitmap.flip().equals(full) ? 0 : 1;
            }
        });
        progress.at(totalBytes, totalBytes);
        if (partial[0] > 0) {
            report.add(
                    Severity.NOTE,
                    "sector bitmaps",
                    "%d blocks do not have all of their sectors: these are zeroes, but qemu reads what lies there"
                            .formatted(partial[0]),
                    false);
        }
    }

    /** What lies between the last block and the footer. */
    private void checkEnd(MappedVhd file) throws IOException {
        Footers footers = repair ? Footers.read(store) : file.footers();
        long end = VhdRecovery.endBytes(store, file);
        long leaked = footers.tailBytes() - end;
        if (end >= 0 && footers.tailProblem() == null && leaked > 0) {
            report.leakedBytes(leaked);
            report.add(
                    Severity.NOTE,
                    "file",
                    "%d bytes before the footer belong to nothing; the next change of the disk cuts them off"
                            .formatted(leaked),
                    false);
        }
    }
}
