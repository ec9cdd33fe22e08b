package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskExtent;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskGrowth;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskSpace;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MapNotes;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.ReservingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose blocks lie where a map says, maybe over a parent: the one engine below dynamic and differencing VHDs and
 * every VHDX. What differs between the formats is the {@link BlockLayout}.
 *
 * <p>Reads and writes of different blocks, and of the same, go on at once; see {@link BlockFile} for the order in which
 * things become durable. Ranges over a parent are made of whole sectors.
 */
public final class BlockDisk implements MappedDisk {
    final BlockFile file;
    private final BackingStore store;
    private final BlockLayout.Shape shape;
    private final BlockReader reader;
    private final int blockShift;
    private final long blockMask;
    private volatile DiskInfo info;
    private volatile @Nullable VirtualDisk parent;
    private volatile @Nullable DiskSpace lastSpace;

    /** True while blocks are moved down: what this file has not is written in the parent. */
    private volatile boolean writesDown;

    /** True while blocks are moved in the file: a write may have to wait until one is. */
    private volatile boolean moves;

    private BlockDisk(BackingStore store, BlockLayout layout, @Nullable VirtualDisk parent, boolean thin)
            throws IOException {
        this.store = store;
        this.shape = layout.shape();
        this.file = new BlockFile(store, layout);
        this.blockShift = Long.numberOfTrailingZeros(shape.blockBytes());
        this.blockMask = shape.blockBytes() - 1;
        this.reader = new BlockReader(file, shape, this::parent);
        this.parent = parent;
        this.info = new DiskInfo(
                shape.sizeBytes(), store.readOnly(), thin || shape.type() != DiskType.FIXED, store.blockBytes());
    }

    /**
     * Reads the map and opens the disk, which owns the store from then on; the parent stays the caller's.
     *
     * @param layout of this same store
     * @param thin   as in {@link DiskFormat#open(BackingStore, boolean, VirtualDisk)}
     */
    public static BlockDisk open(BackingStore store, BlockLayout layout, @Nullable VirtualDisk parent, boolean thin)
            throws IOException {
        return new BlockDisk(store, layout, parent, thin);
    }

    /**
     * The store to open a layout and a disk on. Writes take their space before they are made, see {@link
     * ReservingStore}.
     */
    public static BackingStore reserving(BackingStore store) {
        return store.readOnly() ? store : new ReservingStore(store);
    }

