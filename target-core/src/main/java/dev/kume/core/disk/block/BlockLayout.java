package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import java.io.IOException;
import java.util.UUID;

/**
 * How a format keeps the map of its blocks in the file: what {@link BlockDisk} needs of VHD and VHDX. The layout has
 * the same store as the disk, already made whole after a crash, and never touches the data of blocks.
 *
 * <p>Each call may wait. {@link #readSectors}, {@link #extend} and {@link #prepareSectors} may run while a {@link
 * #commit} runs, readSectors by several threads at once and never for a block whose change is being committed; no other
 * two calls run at once, but for {@link #shape}. A layout keeps no copy of the map: it reads a page of it from the
 * store, changes it and writes it back.
 */
public interface BlockLayout {
    /** Sizes that never change while the disk is open, but for {@link Shape#sizeBytes}. */
    Shape shape();

    /**
     * Sizes of a disk's map.
     *
     * @param type           as in the file
     * @param sizeBytes      the size an initiator sees
     * @param blockBytes     of data, a power of two; the last block may lie beyond the size in part
     * @param sectorBytes    what one bit of a sector map stands for: the logical sector
     * @param slotBytes      what a new block takes of the file, with what stands before its data
     * @param slotHeadBytes  what of that stands before the data
     * @param slotAlignBytes the data of a new block begins at a multiple of this
     * @param zeroBlocks     true when the map can say "zeroes" of a block that takes no space, over a parent too
     */
    record Shape(
            DiskType type,
            long sizeBytes,
            long blockBytes,
            int sectorBytes,
            long slotBytes,
            long slotHeadBytes,
            long slotAlignBytes,
            boolean zeroBlocks) {}

    /**
     * Reads the map. Every entry that is not {@link Entry#ABSENT} is put, and each piece of the file that is in use is
     * told to {@code space}: blocks with what stands before them, and the format's own structures.
     *
     * @throws DiskFormatException that names the entry, when one points out of the file, into a
     *     structure or into another block
     */
    void load(BlockMap map, FileSpace space) throws IOException;

    /** Fills the sectors of a {@link Entry#PARTIAL} block as the file has them. */
    void readSectors(long block, long entry, SectorMap into) throws IOException;

    /**
     * Is called, and durable, before the first change of the file since it was opened.
     *
     * @param keepsContent true: what changes is nothing that a child would see, so the id by which children name this
     *                     file stays. It may be called again with false, before the first change that they would see
     */
    void beginChanges(boolean keepsContent) throws IOException;

    /**
     * Makes the file long enough for slots that end at {@code endBytes}, with zeroes in what is new. Needs not be
     * durable: a {@link #commit} comes after a flush.
     */
    void extend(long endBytes) throws IOException;

    /** Cuts the file behind {@code endBytes}, where nothing lies any more, durably. */
    void truncate(long endBytes) throws IOException;

    /**
     * The block is about to become {@link Entry#PARTIAL}: space that its sector map needs is taken now, with the write
     * that needs it, and not by a commit. Nothing is durable yet.
     */
    void prepareSectors(long block, FileSpace space) throws IOException;

    /**
     * Changes the map, all or nothing where the format can, and durable when this returns. Everything that the new
     * entries and sectors refer to is durable already; that is not so for what {@link #prepareSectors} has taken
     * meanwhile for blocks that are not in the changes: it must not become part of the map yet. A block that becomes
     * {@link Entry#FULL} needs no sectors: the file says that all are there. When this throws, the disk takes no change
     * any more.
     */
    void commit(MapChanges changes) throws IOException;

    /**
     * Fails with one clear line, and changes nothing, when the disk cannot be made this large. Any thread, at any time.
     */
    default void checkSize(long sizeBytes) throws DiskFormatException {}

    /**
     * The disk has another size, durably and at once; the map has room for it. Blocks beyond a smaller size are absent
     * already.
     *
     * @param space for a map that has to move
     */
    void resize(long sizeBytes, FileSpace space) throws IOException;

    /** The file names this parent, durably and at once. */
    void relink(ParentLink link) throws IOException;

    /** The file has this identity, durably and at once. */
    void identify(UUID uniqueId) throws IOException;

    /** Compares the file's own structures with the map in memory; all changes are committed. */
    void check(BlockMap map, DiskReport.Builder report) throws IOException;

    /** The last call: all changes are committed, and the store is closed next. */
    void close() throws IOException;
}
