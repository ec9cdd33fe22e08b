package dev.kume.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A disk that passes everything on to another one: what adds something to a disk begins here, and forgets no call. */
abstract class FilterDisk implements VirtualDisk {
    /** The disk behind. */
    final VirtualDisk disk;

    FilterDisk(VirtualDisk disk) {
        this.disk = disk;
    }

    @Override
    public DiskInfo info() {
        return disk.info();
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return disk.tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        disk.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        disk.write(offsetBytes, source);
    }

    @Override
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        return disk.hasSpace(offsetBytes, lengthBytes);
    }

    @Override
    public @Nullable DiskSpace measureSpace() throws IOException {
        return disk.measureSpace();
    }

    @Override
    public @Nullable DiskSpace lastSpace() {
        return disk.lastSpace();
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
    }

    @Override
    public int atomicBytesMax() {
        return disk.atomicBytesMax();
    }

    @Override
    public void writeAtomically(long offsetBytes, ByteBuffer source) throws IOException {
        disk.writeAtomically(offsetBytes, source);
    }

    @Override
    public DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        return disk.extentAt(offsetBytes, lengthBytes);
    }

    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        VirtualDisk from = source instanceof FilterDisk filter ? filter.disk : source;
        return disk.copyFrom(from, sourceBytes, offsetBytes, lengthBytes);
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        disk.unmap(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        disk.zero(offsetBytes, lengthBytes);
    }

    @Override
    public DiskGrowth grow(long sizeBytes, DiskFormat.Progress progress) throws IOException {
        return disk.grow(sizeBytes, progress);
    }

    @Override
    public void shrink(long sizeBytes) throws IOException {
        disk.shrink(sizeBytes);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
