package dev.kume.core.disk.raw;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.FlatDisk;
import dev.kume.core.disk.FlatGrowth;
import dev.kume.core.disk.Space;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The file is the disk. Any file whose length is a multiple of 512 bytes will do; it carries no identity of its own.
 */
public final class RawFormat implements DiskFormat, FlatGrowth {
    public static final String NAME = "raw";

    /** 8 EiB less one sector: the largest multiple of 512 that a file offset can name. */
    private static final long MAX_SIZE_BYTES = Long.MAX_VALUE - (SECTOR_BYTES - 1);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long maxSizeBytes() {
        return MAX_SIZE_BYTES;
    }

    @Override
    public boolean probe(BackingStore store) {
        return false;
    }

    @Override
    public DiskImage inspect(BackingStore store) throws IOException {
        long sizeBytes = checkedSizeBytes(store);
        return new DiskImage(NAME, sizeBytes, sizeBytes, store.allocatedBytes(), null);
    }

    @Override
    public VirtualDisk open(BackingStore store, boolean thin, @Nullable VirtualDisk parent) throws IOException {
        return FlatDisk.open(
                store, new DiskInfo(checkedSizeBytes(store), store.readOnly(), thin, store.blockBytes()), this);
    }

    @Override
    public void create(BackingStore store, CreateOptions options) throws IOException {
        checkSize(options.sizeBytes());
        Space.lay(store, options.sizeBytes(), options.sparse(), options.progress());
        store.flush();
    }

    @Override
    public void grow(BackingStore store, long fromBytes, long toBytes, boolean sparse, Progress progress)
            throws IOException {
        checkSize(toBytes);
        Space.extend(store, toBytes, sparse, progress);
        store.flush();
    }

    @Override
    public void settle(BackingStore store, long sizeBytes) throws IOException {
        if (store.sizeBytes() < sizeBytes) {
            throw new DiskFormatException(
                    "%s is %d bytes long, less than its disk of %d bytes; it is cut off: restore it"
                            .formatted(store.location(), store.sizeBytes(), sizeBytes));
        }
        if (store.sizeBytes() > sizeBytes) {
            store.resize(sizeBytes);
        }
        store.flush();
    }

    private static long checkedSizeBytes(BackingStore store) throws DiskFormatException {
        long sizeBytes = store.sizeBytes();
        if (sizeBytes == 0) {
            throw new DiskFormatException(
                    store.location() + " is empty; a raw disk has at least one block of " + SECTOR_BYTES + " bytes");
        }
        if (sizeBytes % SECTOR_BYTES != 0) {
            throw new DiskFormatException(
                    ("%s is %d bytes long, which is not a multiple of the block of %d bytes; it is"
                                    + " cut off or no disk image: restore it, or pad it to %d bytes")
                            .formatted(store.location(), sizeBytes, SECTOR_BYTES, roundUp(sizeBytes)));
        }
        return sizeBytes;
    }

    private static long roundUp(long sizeBytes) {
        return (sizeBytes / SECTOR_BYTES + 1) * SECTOR_BYTES;
    }
}
