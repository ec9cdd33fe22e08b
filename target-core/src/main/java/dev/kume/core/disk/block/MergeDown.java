package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Moves the blocks of a disk into its parent while it serves. At each moment a block is read from one place: from this
 * file as long as its map has it, then from the parent. The map lets go of a block durably only when the parent has it
 * durably; until then this file still has the bytes.
 */
final class MergeDown {
    private static final long COMMIT_BYTES = 64L << 20;

    private final BlockDisk disk;
    private final BlockFile file;
    private final BlockLayout.Shape shape;
    private final SlotData slotData;

    MergeDown(BlockDisk disk, BlockFile file, BlockLayout.Shape shape) {
        this.disk = disk;
        this.file = file;
        this.shape = shape;
        this.slotData = new SlotData(file.store, shape.blockBytes());
    }

    void run(DiskFormat.Progress progress) throws IOException {
        VirtualDisk below = disk.parent();
        if (below == null) {
            throw new IllegalStateException(file.store.location() + " has no parent");
        }
        if (below.info().readOnly() || below.info().sizeBytes() < disk.info().sizeBytes()) {
            throw new IOException("%s cannot be merged: its parent is %s"
                    .formatted(file.store.location(), below.info().readOnly() ? "read-only" : "smaller than it is"));
        }
        if (below instanceof BlockDisk target) {
            target.file.keepsContent(true);
        }
        file.keepsContent(true);
        file.begin();
        file.durableBefore(below);
        file.locks.aloneWithAll(() -> disk.writesDown(true));
        boolean done = false;
        try {
            moveAll(below, progress);
            done = true;
        } finally {
            if (!done) {
                giveUp(below);
            }
        }
    }

    private void giveUp(VirtualDisk below) throws IOException {
        file.locks.aloneWithAll(() -> disk.writesDown(false));
        disk.flush();
        file.durableBefore(null);
        file.keepsContent(false);
        if (below instanceof BlockDisk target) {
            target.file.keepsContent(false);
        }
    }

    private void moveAll(VirtualDisk below, DiskFormat.Progress progress) throws IOException {
        BlockMap map = file.map();
        long totalBytes = disk.presentBlocks() * shape.blockBytes();
        long doneBytes = 0;
        long unflushedBytes = 0;
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            progress.at(doneBytes, totalBytes);
            long moved = block;
            file.alone(moved, entry -> move(moved, entry, below));
            doneBytes = Math.min(totalBytes, doneBytes + shape.blockBytes());
            unflushedBytes += shape.blockBytes();
            if (unflushedBytes >= COMMIT_BYTES) {
                disk.flush();
                unflushedBytes = 0;
            }
        }
        disk.flush();
        progress.at(totalBytes, totalBytes);
    }

    /** Nobody else is inside of the block. */
    private void move(long block, long entry, VirtualDisk below) throws IOException {
        long begin = block * shape.blockBytes();
        long bytes = Math.min(shape.blockBytes(), disk.info().sizeBytes() - begin);
        switch (Entry.state(entry)) {
            case Entry.ABSENT -> {
                return;
            }
            case Entry.ZERO -> below.unmap(begin, bytes);
            case Entry.FULL -> moveData(entry, begin, 0, bytes, below);
            default -> {
                SectorMap sectors = file.sectorMaps.get(block, entry);
                int end = (int) Math.ceilDiv(bytes, shape.sectorBytes());
                for (int sector = 0; sector < end; ) {
                    int run = sectors.runLength(sector, end - sector);
                    if (sectors.has(sector)) {
                        long at = (long) sector * shape.sectorBytes();
                        long length = Math.min((long) run * shape.sectorBytes(), bytes - at);
                        moveData(entry, begin, at, length, below);
                    }
                    sector += run;
                }
            }
        }
        file.change(block, Entry.ABSENT);
    }

    private void moveData(long entry, long blockBegin, long inBlock, long lengthBytes, VirtualDisk below)
            throws IOException {
        slotData.tell(Entry.dataBytes(entry), inBlock, inBlock + lengthBytes, new SlotData.Pieces() {
            @Override
            public boolean data(long at, ByteBuffer bytes) throws IOException {
                below.write(blockBegin + at, bytes);
                return true;
            }

            @Override
            public void hole(long at, long holeBytes) throws IOException {
                below.unmap(blockBegin + at, holeBytes);
            }
        });
    }
}