    @Override
    public DiskInfo info() {
        return info;
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        Objects.checkFromIndexSize(offsetBytes, target.remaining(), info.sizeBytes());
        return reader.tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, target.remaining(), info.sizeBytes());
        reader.read(offsetBytes, target);
    }

    @Override
    public DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, info.sizeBytes());
        return reader.extentAt(offsetBytes, lengthBytes);
    }

    // ---- writes -----------------------------------------------------------------------------------------------------

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, source.remaining(), info.sizeBytes());
        file.begin();
        int limit = source.limit();
        long at = offsetBytes;
        while (source.position() < limit) {
            int piece = (int) Math.min(limit - source.position(), shape.blockBytes() - (at & blockMask));
            source.limit(source.position() + piece);
            long block = at >>> blockShift;
            StampedLock lock = file.locks.of(block);
            long stamp = lock.readLock();
            try {
                writeBlock(block, at, source);
            } finally {
                lock.unlockRead(stamp);
                source.limit(limit);
            }
            at += piece;
        }
        commitIfDue();
    }

    private void writeBlock(long block, long offsetBytes, ByteBuffer source) throws IOException {
        long entry = file.map().get(block);
        VirtualDisk below = parent;
        int state = Entry.state(entry);
        if (state == Entry.ABSENT && below != null && writesDown) {
            below.write(offsetBytes, source);
            return;
        }
        if (!Entry.hasSpace(entry)) {
            entry = file.allocate(block, state == Entry.ABSENT && below != null ? Entry.PARTIAL : Entry.FULL);
        }
        int bytes = source.remaining();
        store.write(Entry.dataBytes(entry) + (offsetBytes & blockMask), source);
        if (Entry.state(entry) == Entry.PARTIAL) {
            sectorsWritten(block, entry, offsetBytes, bytes);
        }
    }

    private void sectorsWritten(long block, long entry, long offsetBytes, long bytes) throws IOException {
        if (((offsetBytes | bytes) & (shape.sectorBytes() - 1)) != 0) {
            throw new IllegalArgumentException(
                    "%d bytes at %d are not whole sectors of %d".formatted(bytes, offsetBytes, shape.sectorBytes()));
        }
        SectorMap sectors = file.sectorMaps.get(block, entry);
        int first = reader.sectorOf(offsetBytes);
        int count = (int) (bytes / shape.sectorBytes());
        if (sectors.add(first, count)) {
            file.pending().sectorsAdded(file.map(), block, first, count);
        }
        if (sectors.isFull()) {
            file.pending().filled(file.map(), block);
        } else {
            file.pending().sectorsChanged(file.map(), block, sectors);
        }
    }

    void commitIfDue() throws IOException {
        if (file.pending().isCommitDue()) {
            file.flush();
        }
    }

    /** Not before the first change, and not where the map has to change by more than sectors that are in memory. */
    @Override
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        if (!file.hasBegun() || writesDown || moves) {
            return false;
        }
        long end = offsetBytes + lengthBytes;
        for (long at = offsetBytes; at < end; ) {
            long block = at >>> blockShift;
            long piece = Math.min(end - at, shape.blockBytes() - (at & blockMask));
            long entry = file.map().get(block);
            boolean there = Entry.state(entry) == Entry.FULL
                    || (Entry.state(entry) == Entry.PARTIAL
                            && file.sectorMaps.cached(block) != null
                            && !file.pending().isCommitDue());
            if (!there || !store.hasSpace(Entry.dataBytes(entry) + (at & blockMask), piece)) {
                return false;
            }
            at += piece;
        }
        return true;
    }

    @Override
    public void flush() throws IOException {
        file.flush();
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        new Clearing(this, shape, true).clear(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        new Clearing(this, shape, false).clear(offsetBytes, lengthBytes);
    }

    /** Sectors read as zeroes in the file from now on; the caller is inside of the block. */
    void sectorsCleared(long block, long entry, long offsetBytes, long bytes) throws IOException {
        if (Entry.state(entry) == Entry.PARTIAL) {
            sectorsWritten(block, entry, offsetBytes, bytes);
        }
    }

    boolean writesDown() {
        return writesDown;
    }

    void writesDown(boolean down) {
        writesDown = down;
    }

    // ---- space ------------------------------------------------------------------------------------------------------

    @Override
    public @Nullable DiskSpace measureSpace() throws IOException {
        DiskSpace now = DiskSpace.of(store);
        lastSpace = now;
        return now;
    }

    @Override
    public @Nullable DiskSpace lastSpace() {
        return lastSpace;
    }

    // ---- the map ----------------------------------------------------------------------------------------------------

    @Override
    public DiskType type() {
        return shape.type();
    }

    @Override
    public long blockBytes() {
        return shape.blockBytes();
    }

    @Override
    public @Nullable VirtualDisk parent() {
        return parent;
    }

    @Override
    public long presentBlocks() {
        BlockMap map = file.map();
        long count = 0;
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            count++;
        }
        return count;
    }

    @Override
    public boolean keepNotes(MapNotes notes) throws IOException {
        if (store.readOnly()) {
            return true;
        }
        boolean fit;
        // What is done again is what the process that crashed had begun: children go on naming this file as it is.
        file.keepsContent(true);
        try {
            fit = new NotesReplay(file, shape).replay(notes.left());
        } finally {
            file.keepsContent(false);
        }
        notes.remove();
        file.pending().keepNotes(notes);
        return fit;
    }

    @Override
    public void replaceParent(VirtualDisk other) {
        file.locks.aloneWithAll(() -> parent = other);
    }

    @Override
    public void relink(ParentLink link) throws IOException {
        file.keepsContent(true);
        try {
            file.changeLayout((layout, space) -> layout.relink(link));
        } finally {
            file.keepsContent(false);
        }
    }

    @Override
    public void identify(UUID uniqueId) throws IOException {
        file.changeLayout((layout, space) -> layout.identify(uniqueId));
    }

    @Override
    public void mergeDown(DiskFormat.Progress progress) throws IOException {
        new MergeDown(this, file, shape).run(progress);
    }

    @Override
    public long compact(DiskFormat.Progress progress) throws IOException {
        if (shape.type() == DiskType.FIXED) {
            return 0;
        }
        moves = true;
        try {
            return new Compaction(this, file, store, shape).run(progress);
        } finally {
            moves = false;
        }
    }

    @Override
    public DiskGrowth grow(long sizeBytes, DiskFormat.Progress progress) throws IOException {
        DiskInfo before = info;
        if (sizeBytes <= before.sizeBytes()) {
            throw new IllegalArgumentException(
                    "a disk of %d bytes cannot grow to %d".formatted(before.sizeBytes(), sizeBytes));
        }
        file.layout.checkSize(sizeBytes);
        progress.at(before.sizeBytes(), sizeBytes);
        file.begin();
        clearBehind(before.sizeBytes());
        file.changeLayout((layout, space) -> layout.resize(sizeBytes, space));
        file.resizeMap(sizeBytes);
        if (shape.type() == DiskType.FIXED) {
            try {
                takeBlocks(before.sizeBytes(), sizeBytes, progress);
            } catch (IOException | RuntimeException e) {
                try {
                    cutBack(before.sizeBytes());
                } catch (IOException | RuntimeException again) {
                    e.addSuppressed(again);
                }
                throw e;
            }
        }
        return new DiskGrowth() {
            @Override
            public void use() {
                info = before.withSizeBytes(sizeBytes);
            }

            @Override
            public void undo() throws IOException {
                cutBack(before.sizeBytes());
            }
        };
    }

    /** The new blocks of a fixed disk are in the file from the beginning, with their space unless it is thin. */
    private void takeBlocks(long fromBytes, long toBytes, DiskFormat.Progress progress) throws IOException {
        long end = Math.ceilDiv(toBytes, shape.blockBytes());
        for (long block = Math.ceilDiv(fromBytes, shape.blockBytes()); block < end; block++) {
            long entry = file.allocate(block, Entry.FULL);
            if (!info.thin() && !store.reserve(Entry.dataBytes(entry), shape.blockBytes())) {
                store.zero(Entry.dataBytes(entry), shape.blockBytes());
            }
            progress.at(Math.min(toBytes, (block + 1) * shape.blockBytes()), toBytes);
        }
        file.flush();
    }

    /** The disk has this smaller size again, and the file nothing behind it. */
    private void cutBack(long sizeBytes) throws IOException {
        BlockMap map = file.map();
        for (long block = map.nextEntry(Math.ceilDiv(sizeBytes, shape.blockBytes()));
                block < map.blocks();
                block = map.nextEntry(block + 1)) {
            long gone = block;
            file.alone(gone, entry -> file.change(gone, Entry.ABSENT));
        }
        file.flush();
        file.changeLayout((layout, space) -> layout.resize(sizeBytes, space));
        file.resizeMap(sizeBytes);
        file.truncate();
    }

    @Override
    public void shrink(long sizeBytes) throws IOException {
        DiskInfo before = info;
        if (sizeBytes >= before.sizeBytes() || sizeBytes <= 0) {
            throw new IllegalArgumentException(
                    "a disk of %d bytes cannot shrink to %d".formatted(before.sizeBytes(), sizeBytes));
        }
        zero(sizeBytes, Math.min(lastBlockBytes(sizeBytes), before.sizeBytes() - sizeBytes));
        info = before.withSizeBytes(sizeBytes);
        cutBack(sizeBytes);
    }

    /** What the last block of a disk of this size has behind the disk's end. */
    private long lastBlockBytes(long sizeBytes) {
        return (shape.blockBytes() - (sizeBytes & blockMask)) & blockMask;
    }

    /** Nothing that stands behind the end of the disk in its last block comes up when the disk grows. */
    private void clearBehind(long sizeBytes) throws IOException {
        long behind = lastBlockBytes(sizeBytes);
        if (behind > 0) {
            file.alone(sizeBytes >>> blockShift, entry -> {
                if (Entry.hasSpace(entry)) {
                    store.punch(Entry.dataBytes(entry) + (sizeBytes & blockMask), behind);
                }
            });
        }
    }

    @Override
    public DiskReport check(DiskFormat.Progress progress) throws IOException {
        DiskReport.Builder report = new DiskReport.Builder();
        report.blocks(presentBlocks());
        progress.at(0, 1);
        if (store.readOnly()) {
            return report.build();
        }
        file.withLayout((layout, space) -> layout.check(file.map(), report));
        report.leakedBytes(file.leakedBytes());
        progress.at(1, 1);
        return report.build();
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            if (writesDown && parent instanceof BlockDisk below) {
                below.file.keepsContent(false);
            }
        }
    }
}
