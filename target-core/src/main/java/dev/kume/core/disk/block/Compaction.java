package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.Zeroes;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.Arrays;

/**
 * Makes the file of a disk smaller while it serves: first blocks of nothing but zeroes are given back, then the last
 * slots of the file move into gaps, then the end is cut off. A slot that was left holds its bytes until the map says
 * durably that the block is elsewhere.
 */
final class Compaction {
    private static final long COMMIT_BYTES = 64L << 20;

    private final BlockDisk disk;
    private final BlockFile file;
    private final BackingStore store;
    private final BlockLayout.Shape shape;
    private final SlotData slotData;
    private final Zeroes zeroes = new Zeroes();

    Compaction(BlockDisk disk, BlockFile file, BackingStore store, BlockLayout.Shape shape) {
        this.disk = disk;
        this.file = file;
        this.store = store;
        this.shape = shape;
        this.slotData = new SlotData(store, shape.blockBytes());
    }

    long run(DiskFormat.Progress progress) throws IOException {
        long totalBytes = 2 * disk.presentBlocks() * shape.blockBytes();
        file.keepsContent(true);
        try {
            file.begin();
            long doneBytes = freeZeroes(progress, totalBytes);
            disk.flush();
            moveLast(progress, doneBytes, totalBytes);
            disk.flush();
            long cut = file.truncate();
            progress.at(totalBytes, totalBytes);
            return cut;
        } finally {
            file.keepsContent(false);
        }
    }

    private long freeZeroes(DiskFormat.Progress progress, long totalBytes) throws IOException {
        BlockMap map = file.map();
        long doneBytes = 0;
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            progress.at(Math.min(doneBytes, totalBytes), totalBytes);
            long seen = block;
            if (canFree(map.get(block))) {
                file.alone(seen, entry -> {
                    if (canFree(entry) && isZero(entry)) {
                        file.change(seen, Entry.of(disk.parent() == null ? Entry.ABSENT : Entry.ZERO, 0));
                    }
                });
            }
            doneBytes += shape.blockBytes();
        }
        return doneBytes;
    }

    /** Where there is no parent, sectors that are not there are zeroes as well. */
    private boolean canFree(long entry) {
        return disk.parent() == null ? Entry.hasSpace(entry) : Entry.state(entry) == Entry.FULL && shape.zeroBlocks();
    }

    private boolean isZero(long entry) throws IOException {
        return slotData.tell(
                Entry.dataBytes(entry),
                0,
                shape.blockBytes(),
                (inBlock, bytes) -> zeroes.isZero(bytes, 0, bytes.limit()));
    }

    private void moveLast(DiskFormat.Progress progress, long alreadyBytes, long totalBytes) throws IOException {
        long[] slots = slotsInOrder();
        long doneBytes = alreadyBytes;
        long unflushedBytes = 0;
        for (int i = slots.length - 2; i >= 0; i -= 2) {
            progress.at(Math.min(doneBytes, totalBytes), totalBytes);
            long slot = slots[i];
            long block = slots[i + 1];
            long gap = file.takeSlotBefore(slot);
            if (gap < 0) {
                break;
            }
            boolean[] moved = {false};
            file.alone(block, entry -> moved[0] = move(block, entry, slot, gap));
            if (!moved[0]) {
                file.giveBack(gap);
            }
            doneBytes += shape.blockBytes();
            unflushedBytes += shape.blockBytes();
            if (unflushedBytes >= COMMIT_BYTES) {
                disk.flush();
                unflushedBytes = 0;
            }
        }
    }

    /** Pairs of a slot and its block, by the place in the file. */
    private long[] slotsInOrder() {
        BlockMap map = file.map();
        long[][] pairs = new long[16][];
        int count = 0;
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            long entry = map.get(block);
            if (Entry.hasSpace(entry)) {
                if (count == pairs.length) {
                    pairs = Arrays.copyOf(pairs, 2 * count);
                }
                pairs[count++] = new long[] {Entry.dataBytes(entry) - shape.slotHeadBytes(), block};
            }
        }
        Arrays.sort(pairs, 0, count, (a, b) -> Long.compare(a[0], b[0]));
        return Arrays.stream(pairs, 0, count).flatMapToLong(Arrays::stream).toArray();
    }

    /** Nobody else is inside of the block. False when it is not there any more. */
    private boolean move(long block, long entry, long slot, long gap) throws IOException {
        if (!Entry.hasSpace(entry) || Entry.dataBytes(entry) - shape.slotHeadBytes() != slot) {
            return false;
        }
        SectorMap sectors = Entry.state(entry) == Entry.PARTIAL ? file.sectorMaps.get(block, entry) : null;
        long to = gap + shape.slotHeadBytes();
        slotData.tell(Entry.dataBytes(entry), 0, shape.blockBytes(), (inBlock, bytes) -> {
            store.write(to + inBlock, bytes);
            return true;
        });
        file.change(block, Entry.of(Entry.state(entry), to), sectors);
        return true;
    }
}
