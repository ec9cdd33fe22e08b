package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskReport.Severity;
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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The map of a dynamic or differencing VHD: the block allocation table and the bitmaps before the blocks.
 *
 * <p><b>Order.</b> The format has no log. Table and bitmaps are written in place, and every subset of those writes is a
 * map of the same flushed content: what a new entry refers to is durable, a new block without its bitmap reads as
 * before, and the bitmap of a block that moves is durable before its entry changes. This takes for granted that a
 * device does not tear an entry of four bytes.
 *
 * <p>What stands in the header or the footer changes at once: a new header, with all that it refers to, is durable at a
 * free place before the copy of the footer at offset 0 names it; the footer at the end follows. A torn copy fails its
 * checksum, and the footer at the end still names the old header.
 *
 * <p><b>Places.</b> Data of new blocks begins at multiples of 4096, so there is room for the footer behind each block,
 * and no footer lies where the next one has its bitmap.
 */
final class VhdLayout implements BlockLayout {
    /** Data of blocks begins at multiples of this. */
    static final int ALIGN_BYTES = 4096;

    private static final int SECTOR_BYTES = 512;
    private static final long LAST_SECTOR = 0xFFFF_FFFEL;

    private final BackingStore store;
    private final int bitmapBytes;
    private DynamicHeader header;
    private ByteBuffer footer;
    private MappedVhd file;
    private FrontSpace front;
    private volatile Shape shape;

    /** Where the footer at the end of the file begins. */
    private long tailBytes;

    private @Nullable FileSpace space;

