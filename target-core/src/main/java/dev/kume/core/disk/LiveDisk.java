package dev.kume.core.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose file can be exchanged while it serves: for another one of the same content, by a snapshot, a merge, a
 * conversion. While a copy is made, writes can go to the copy as well.
 *
 * <p>It stands below the {@link IsolatedDisk} of the disk: whoever exchanges the file, or moves the front of a copy,
 * has the range for itself there, so that no call is under way.
 */
public final class LiveDisk extends FilterDisk {
    private volatile VirtualDisk disk;
    private volatile Closeable file;
    private volatile @Nullable DiskMirror mirror;

    public LiveDisk(VirtualDisk disk) {
        this(disk, disk);
    }

    /** @param file what is closed when this disk is: the disk itself, or the hold on a file that others have, too */
    public LiveDisk(VirtualDisk disk, Closeable file) {
        this.disk = disk;
        this.file = file;
    }

    /** The disk of the file that serves now. */
    public VirtualDisk current() {
        return disk;
    }

    @Override
    VirtualDisk behind() {
        return disk;
    }

    /**
     * Serves from another file from now on; the old disk stays open. Only while nobody else is inside of the disk.
     *
     * @return the disk that served until now
     */
    public VirtualDisk exchange(VirtualDisk other) {
        return exchange(other, other);
    }

    /** The same, with what is to be closed in the end. */
    public VirtualDisk exchange(VirtualDisk other, Closeable otherFile) {
        VirtualDisk before = disk;
        disk = other;
        file = otherFile;
        return before;
    }

    /** Writes go to this copy, too, from now on; null for none. */
    public void mirror(@Nullable DiskMirror copy) {
        mirror = copy;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        DiskMirror copy = mirror;
        if (copy == null) {
            disk.write(offsetBytes, source);
        } else {
            ByteBuffer same = source.duplicate();
            disk.write(offsetBytes, source);
            copy.written(offsetBytes, same);
        }
    }

    /** Nothing has space while writes are made twice: the second one may have to take some. */
    @Override
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        return mirror == null && disk.hasSpace(offsetBytes, lengthBytes);
    }

    /** Between two files, where neither is being copied. */
    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        return mirror != null ? 0 : super.copyFrom(source, sourceBytes, offsetBytes, lengthBytes);
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        disk.unmap(offsetBytes, lengthBytes);
        DiskMirror copy = mirror;
        if (copy != null) {
            copy.zeroed(offsetBytes, lengthBytes);
        }
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        disk.zero(offsetBytes, lengthBytes);
        DiskMirror copy = mirror;
        if (copy != null) {
            copy.zeroed(offsetBytes, lengthBytes);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
