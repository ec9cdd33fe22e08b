package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import dev.kume.core.store.ReservingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose bytes lie in its store in order, from offset 0 on: raw files and fixed VHDs. Every call goes straight to
 * the store. What the store holds behind the disk's last byte (a footer) is out of reach: a range that leaves the disk
 * is a caller's bug, and is stopped here even where assertions are off.
 */
public final class FlatDisk implements VirtualDisk {
    private final BackingStore store;
    private final FlatGrowth growth;
    private volatile DiskInfo info;
    private volatile @Nullable DiskSpace lastSpace;

    /** A disk that keeps its size. */
    public FlatDisk(BackingStore store, DiskInfo info) {
        this(store, info, FlatGrowth.NONE);
    }

    public FlatDisk(BackingStore store, DiskInfo info, FlatGrowth growth) {
        if (info.sizeBytes() > store.sizeBytes()) {
            throw new IllegalArgumentException("the disk is larger than its store " + store.location());
        }
        this.store = store;
        this.info = info;
        this.growth = growth;
    }

    /**
     * Opens a disk. A thin one takes its space as it is written: by the write, so that no flush has to find out that
     * there is none.
     */
    public static FlatDisk open(BackingStore store, DiskInfo info, FlatGrowth growth) {
        return new FlatDisk(info.thin() && !info.readOnly() ? new ReservingStore(store) : store, info, growth);
    }

    /** Opens a disk that keeps its size. */
    public static FlatDisk open(BackingStore store, DiskInfo info) {
        return open(store, info, FlatGrowth.NONE);
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
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        return store.hasSpace(offsetBytes, lengthBytes);
    }

    @Override
    public @Nullable DiskSpace measureSpace() throws IOException {
        DiskSpace now = DiskSpace.of(store);
        lastSpace = now;
        return now;
    }

    @Override
    public @Nullable DiskSpace lastSpace() {
        return lastSpace;
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

    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, info.sizeBytes());
        Objects.checkFromIndexSize(sourceBytes, lengthBytes, source.info().sizeBytes());
        return source instanceof FlatDisk flat ? store.copyFrom(flat.store, sourceBytes, offsetBytes, lengthBytes) : 0;
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
    public DiskGrowth grow(long sizeBytes, DiskFormat.Progress progress) throws IOException {
        DiskInfo before = info;
        if (sizeBytes <= before.sizeBytes()) {
            throw new IllegalArgumentException(
                    "a disk of %d bytes cannot grow to %d".formatted(before.sizeBytes(), sizeBytes));
        }
        try {
            growth.grow(store, before.sizeBytes(), sizeBytes, before.thin(), progress);
        } catch (IOException | RuntimeException failure) {
            try {
                growth.settle(store, before.sizeBytes());
            } catch (IOException | RuntimeException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
        return new DiskGrowth() {
            @Override
            public void use() {
                info = before.withSizeBytes(sizeBytes);
            }

            @Override
            public void undo() throws IOException {
                growth.settle(store, before.sizeBytes());
            }
        };
    }

    @Override
    public void shrink(long sizeBytes) throws IOException {
        DiskInfo before = info;
        if (sizeBytes >= before.sizeBytes()) {
            throw new IllegalArgumentException(
                    "a disk of %d bytes cannot shrink to %d".formatted(before.sizeBytes(), sizeBytes));
        }
        // First the disk: nobody may reach what is cut off.
        info = before.withSizeBytes(sizeBytes);
        growth.settle(store, sizeBytes);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
