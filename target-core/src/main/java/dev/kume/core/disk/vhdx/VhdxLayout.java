package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.block.BlockLayout;
import dev.kume.core.disk.block.BlockMap;
import dev.kume.core.disk.block.Entry;
import dev.kume.core.disk.block.FileSpace;
import dev.kume.core.disk.block.MapChanges;
import dev.kume.core.disk.block.SectorMap;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The map of a VHDX: the BAT ([MS-VHDX] 2.5) and the sector bitmap blocks (2.4), changed through the log.
 *
 * <p><b>Large commits.</b> What does not fit into one entry of the log is split between blocks: the entry of a block in
 * the BAT, the bits of its sectors and the entry of its bitmap block go together. A power cut between two entries
 * leaves a file that has some of the changes; each refers to what is durable, so that is a sound file.
 *
 * <p><b>Bitmap blocks.</b> One is taken with the write that needs it first; its entry in the BAT goes with the first
 * block that becomes partly present. The bits of other blocks mean nothing before those do.
 */
final class VhdxLayout implements BlockLayout {
    private final VhdxFile file;
    private final BackingStore store;
    private final Supplier<UUID> guids;
    private final Bat bat;
    private final BitmapBlocks bitmaps;
    private volatile Shape shape;
    private @Nullable VhdxLog log;
    private boolean contentChanged;

    VhdxLayout(VhdxFile file, Supplier<UUID> guids) {
        this.file = file;
        this.store = file.store();
        this.guids = guids;
        this.bat = file.bat();
        this.bitmaps = new BitmapBlocks();
        this.shape = shapeOf(file.parameters());
    }

    private static Shape shapeOf(DiskParameters parameters) {
        return new Shape(
                parameters.type(),
                parameters.sizeBytes(),
                parameters.blockBytes(),
                parameters.logicalBytes(),
                parameters.blockBytes(),
                0,
                Bytes.MIB,
                true);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public void load(BlockMap map, FileSpace space) throws IOException {
        Structures structures = file.structures();
        structures.use(space);
        BatRules rules = new BatRules(file, structures);
        BatScan.run(store, file.entryOffset(0), 0, bat.entries(shape.sizeBytes()), (index, entry) -> {
            if (bat.isBitmap(index)) {
                if (bat.hasBitmaps()) {
                    rules.checkBitmap(index, entry);
                    if (BatEntry.state(entry) == BatEntry.BITMAP_PRESENT) {
                        bitmaps.put(bat.chunkOf(index), BatEntry.offsetBytes(entry));
                        bitmaps.committed(bat.chunkOf(index));
                        space.use(BatEntry.offsetBytes(entry), Bat.BITMAP_BYTES);
                    }
                }
                return;
            }
            long block = bat.blockOf(index);
            if (block < map.blocks()) {
                rules.check(index, entry);
                map.put(block, mapEntry(entry));
                if (BatEntry.holdsSpace(entry)) {
                    space.use(BatEntry.offsetBytes(entry), shape.blockBytes());
                }
            }
        });
        // Those that a write has taken and no commit has had to write yet stay taken when the map is read again.
        bitmaps.takenAlone().forEach(offset -> space.use(offset, Bat.BITMAP_BYTES));
        checkPartialBlocks(map);
    }

    private void checkPartialBlocks(BlockMap map) throws DiskFormatException {
        if (shape.type() != DiskType.DIFFERENCING) {
            return;
        }
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            if (Entry.state(map.get(block)) == Entry.PARTIAL && bitmaps.get(block / bat.chunkRatio()) == 0) {
                throw Bytes.damaged(
                        store,
                        ("BAT entry %d: the block is partly present, and the chunk has no sector bitmap block"
                                        + " (BAT entry %d)")
                                .formatted(bat.indexOf(block), bat.indexOfBitmap(block / bat.chunkRatio())));
            }
        }
    }

    /** How the disk sees an entry of the BAT. */
    static long mapEntry(long entry) {
        return switch (BatEntry.state(entry)) {
            case BatEntry.NOT_PRESENT -> Entry.ABSENT;
            case BatEntry.FULLY_PRESENT -> Entry.of(Entry.FULL, BatEntry.offsetBytes(entry));
            case BatEntry.PARTIALLY_PRESENT -> Entry.of(Entry.PARTIAL, BatEntry.offsetBytes(entry));
            default -> Entry.of(Entry.ZERO, 0);
        };
    }

    private static long batEntry(long entry) {
        return switch (Entry.state(entry)) {
            case Entry.FULL -> BatEntry.of(BatEntry.FULLY_PRESENT, Entry.dataBytes(entry));
            case Entry.PARTIAL -> BatEntry.of(BatEntry.PARTIALLY_PRESENT, Entry.dataBytes(entry));
            case Entry.ZERO -> BatEntry.of(BatEntry.ZERO, 0);
            default -> 0;
        };
    }

    @Override
    public void readSectors(long block, long entry, SectorMap into) throws IOException {
        long bitmap = bitmaps.get(block / bat.chunkRatio());
        ByteBuffer bits = Bytes.read(store, bitmap + bat.bitmapOffset(block), bat.bitmapBytesPerBlock());
        for (int word = 0; word < into.words(); word++) {
            into.add(word, bits.getLong(word * Long.BYTES));
        }
    }

