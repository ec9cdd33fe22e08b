package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A disk whose bytes lie in its store in order, from offset 0 on: raw files and fixed VHDs. Every call goes straight to
 * the store. What the store holds behind the disk's last byte (a footer) is out of reach: a range that leaves the disk
 * is a caller's bug, and is stopped here even where assertions are off.
 */
public final class FlatDisk implements VirtualDisk {
    private final BackingStore store;
    private final DiskInfo info;

    public FlatDisk(BackingStore store, DiskInfo info) {
        if (info.sizeBytes() > store.sizeBytes()) {
            throw new IllegalArgumentException("the disk is larger than its store " + store.location());
        }
        this.store = store;
        this.info = info;
    }

    @Override
    public DiskInfo info() {
        return info;
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        Objects.checkFromIndexSize(offsetBytes, target.remaining(), info.sizeBytes());
        return store.tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, target.remaining(), info.sizeBytes());
        store.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, source.remaining(), info.sizeBytes());
        store.write(offsetBytes, source);
    }

    @Override
    public void flush() throws IOException {
        store.flush();
    }

    @Override
    public DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, info.sizeBytes());
        Extent extent = store.extentAt(offsetBytes, lengthBytes);
        return new DiskExtent(extent.allocated(), extent.lengthBytes());
    }

    /**
     * Gives the space back on a thin disk; on another one the promise of reserved space is kept, and zeroes are left.
     */
    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, info.sizeBytes());
        if (info.thin()) {
            store.punch(offsetBytes, lengthBytes);
        } else {
            store.zero(offsetBytes, lengthBytes);
        }
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, info.sizeBytes());
        store.zero(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
