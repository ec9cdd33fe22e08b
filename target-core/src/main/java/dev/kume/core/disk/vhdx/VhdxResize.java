package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.block.FileSpace;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Gives a disk another size: one entry of the log changes the size and, where the BAT has no room for its new entries,
 * moves the region in both region tables. The new BAT is durable before, and nothing refers to it until then.
 */
final class VhdxResize {
    private static final int STEP_BYTES = 1 << 20;

    private final VhdxFile file;
    private final BackingStore store;
    private final VhdxLog log;
    private final BitmapBlocks bitmaps;

    VhdxResize(VhdxFile file, VhdxLog log, BitmapBlocks bitmaps) {
        this.file = file;
        this.store = file.store();
        this.log = log;
        this.bitmaps = bitmaps;
    }

    void run(long sizeBytes, FileSpace space) throws IOException {
        Bat bat = file.bat();
        long before = file.parameters().sizeBytes();
        Region region = file.regions().region(Region.BAT);
        if (sizeBytes > before) {
            clear(bat.indexOf(bat.blocks(before)), bat.entries(before), index -> !bat.isBitmap(index));
        }
        PageSet pages = new PageSet(store);
        pages.putLong(file.metadata().offsetOf(MetadataItem.VIRTUAL_DISK_SIZE), sizeBytes);
        Region moved = region;
        if (bat.entries(sizeBytes) * BatEntry.BYTES > region.lengthBytes()) {
            moved = new Region(region.id(), place(bat.regionBytes(sizeBytes), space), bat.regionBytes(sizeBytes), true);
            copy(region, moved, bat.entries(before) * BatEntry.BYTES);
            ByteBuffer table = file.regions().with(moved).encode();
            for (long offset : RegionTable.OFFSETS) {
                pages.putChanged(offset, table);
            }
        } else if (sizeBytes > before) {
            clear(bat.entries(before), bat.entries(sizeBytes), index -> true);
        }
        log.append(pages);
        file.parameters(file.parameters().withSizeBytes(sizeBytes));
        if (moved != region) {
            file.regions(file.regions().with(moved));
            free(region.offsetBytes(), region.lengthBytes(), space);
        }
        if (sizeBytes < before) {
            dropBitmaps(bat.chunks(sizeBytes), space);
        }
    }

    /** Space for a BAT, taken now, so that no later commit meets a full file system. */
    private long place(long lengthBytes, FileSpace space) throws IOException {
        long offset = space.take(lengthBytes, 0, Bytes.MIB);
        try {
            if (store.sizeBytes() < offset + lengthBytes) {
                store.resize(offset + lengthBytes);
            }
            store.punch(offset, lengthBytes);
            store.reserve(offset, lengthBytes);
        } catch (IOException | RuntimeException e) {
            space.free(offset, lengthBytes);
            throw e;
        }
        return offset;
    }

    private void copy(Region from, Region to, long bytes) throws IOException {
        ByteBuffer step = Bytes.allocate(STEP_BYTES);
        for (long at = 0; at < bytes; ) {
            Extent extent = store.extentAt(from.offsetBytes() + at, bytes - at);
            if (extent.allocated()) {
                int length = (int) Math.min(STEP_BYTES, Math.min(extent.lengthBytes(), bytes - at));
                store.read(from.offsetBytes() + at, step.clear().limit(length));
                store.write(to.offsetBytes() + at, step.flip());
                at += length;
            } else {
                at += extent.lengthBytes();
            }
        }
        store.flush();
    }

    /** What stands behind the last block of the disk, as a larger one has left it, is no entry. */
    private void clear(long from, long to, LongPredicate which) throws IOException {
        LoggedPages pages = new LoggedPages(store, log);
        BatScan.run(store, file.entryOffset(0), from, to, (index, entry) -> {
            if (which.test(index)) {
                pages.room(1).putLong(file.entryOffset(index), 0);
            }
        });
        pages.finish();
    }

    private void dropBitmaps(long chunk, FileSpace space) throws IOException {
        Map<Long, Long> dropped = bitmaps.dropFrom(chunk);
        if (dropped.isEmpty()) {
            return;
        }
        LoggedPages pages = new LoggedPages(store, log);
        for (long gone : dropped.keySet()) {
            long at = file.entryOffset(file.bat().indexOfBitmap(gone));
            pages.room(1).putLong(at, 0);
        }
        pages.finish();
        log.barrier(store.sizeBytes());
        for (long offset : dropped.values()) {
            space.free(offset, Bat.BITMAP_BYTES);
        }
    }

    private void free(long offsetBytes, long lengthBytes, FileSpace space) throws IOException {
        log.barrier(store.sizeBytes());
        space.free(offsetBytes, lengthBytes);
    }
}