    @Override
    public void beginChanges(boolean keepsContent) throws IOException {
        VhdxHeader header = file.headers().current();
        if (log == null) {
            VhdxLog started = VhdxLog.start(store, header, guids.get());
            header = header.withFileWriteGuid(guids.get()).withLogGuid(started.guid());
            log = started;
        }
        if (!keepsContent && !contentChanged) {
            header = header.withDataWriteGuid(guids.get());
            contentChanged = true;
        }
        if (!header.equals(file.headers().current())) {
            file.headers().update(header);
        }
    }

    private VhdxLog log() {
        VhdxLog begun = log;
        if (begun == null) {
            throw new IllegalStateException("a change before beginChanges");
        }
        return begun;
    }

    @Override
    public void extend(long endBytes) throws IOException {
        if (store.sizeBytes() < endBytes) {
            store.resize(endBytes);
        }
    }

    @Override
    public void truncate(long endBytes) throws IOException {
        if (store.sizeBytes() <= endBytes) {
            extend(endBytes);
            return;
        }
        log().barrier(endBytes);
        store.resize(endBytes);
        store.flush();
    }

    @Override
    public void prepareSectors(long block, FileSpace space) throws IOException {
        long chunk = block / bat.chunkRatio();
        if (bitmaps.get(chunk) != 0) {
            return;
        }
        long offset = space.take(Bat.BITMAP_BYTES, 0, Bytes.MIB);
        try {
            extend(offset + Bat.BITMAP_BYTES);
            store.punch(offset, Bat.BITMAP_BYTES);
            store.reserve(offset, Bat.BITMAP_BYTES);
        } catch (IOException | RuntimeException e) {
            space.free(offset, Bat.BITMAP_BYTES);
            throw e;
        }
        bitmaps.put(chunk, offset);
    }

    @Override
    public void commit(MapChanges changes) throws IOException {
        LoggedPages pages = new LoggedPages(store, log());
        int pagesPerBlock = bat.bitmapBytesPerBlock() / PageSet.PAGE_BYTES + 3;
        ChangedBlocks changed = new ChangedBlocks(changes);
        for (int i = 0; i < changed.count(); i++) {
            PageSet room = pages.room(pagesPerBlock);
            long block = changed.block(i);
            SectorMap sectors = changes.sectors().get(block);
            if (sectors != null) {
                putSectors(block, sectors, room);
            }
            int at = changed.entryAt(i);
            if (at >= 0) {
                room.putLong(file.entryOffset(bat.indexOf(block)), batEntry(changes.entry(at)));
            }
        }
        pages.finish();
        bitmaps.commitDone();
    }

    /** Sets entries of the BAT to zero that mean nothing. */
    void clearEntries(Iterable<Long> indexes) throws IOException {
        LoggedPages pages = new LoggedPages(store, log());
        for (long index : indexes) {
            PageSet room = pages.room(1);
            room.putLong(file.entryOffset(index), 0);
        }
        pages.finish();
    }

    private void putSectors(long block, SectorMap sectors, PageSet pages) throws IOException {
        long chunk = block / bat.chunkRatio();
        long bitmap = bitmaps.get(chunk);
        assert bitmap != 0 : block;
        if (bitmaps.isNew(chunk)) {
            pages.putLong(file.entryOffset(bat.indexOfBitmap(chunk)), BatEntry.of(BatEntry.BITMAP_PRESENT, bitmap));
        }
        bitmaps.isInCommit(chunk);
        ByteBuffer bits = Bytes.allocate(bat.bitmapBytesPerBlock());
        for (int word = 0; word < sectors.words(); word++) {
            bits.putLong(word * Long.BYTES, sectors.word(word));
        }
        pages.put(bitmap + bat.bitmapOffset(block), bits);
    }

    @Override
    public void checkSize(long sizeBytes) throws DiskFormatException {
        if (sizeBytes > DiskParameters.SIZE_BYTES_MAX || sizeBytes % shape.sectorBytes() != 0) {
            throw new DiskFormatException(
                    "%s: a VHDX cannot have %d bytes; give a multiple of its sector of %d bytes, at most 64 TB"
                            .formatted(store.location(), sizeBytes, shape.sectorBytes()));
        }
    }

    @Override
    public void resize(long sizeBytes, FileSpace space) throws IOException {
        checkSize(sizeBytes);
        new VhdxResize(file, log(), bitmaps).run(sizeBytes, space);
        shape = shapeOf(file.parameters());
    }

    @Override
    public void relink(ParentLink link) throws IOException {
        VhdxIdentity.relink(file, log(), link);
    }

    @Override
    public void identify(UUID uniqueId) throws IOException {
        VhdxIdentity.identify(file, log(), uniqueId);
    }

    @Override
    public void check(BlockMap map, DiskReport.Builder report) throws IOException {
        VhdxCheck.compare(file, map, report);
    }

    @Override
    public void close() throws IOException {
        if (log != null) {
            store.flush();
            file.headers().update(file.headers().current().withLogGuid(Guid.ZERO));
            log = null;
        }
    }
}
