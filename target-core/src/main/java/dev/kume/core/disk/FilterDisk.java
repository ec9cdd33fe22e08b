package dev.kume.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A disk that passes everything on to another one: what adds something to a disk begins here, and forgets no call. */
abstract class FilterDisk implements VirtualDisk {
    /** The disk behind. */
    abstract VirtualDisk behind();

    @Override
    public DiskInfo info() {
        return behind().info();
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return behind().tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        behind().read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        behind().write(offsetBytes, source);
    }

    @Override
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        return behind().hasSpace(offsetBytes, lengthBytes);
    }

    @Override
    public @Nullable DiskSpace measureSpace() throws IOException {
        return behind().measureSpace();
    }

    @Override
    public @Nullable DiskSpace lastSpace() {
        return behind().lastSpace();
    }

    @Override
    public void flush() throws IOException {
        behind().flush();
    }

    @Override
    public int atomicBytesMax() {
        return behind().atomicBytesMax();
    }

    @Override
    public void writeAtomically(long offsetBytes, ByteBuffer source) throws IOException {
        behind().writeAtomically(offsetBytes, source);
    }

    @Override
    public DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        return behind().extentAt(offsetBytes, lengthBytes);
    }

    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        VirtualDisk from = source instanceof FilterDisk filter ? filter.behind() : source;
        return behind().copyFrom(from, sourceBytes, offsetBytes, lengthBytes);
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        behind().unmap(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        behind().zero(offsetBytes, lengthBytes);
    }

    @Override
    public DiskGrowth grow(long sizeBytes, DiskFormat.Progress progress) throws IOException {
        return behind().grow(sizeBytes, progress);
    }

    @Override
    public void shrink(long sizeBytes) throws IOException {
        behind().shrink(sizeBytes);
    }

    @Override
    public void close() throws IOException {
        behind().close();
    }
}
