package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.FlatGrowth;
import dev.kume.core.disk.Space;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a fixed VHD grows: the footer moves. At each moment one footer is durable and whole: the new one is, before the
 * old one, which lies among the new bytes, becomes zeroes. Until then a file that ends in no footer is cut back to the
 * old one, which still stands where the old disk ends.
 */
final class VhdGrowth implements FlatGrowth {
    private final VhdFormat format;

    VhdGrowth(VhdFormat format) {
        this.format = format;
    }

    @Override
    public void grow(BackingStore store, long fromBytes, long toBytes, boolean sparse, DiskFormat.Progress progress)
            throws IOException {
        format.checkSize(toBytes);
        ByteBuffer footer = footerOf(store, fromBytes, fromBytes);
        if (footer == null) {
            throw notOf(store, fromBytes);
        }
        Space.extend(store, toBytes + VhdFooter.BYTES, sparse, progress);
        store.write(toBytes, VhdFooter.resized(footer, toBytes));
        store.flush();
        store.zero(fromBytes, VhdFooter.BYTES);
        store.flush();
    }

    @Override
    public void settle(BackingStore store, long sizeBytes) throws IOException {
        long end = sizeBytes + VhdFooter.BYTES;
        if (footerOf(store, sizeBytes, sizeBytes) == null) {
            long grownBytes = store.sizeBytes() - VhdFooter.BYTES;
            ByteBuffer grown = grownBytes <= sizeBytes ? null : footerOf(store, grownBytes, grownBytes);
            if (grown == null) {
                throw notOf(store, sizeBytes);
            }
            store.write(sizeBytes, VhdFooter.resized(grown, sizeBytes));
            store.flush();
        }
        if (store.sizeBytes() > end) {
            store.resize(end);
        }
        store.flush();
    }

    /**
     * Another identity for a fixed disk. A footer that is torn while it is overwritten would be the only one, so the
     * new one stands behind the old one first: {@link Footers#read} finds the one or the other at any moment.
     */
    static void identify(BackingStore store, Footers footers, UUID uniqueId) throws IOException {
        VhdRecovery.settleFixed(store, footers);
        ByteBuffer changed = VhdFooter.identified(footers.bytes(), uniqueId);
        long behindBytes = footers.tailBytes() + VhdFooter.BYTES;
        store.resize(behindBytes + VhdFooter.BYTES);
        store.write(behindBytes, changed.duplicate());
        store.flush();
        store.write(footers.tailBytes(), changed.duplicate());
        store.flush();
        store.resize(behindBytes);
        store.flush();
    }

    /** True when the footer of a fixed disk of that size stands behind it. */
    static boolean isFixedOf(BackingStore store, long sizeBytes) throws IOException {
        return footerOf(store, sizeBytes, sizeBytes) != null;
    }

    private static DiskFormatException notOf(BackingStore store, long sizeBytes) {
        return new DiskFormatException("%s has no VHD footer of a disk of %d bytes; restore it from a copy"
                .formatted(store.location(), sizeBytes));
    }

    /** The whole, sound footer at {@code offsetBytes} when it is that of a fixed disk of this size, else null. */
    private static @Nullable ByteBuffer footerOf(BackingStore store, long offsetBytes, long sizeBytes)
            throws IOException {
        long there = Math.min(VhdFooter.BYTES, store.sizeBytes() - offsetBytes);
        if (there < VhdFooter.OLD_BYTES) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) there);
        store.read(offsetBytes, bytes);
        bytes.flip();
        if (!VhdFooter.hasCookie(bytes, 0) || bytes.getInt(VhdFooter.CHECKSUM) != VhdFooter.checksum(bytes)) {
            return null;
        }
        VhdFooter footer = VhdFooter.parse(bytes);
        return footer.diskType() == VhdFooter.TYPE_FIXED && footer.currentSizeBytes() == sizeBytes ? bytes : null;
    }
}
