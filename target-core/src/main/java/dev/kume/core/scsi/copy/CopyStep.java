package dev.kume.core.scsi.copy;

import dev.kume.core.disk.DiskExtent;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.IoJob;
import dev.kume.core.io.LoopPort;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a copy on its way through the disk threads: read at the source, then written at the destination, or
 * both at once where the files can do that by themselves. A job of each disk's own lane, so that a copy waits its turn
 * there as every command does. Used again for the next piece.
 */
final class CopyStep extends IoJob {
    /** What the job does when its turn comes. */
    enum Kind {
        /** Moves the bytes inside of the file system, when it can; 0 bytes when it cannot. */
        TRANSFER,
        READ,
        WRITE
    }

    private final Copy copy;
    private final Task asked;
    private final ByteBuffer buffer;

    // Handed to a disk thread with the job and back with its delivery.
    private Kind kind = Kind.READ;
    private @Nullable Permit source;
    private @Nullable Permit destination;
    private long sourceBytes;
    private long destinationBytes;
    private long mostBytes;
    private long doneBytes;
    private boolean inOrder;
    private boolean hole;
    private @Nullable Sense failure;

    CopyStep(Copy copy, Task asked, ByteBuffer buffer) {
        this.copy = copy;
        this.asked = asked;
        this.buffer = buffer;
    }

    /**
     * Lays a piece out.
     *
     * @param mostBytes what is left of the move; the step may do less
     * @param backwards the end of what is left goes first
     * @param inOrder   the ranges overlap: nothing but reading into memory and writing from there will do
     */
    void prepare(
            Move move, Permit from, Permit to, long movedBytes, long mostBytes, boolean backwards, boolean inOrder) {
        long bytes = inOrder ? Math.min(mostBytes, buffer.capacity()) : mostBytes;
        long at = backwards ? move.lengthBytes() - movedBytes - bytes : movedBytes;
        this.source = from;
        this.destination = to;
        this.sourceBytes = move.sourceBytes() + at;
        this.destinationBytes = move.destinationBytes() + at;
        this.mostBytes = bytes;
        this.inOrder = inOrder;
    }

    void submit(Kind what) {
        kind = what;
        failure = null;
        Permit under = Objects.requireNonNull(what == Kind.READ ? source : destination);
        if (what != Kind.WRITE) {
            doneBytes = 0;
            hole = false;
        }
        under.end().unit().lane().submit(this);
    }

    Kind kind() {
        return kind;
    }

    /** Bytes that this piece has moved, or, after READ, that WRITE will move. */
    long doneBytes() {
        return doneBytes;
    }

    @Nullable
    Sense failure() {
        return failure;
    }

    @Override
    protected LoopPort home() {
        return asked.home();
    }

    @Override
    protected void perform() {
        Permit from = Objects.requireNonNull(source);
        Permit to = Objects.requireNonNull(destination);
        if (asked.doomed() || from.doomed() || to.doomed()) {
            return;
        }
        LogicalUnit unit = (kind == Kind.READ ? from : to).end().unit();
        try {
            VirtualDisk read = Objects.requireNonNull(from.unitState().disk());
            VirtualDisk written = Objects.requireNonNull(to.unitState().disk());
            switch (kind) {
                case TRANSFER -> transfer(read, written, to);
                case READ -> read(read);
                case WRITE -> write(written, to);
            }
        } catch (IOException e) {
            failure = unit.failure(e, kind != Kind.READ);
        } catch (RuntimeException | Error bug) {
            failure = unit.bug(bug);
        }
    }

    private void transfer(VirtualDisk read, VirtualDisk written, Permit to) throws IOException {
        DiskExtent extent = read.extentAt(sourceBytes, mostBytes);
        long bytes = wholeBlocks(extent.lengthBytes());
        if (extent.mapped()) {
            bytes = wholeBlocks(written.copyFrom(read, sourceBytes, destinationBytes, bytes));
        } else if (bytes > 0) {
            written.unmap(destinationBytes, bytes);
        }
        if (bytes > 0) {
            flushIfDue(written, to);
        }
        doneBytes = bytes;
    }

    private void read(VirtualDisk read) throws IOException {
        long bytes = mostBytes;
        if (!inOrder) {
            DiskExtent extent = read.extentAt(sourceBytes, mostBytes);
            bytes = wholeBlocks(extent.lengthBytes());
            hole = !extent.mapped() && bytes > 0;
            if (bytes == 0) {
                bytes = mostBytes;
            }
        }
        if (!hole) {
            bytes = Math.min(bytes, buffer.capacity());
            buffer.clear().limit((int) bytes);
            read.read(sourceBytes, buffer);
        }
        doneBytes = bytes;
    }

    private long wholeBlocks(long bytes) {
        return bytes & -Objects.requireNonNull(source).geometry().blockBytes();
    }

    private void write(VirtualDisk written, Permit to) throws IOException {
        if (hole) {
            written.unmap(destinationBytes, doneBytes);
        } else {
            written.write(destinationBytes, buffer.flip());
        }
        flushIfDue(written, to);
    }

    /** As every write does: the write cache may be off, or be switched off just now by who flushes after that. */
    private static void flushIfDue(VirtualDisk written, Permit to) throws IOException {
        if (!to.unit().state().modes().writeCacheEnabled()) {
            written.flush();
        }
    }

    @Override
    protected void performed() {
        copy.stepDone();
    }
}