    VhdLayout(BackingStore store, MappedVhd file) {
        this.store = store;
        this.file = file;
        this.header = file.header();
        this.footer = file.footers().bytes();
        this.tailBytes = file.footers().tailBytes();
        this.bitmapBytes = file.bitmapBytes();
        this.front = FrontSpace.NONE;
        this.shape = new Shape(
                file.type(),
                file.sizeBytes(),
                header.blockBytes(),
                SECTOR_BYTES,
                file.slotBytes(),
                bitmapBytes,
                ALIGN_BYTES,
                false);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    /** Where the footer at the end of the file begins. */
    long tailBytes() {
        return tailBytes;
    }

    @Override
    public void load(BlockMap map, FileSpace fileSpace) throws IOException {
        space = fileSpace;
        UsedSlots used = new UsedSlots(file.slotBytes());
        long endBytes = file.footers().tailProblem() == null ? tailBytes : store.sizeBytes();
        new BlockTable(store, header).scan(map.blocks(), (block, entry) -> {
            String problem = file.problemOf(entry, endBytes);
            if (problem != null) {
                throw badEntry(block, problem);
            }
            used.add(block, entry);
            long slot = Integer.toUnsignedLong(entry) * SECTOR_BYTES;
            fileSpace.use(slot, file.slotBytes());
            map.put(block, Entry.of(Entry.PARTIAL, slot + bitmapBytes));
        });
        UsedSlots.Overlap overlap = used.firstOverlap();
        if (overlap != null) {
            throw badEntry(overlap.block(), overlap.problem());
        }
        front = FrontSpace.of(file.pieces(), used.firstBytes());
        front.use(fileSpace, file.pieces());
    }

    private DiskFormatException badEntry(long block, String problem) {
        return new DiskFormatException(
                "%s: entry %d of the block allocation table at offset %d %s; `kume disk check --repair` mends what can be"
                        .concat(" mended, or restore the file from a copy")
                        .formatted(store.location(), block, header.tableOffset() + block * Integer.BYTES, problem));
    }

    @Override
    public void readSectors(long block, long entry, SectorMap into) throws IOException {
        ByteBuffer bitmap = ByteBuffer.allocate(Math.max(bitmapBytes, into.words() * Long.BYTES));
        bitmap.limit(bitmapBytes);
        store.read(Entry.dataBytes(entry) - bitmapBytes, bitmap);
        SectorBitmap.decode(bitmap.clear(), into);
    }

    /**
     * Xen keeps a second map of full blocks behind the table and believes it in files of its own alone; Kume does not
     * keep it, so the file becomes one of Kume.
     */
    @Override
    public void beginChanges(boolean keepsContent) throws IOException {
        if (VhdFooter.parse(footer).creator().startsWith("tap")) {
            switchFooter(VhdFooter.claimed(footer));
        }
    }

    @Override
    public void extend(long endBytes) throws IOException {
        long slot = endBytes - shape.slotBytes();
        if (slot / SECTOR_BYTES > LAST_SECTOR) {
            throw new DiskFormatException(
                    ("%s: a block at offset %d lies behind 2 TiB, where the block allocation table of"
                                    + " a VHD ends; compact the disk or convert it to a VHDX")
                            .formatted(store.location(), slot));
        }
        if (slot < tailBytes) {
            store.punch(slot, Math.min(endBytes, tailBytes) - slot);
        }
        if (endBytes > tailBytes) {
            moveTail(endBytes, slot);
        }
    }

    /** A longer file, with the footer at its new end. */
    private void moveTail(long endBytes, long freshBytes) throws IOException {
        long before = tailBytes;
        try {
            store.resize(endBytes + VhdFooter.BYTES);
            store.write(endBytes, footer.duplicate());
            if (before + VhdFooter.BYTES > freshBytes && before < endBytes) {
                store.zero(before, Math.min(VhdFooter.BYTES, endBytes - before));
            }
            tailBytes = endBytes;
        } catch (IOException | RuntimeException failure) {
            restoreTail(before, failure);
            throw failure;
        }
    }

    private void restoreTail(long before, Exception failure) {
        try {
            store.resize(before + VhdFooter.BYTES);
            store.write(before, footer.duplicate());
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void truncate(long endBytes) throws IOException {
        long fileBytes = endBytes + VhdFooter.BYTES;
        if (tailBytes == endBytes && store.sizeBytes() == fileBytes) {
            return;
        }
        if (store.sizeBytes() < fileBytes) {
            store.resize(fileBytes);
        }
        store.write(endBytes, footer.duplicate());
        store.flush();
        if (store.sizeBytes() > fileBytes) {
            store.resize(fileBytes);
            store.flush();
        }
        tailBytes = endBytes;
    }

    @Override
    public void prepareSectors(long block, FileSpace fileSpace) {
        // A bitmap is a part of its block's slot.
    }

    @Override
    public void commit(MapChanges changes) throws IOException {
        SortedMap<Long, Long> last = new TreeMap<>();
        for (int at = 0; at < changes.count(); at++) {
            last.put(changes.block(at), changes.entry(at));
        }
        for (long block : changes.sectors().keySet()) {
            last.putIfAbsent(block, Entry.of(Entry.PARTIAL, 0));
        }
        BlockTable table = new BlockTable(store, header);
        SortedMap<Long, ByteBuffer> pages = table.pagesOf(last.keySet());
        boolean changed = false;
        boolean moved = false;
        for (Map.Entry<Long, Long> change : last.entrySet()) {
            long block = change.getKey();
            int before = BlockTable.entryIn(pages, block);
            int after = entryOf(change.getValue(), before);
            writeBitmap(block, change.getValue(), after, changes);
            if (after != before) {
                BlockTable.putIn(pages, block, after);
                changed = true;
                moved |= before != BlockTable.UNUSED && after != BlockTable.UNUSED;
            }
        }
        if (moved) {
            store.flush();
        }
        if (changed) {
            table.writePages(pages);
        }
        store.flush();
    }

    /** What the table says for an entry of the map; sectors alone leave it as it is. */
    private int entryOf(long entry, int before) {
        return switch (Entry.state(entry)) {
            case Entry.ABSENT -> BlockTable.UNUSED;
            case Entry.PARTIAL, Entry.FULL ->
                Entry.dataBytes(entry) == 0 ? before : (int) ((Entry.dataBytes(entry) - bitmapBytes) / SECTOR_BYTES);
            default -> throw new IllegalStateException("a VHD cannot say of a block that it is zeroes");
        };
    }

    private void writeBitmap(long block, long entry, int tableEntry, MapChanges changes) throws IOException {
        if (tableEntry == BlockTable.UNUSED) {
            return;
        }
        SectorMap sectors =
                Entry.state(entry) == Entry.PARTIAL ? changes.sectors().get(block) : null;
        if (Entry.state(entry) == Entry.PARTIAL && sectors == null) {
            throw new IllegalStateException("the sectors of block " + block + " are not told");
        }
        ByteBuffer bitmap =
                sectors == null ? SectorBitmap.full(bitmapBytes) : SectorBitmap.encode(sectors, bitmapBytes);
        store.write(Integer.toUnsignedLong(tableEntry) * SECTOR_BYTES, bitmap);
    }

    @Override
    public void checkSize(long sizeBytes) throws DiskFormatException {
        VhdSizes.check(store.location(), sizeBytes, header.blockBytes());
    }

    @Override
    public void resize(long sizeBytes, FileSpace fileSpace) throws IOException {
        long blocks = Math.ceilDiv(sizeBytes, header.blockBytes());
        DynamicHeader before = header;
        long tableOffset = before.tableOffset();
        long tableBytes = DynamicHeader.tableBytes(blocks);
        long kept = Math.min(blocks, Math.ceilDiv(shape.sizeBytes(), header.blockBytes()));
        if (tableBytes > before.tableBytes()) {
            tableOffset = takeAtOrBefore(fileSpace, tableBytes);
            new BlockTable(store, before).copyTo(tableOffset, kept);
        }
        new BlockTable(store, tableOffset, blocks).clear(kept, tableBytes);
        DynamicHeader changed = before.withTable(tableOffset, (int) blocks);
        switchHeader(changed::at, ByteBuffer.allocate(0), VhdFooter.resized(footer, sizeBytes));
        if (tableOffset != before.tableOffset()) {
            front.free(fileSpace, before.tableOffset(), before.tableBytes());
        }
        shape = new Shape(
                shape.type(),
                sizeBytes,
                shape.blockBytes(),
                shape.sectorBytes(),
                shape.slotBytes(),
                shape.slotHeadBytes(),
                shape.slotAlignBytes(),
                shape.zeroBlocks());
    }

    @Override
    public void relink(ParentLink link) throws IOException {
        if (file.parent() == null) {
            throw new DiskFormatException(store.location() + " is a dynamic VHD, which has no parent to name");
        }
        ParentName parent = ParentName.of(link);
        DynamicHeader before = header;
        switchHeader(at -> before.at(at).withParent(parent, at + DynamicHeader.BYTES), parent.encodedPaths(), footer);
    }

    @Override
    public void identify(UUID uniqueId) throws IOException {
        switchFooter(VhdFooter.identified(footer, uniqueId));
    }

    /**
     * Makes another header hold.
     *
     * @param placed what it is at a place
     * @param paths  of the parent, which stand behind it; none when it refers to those that are there
     */
    private void switchHeader(LongFunction<DynamicHeader> placed, ByteBuffer paths, ByteBuffer newFooter)
            throws IOException {
        FileSpace fileSpace = loaded();
        int length = DynamicHeader.BYTES + paths.remaining();
        long at = front.placeFor(file.pieces(), length);
        if (at < 0) {
            at = takeAtOrBefore(fileSpace, length);
        }
        store.write(at, placed.apply(at).bytes().duplicate());
        store.write(at + DynamicHeader.BYTES, paths.duplicate());
        switchFooter(VhdFooter.moved(newFooter, at));
        for (MappedVhd.Piece piece : file.pieces()) {
            boolean path = piece.name().startsWith("parent locator");
            if (piece.beginBytes() == header.offsetBytes() || (path && paths.hasRemaining())) {
                front.free(fileSpace, piece.beginBytes(), piece.endBytes() - piece.beginBytes());
            }
        }
        file = MappedVhd.read(store, Footers.read(store));
        header = file.header();
    }

    /** New space of the file, that is there. */
    private long takeAtOrBefore(FileSpace fileSpace, long lengthBytes) throws IOException {
        long bytes = Math.ceilDiv(lengthBytes, (long) SECTOR_BYTES) * SECTOR_BYTES;
        long at = fileSpace.take(bytes, 0, SECTOR_BYTES);
        if (at + bytes > tailBytes) {
            moveTail(at + bytes, at);
        }
        store.reserve(at, bytes);
        return at;
    }

    /** The copy at offset 0 first; the footer at the end is whole meanwhile, and follows. */
    private void switchFooter(ByteBuffer changed) throws IOException {
        if (store.sizeBytes() != tailBytes + VhdFooter.BYTES) {
            truncate(tailBytes);
        }
        store.flush();
        store.write(0, changed.duplicate());
        store.flush();
        store.write(tailBytes, changed.duplicate());
        store.flush();
        footer = changed;
    }

    private FileSpace loaded() {
        if (space == null) {
            throw new IllegalStateException(store.location() + " was not loaded");
        }
        return space;
    }

    @Override
    public void check(BlockMap map, DiskReport.Builder report) throws IOException {
        checkFooter(report, 0, "copy of the footer");
        checkFooter(report, tailBytes, "footer");
        ByteBuffer inFile = ByteBuffer.allocate(DynamicHeader.BYTES);
        store.read(header.offsetBytes(), inFile);
        if (!inFile.flip().equals(header.bytes().duplicate().clear())) {
            report.add(
                    Severity.DAMAGE,
                    "dynamic disk header",
                    "at offset %d is not what was written there".formatted(header.offsetBytes()),
                    false);
        }
        long[] seen = {0};
        new BlockTable(store, header).scan(map.blocks(), (block, entry) -> {
            seen[0]++;
            long slot = Integer.toUnsignedLong(entry) * SECTOR_BYTES;
            long known = map.get(block);
            if (!Entry.hasSpace(known) || Entry.dataBytes(known) - bitmapBytes != slot) {
                report.add(
                        Severity.DAMAGE,
                        "BAT entry " + block,
                        "says %08X; the disk has the block's data at %d".formatted(entry, Entry.dataBytes(known)),
                        false);
            }
        });
        long known = 0;
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            known++;
        }
        if (known != seen[0]) {
            report.add(
                    Severity.DAMAGE,
                    "block allocation table",
                    "has %d blocks, the disk %d".formatted(seen[0], known),
                    false);
        }
        report.blocks(known);
        VhdNotes.add(store, VhdFooter.parse(footer), footer, report);
    }

    private void checkFooter(DiskReport.Builder report, long at, String name) throws IOException {
        ByteBuffer there = ByteBuffer.allocate(VhdFooter.BYTES);
        store.read(at, there);
        if (!there.flip().equals(footer.duplicate().clear())) {
            report.add(Severity.DAMAGE, name, "at offset %d is not what was written there".formatted(at), false);
        }
    }

    @Override
    public void close() throws IOException {
        store.flush();
    }
}
