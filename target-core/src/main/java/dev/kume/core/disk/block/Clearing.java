package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskExtent;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes a range of a {@link BlockDisk} read as zeroes: by giving space back, or by keeping it. What takes no space and
 * reads as zeroes already is passed over at once, however long it is.
 */
final class Clearing {
    private final BlockDisk disk;
    private final BlockFile file;
    private final BlockLayout.Shape shape;
    private final boolean givesBack;

    /** @param givesBack true for UNMAP; false where space that there is stays */
    Clearing(BlockDisk disk, BlockLayout.Shape shape, boolean givesBack) {
        this.disk = disk;
        this.file = disk.file;
        this.shape = shape;
        this.givesBack = givesBack;
    }

    void clear(long offsetBytes, long lengthBytes) throws IOException {
        long sizeBytes = disk.info().sizeBytes();
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, sizeBytes);
        file.begin();
        long end = offsetBytes + lengthBytes;
        long blockBytes = shape.blockBytes();
        for (long at = offsetBytes; at < end; ) {
            long block = at / blockBytes;
            long piece = Math.min(end - at, blockBytes - at % blockBytes);
            long entry = file.map().get(block);
            if (entry == Entry.ABSENT) {
                long zeroes = zeroesFrom(block, at, end);
                if (zeroes >= piece) {
                    at += zeroes;
                    continue;
                }
            }
            boolean whole = at % blockBytes == 0 && (piece == blockBytes || at + piece == sizeBytes);
            if (Entry.state(entry) != Entry.ZERO && !(whole && forgets(block, entry, at, piece))) {
                clearInside(block, at, piece);
            }
            disk.commitIfDue();
            at += piece;
        }
    }

    /** Bytes from there on that neither this file has nor a parent. */
    private long zeroesFrom(long block, long offsetBytes, long endBytes) throws IOException {
        // This map first: a block that is moved down meanwhile is in the parent before it is not here.
        long behind = Math.ceilDiv(endBytes, shape.blockBytes());
        long next = file.map().nextEntry(block, behind) * shape.blockBytes();
        long lengthBytes = Math.min(endBytes, next) - offsetBytes;
        VirtualDisk below = disk.parent();
        return below == null ? lengthBytes : zeroesBelow(below, offsetBytes, lengthBytes);
    }

    /** Frees a whole block, where the map can say that it is zeroes; false when it cannot, or need not free it. */
    private boolean forgets(long block, long seen, long offsetBytes, long lengthBytes) throws IOException {
        VirtualDisk below = disk.parent();
        boolean keepsSpace = !givesBack && Entry.hasSpace(seen);
        if (shape.type() == DiskType.FIXED || keepsSpace || (below != null && !shape.zeroBlocks())) {
            return false;
        }
        if (below != null && seen == Entry.ABSENT && (disk.writesDown() || isZero(below, offsetBytes, lengthBytes))) {
            return false;
        }
        boolean[] forgotten = {true};
        file.alone(block, entry -> {
            int cleared = below == null ? Entry.ABSENT : Entry.ZERO;
            if (entry == Entry.ABSENT && disk.writesDown()) {
                // It was moved down since it was looked at: it is the parent's, and stays so.
                forgotten[0] = false;
            } else if (Entry.state(entry) != cleared) {
                file.change(block, Entry.of(cleared, 0));
            }
        });
        return forgotten[0];
    }

    private void clearInside(long block, long offsetBytes, long lengthBytes) throws IOException {
        StampedLock lock = file.locks.of(block);
        long stamp = lock.readLock();
        try {
            long entry = file.map().get(block);
            VirtualDisk below = disk.parent();
            switch (Entry.state(entry)) {
                case Entry.ZERO -> {}
                case Entry.ABSENT -> clearBelow(block, offsetBytes, lengthBytes, below);
                default -> {
                    long at = Entry.dataBytes(entry) + offsetBytes % shape.blockBytes();
                    if (givesBack && disk.info().thin()) {
                        file.store.punch(at, lengthBytes);
                    } else {
                        file.store.zero(at, lengthBytes);
                    }
                    disk.sectorsCleared(block, entry, offsetBytes, lengthBytes);
                }
            }
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** What only a parent has: an empty slot of this file hides it. */
    private void clearBelow(long block, long offsetBytes, long lengthBytes, @Nullable VirtualDisk below)
            throws IOException {
        if (below == null) {
            return;
        }
        if (disk.writesDown()) {
            if (givesBack) {
                below.unmap(offsetBytes, lengthBytes);
            } else {
                below.zero(offsetBytes, lengthBytes);
            }
        } else if (!isZero(below, offsetBytes, lengthBytes)) {
            long entry = file.allocate(block, Entry.PARTIAL);
            disk.sectorsCleared(block, entry, offsetBytes, lengthBytes);
        }
    }

    private static boolean isZero(VirtualDisk below, long offsetBytes, long lengthBytes) throws IOException {
        return zeroesBelow(below, offsetBytes, lengthBytes) == lengthBytes;
    }

    /** How much of the range is zeroes from its beginning on, also behind the end of a smaller parent. */
    private static long zeroesBelow(VirtualDisk below, long offsetBytes, long lengthBytes) throws IOException {
        long end = Math.min(offsetBytes + lengthBytes, below.info().sizeBytes());
        for (long at = offsetBytes; at < end; ) {
            DiskExtent extent = below.extentAt(at, end - at);
            if (extent.mapped()) {
                return at - offsetBytes;
            }
            at += extent.lengthBytes();
        }
        return lengthBytes;
    }
}
