package dev.kume.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk that can only be read, whatever its file would let: for a file that others are children of. */
public final class ReadOnlyDisk extends FilterDisk {
    private final VirtualDisk disk;

    public ReadOnlyDisk(VirtualDisk disk) {
        this.disk = disk;
    }

    @Override
    VirtualDisk behind() {
        return disk;
    }

    @Override
    public DiskInfo info() {
        DiskInfo info = disk.info();
        return new DiskInfo(info.sizeBytes(), true, info.thin(), info.spaceBytes());
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        throw refused();
    }

    /** There is nothing to be made durable here, and whoever made it has done so. */
    @Override
    public void flush() {
        // Nothing is ever written.
    }

    @Override
    public int atomicBytesMax() {
        return 0;
    }

    @Override
    public void writeAtomically(long offsetBytes, ByteBuffer source) throws IOException {
        throw refused();
    }

    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        throw refused();
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        throw refused();
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        throw refused();
    }

    @Override
    public DiskGrowth grow(long sizeBytes, DiskFormat.Progress progress) throws IOException {
        throw refused();
    }

    @Override
    public void shrink(long sizeBytes) throws IOException {
        throw refused();
    }

    private static IOException refused() {
        return new IOException("this disk can only be read: other disks are children of its file");
    }
}
