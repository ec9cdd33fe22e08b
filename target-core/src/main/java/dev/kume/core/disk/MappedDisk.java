package dev.kume.core.disk;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose blocks lie where a map in its file says, maybe over a parent: dynamic and differencing files, and every
 * VHDX. All methods may wait, may run while reads and writes go on, and are called by disk or operation threads, one
 * of them at a time for each disk.
 */
public interface MappedDisk extends VirtualDisk {
    DiskType type();

    /** The unit of the map. */
    long blockBytes();

    /** Where what this file has not is read from; null where there is nothing. */
    @Nullable
    VirtualDisk parent();

    /** Blocks that the file has, wholly or in part. */
    long presentBlocks();

    /**
     * Finishes what the notes of a process that has crashed say, and notes from now on what is answered and not
     * durable. Right after the disk was opened, before anything else is done with it; {@link #close} removes the notes.
     *
     * @return false when the notes are of another state of the file: they were left out
     */
    boolean keepNotes(MapNotes notes) throws IOException;

    /**
     * Reads what this file has not from another disk from now on, which has the same content there. Waits for reads of
     * the old one; that stays open.
     */
    void replaceParent(VirtualDisk parent);

    /** The file names this parent from now on, durably and at once: a power cut leaves the one or the other. */
    void relink(ParentLink link) throws IOException;

    /** The file has this identity from now on, durably. */
    void identify(UUID uniqueId) throws IOException;

    /**
     * Moves every block that this file has down into the parent, while this disk and its children are read and this
     * disk is written: what has been moved is written in the parent at once. When it returns, the file has no block
     * any more, durably, and each write goes to the parent until {@link #close}. Whatever ends it before leaves a disk
     * of the same content, and it can be done again.
     *
     * @param progress may throw {@link java.io.InterruptedIOException} to cancel: writes go to this file again then
     */
    void mergeDown(DiskFormat.Progress progress) throws IOException;

    /**
     * Makes the file smaller: blocks of nothing but zeroes are given back, blocks at the end move into gaps.
     *
     * @return bytes by which the file became shorter
     */
    long compact(DiskFormat.Progress progress) throws IOException;

    @Override
    void shrink(long sizeBytes) throws IOException;

    /** Compares the file with what this disk knows, and its structures with each other. */
    DiskReport check(DiskFormat.Progress progress) throws IOException;
}
