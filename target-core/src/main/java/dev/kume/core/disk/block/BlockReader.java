package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskExtent;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads a {@link BlockDisk}: of each piece what the map says, from the file, from the parent, or zeroes. */
final class BlockReader {
    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

    private final BlockFile file;
    private final BlockLayout.Shape shape;
    private final Supplier<@Nullable VirtualDisk> parent;
    private final int blockShift;
    private final long blockMask;

    BlockReader(BlockFile file, BlockLayout.Shape shape, Supplier<@Nullable VirtualDisk> parent) {
        this.file = file;
        this.shape = shape;
        this.parent = parent;
        this.blockShift = Long.numberOfTrailingZeros(shape.blockBytes());
        this.blockMask = shape.blockBytes() - 1;
    }

    /** As {@link VirtualDisk#tryRead}. */
    int tryRead(long offsetBytes, ByteBuffer target) {
        int limit = target.limit();
        int copied = 0;
        while (target.position() < limit) {
            long at = offsetBytes + copied;
            int piece = (int) Math.min(limit - target.position(), shape.blockBytes() - (at & blockMask));
            int count = tryReadBlock(at, piece, target);
            target.limit(limit);
            copied += count;
            if (count < piece) {
                break;
            }
        }
        return copied;
    }

    private int tryReadBlock(long offsetBytes, int bytes, ByteBuffer target) {
        long block = offsetBytes >>> blockShift;
        StampedLock lock = file.locks.of(block);
        long stamp = lock.tryOptimisticRead();
        if (stamp == 0) {
            return 0;
        }
        int begin = target.position();
        long entry = file.map().get(block);
        int count = switch (Entry.state(entry)) {
            case Entry.FULL -> tryReadSlot(entry, offsetBytes, bytes, target);
            case Entry.PARTIAL -> tryReadSectors(block, entry, offsetBytes, bytes, target);
            case Entry.ABSENT -> tryReadBelow(offsetBytes, bytes, target);
            default -> putZeroes(bytes, target);
        };
        if (lock.validate(stamp)) {
            return count;
        }
        // The slot may have been given to another block meanwhile.
        target.limit(begin + bytes).position(begin);
        return 0;
    }

    private int tryReadSlot(long entry, long offsetBytes, int bytes, ByteBuffer target) {
        target.limit(target.position() + bytes);
        return file.store.tryRead(Entry.dataBytes(entry) + (offsetBytes & blockMask), target);
    }

    private int tryReadSectors(long block, long entry, long offsetBytes, int bytes, ByteBuffer target) {
        SectorMap sectors = file.sectorMaps.cached(block);
        int copied = 0;
        while (sectors != null && copied < bytes) {
            long at = offsetBytes + copied;
            int run = run(sectors, at, bytes - copied);
            int count = run > 0 ? tryReadSlot(entry, at, run, target) : tryReadBelow(at, -run, target);
            copied += count;
            if (count < Math.abs(run)) {
                break;
            }
        }
        return copied;
    }

    private int tryReadBelow(long offsetBytes, int bytes, ByteBuffer target) {
        VirtualDisk below = parent.get();
        long belowBytes = below == null ? 0 : below.info().sizeBytes() - offsetBytes;
        if (below == null || belowBytes <= 0) {
            return putZeroes(bytes, target);
        }
        int inside = (int) Math.min(bytes, belowBytes);
        target.limit(target.position() + inside);
        int count = below.tryRead(offsetBytes, target);
        return count == inside && inside < bytes ? count + putZeroes(bytes - inside, target) : count;
    }

    /** As {@link VirtualDisk#read}. */
    void read(long offsetBytes, ByteBuffer target) throws IOException {
        int limit = target.limit();
        long at = offsetBytes;
        while (target.position() < limit) {
            int piece = (int) Math.min(limit - target.position(), shape.blockBytes() - (at & blockMask));
            long block = at >>> blockShift;
            StampedLock lock = file.locks.of(block);
            long stamp = lock.readLock();
            try {
                readBlock(block, at, piece, target);
            } finally {
                lock.unlockRead(stamp);
                target.limit(limit);
            }
            at += piece;
        }
    }

    private void readBlock(long block, long offsetBytes, int bytes, ByteBuffer target) throws IOException {
        long entry = file.map().get(block);
        switch (Entry.state(entry)) {
            case Entry.FULL -> readSlot(entry, offsetBytes, bytes, target);
            case Entry.PARTIAL -> {
                SectorMap sectors = file.sectorMaps.get(block, entry);
                for (int copied = 0; copied < bytes; ) {
                    long at = offsetBytes + copied;
                    int run = run(sectors, at, bytes - copied);
                    if (run > 0) {
                        readSlot(entry, at, run, target);
                    } else {
                        readBelow(at, -run, target);
                    }
                    copied += Math.abs(run);
                }
            }
            case Entry.ABSENT -> readBelow(offsetBytes, bytes, target);
            default -> putZeroes(bytes, target);
        }
    }

    private void readSlot(long entry, long offsetBytes, int bytes, ByteBuffer target) throws IOException {
        target.limit(target.position() + bytes);
        file.store.read(Entry.dataBytes(entry) + (offsetBytes & blockMask), target);
    }

    private void readBelow(long offsetBytes, int bytes, ByteBuffer target) throws IOException {
        VirtualDisk below = parent.get();
        long belowBytes = below == null ? 0 : below.info().sizeBytes() - offsetBytes;
        int inside = (int) Math.max(0, Math.min(bytes, belowBytes));
        if (below != null && inside > 0) {
            target.limit(target.position() + inside);
            below.read(offsetBytes, target);
        }
        putZeroes(bytes - inside, target);
    }

    /** Bytes from {@code offsetBytes} on, at most {@code bytes}, all of them in the file; negative where none is. */
    private int run(SectorMap sectors, long offsetBytes, int bytes) {
        int inSector = (int) (offsetBytes & (shape.sectorBytes() - 1));
        int count = (int) Math.ceilDiv((long) inSector + bytes, shape.sectorBytes());
        int sectorRun = sectors.run(sectorOf(offsetBytes), count);
        long run = (long) Math.abs(sectorRun) * shape.sectorBytes() - inSector;
        return (int) Math.min(bytes, run) * Integer.signum(sectorRun);
    }

    /** The number of the sector in its block. */
    int sectorOf(long offsetBytes) {
        return (int) ((offsetBytes & blockMask) / shape.sectorBytes());
    }

    private static int putZeroes(int bytes, ByteBuffer target) {
        target.limit(target.position() + bytes);
        for (int left = bytes; left > 0; ) {
            int step = Math.min(left, ZEROES.capacity());
            target.put(target.position(), ZEROES, 0, step).position(target.position() + step);
            left -= step;
        }
        return bytes;
    }

    /** As {@link VirtualDisk#extentAt}. */
    DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        long block = offsetBytes >>> blockShift;
        StampedLock lock = file.locks.of(block);
        long stamp = lock.readLock();
        try {
            long entry = file.map().get(block);
            long inBlock = Math.min(lengthBytes, shape.blockBytes() - (offsetBytes & blockMask));
            return switch (Entry.state(entry)) {
                case Entry.FULL -> slotExtent(entry, offsetBytes, inBlock);
                case Entry.PARTIAL -> {
                    SectorMap sectors = file.sectorMaps.get(block, entry);
                    int run = run(sectors, offsetBytes, (int) Math.min(inBlock, 1 << 30));
                    yield run > 0 ? slotExtent(entry, offsetBytes, run) : extentBelow(offsetBytes, -run);
                }
                case Entry.ABSENT -> {
                    long behind = (offsetBytes + lengthBytes + blockMask) >>> blockShift;
                    long next = file.map().nextEntry(block, behind) << blockShift;
                    yield extentBelow(offsetBytes, Math.min(lengthBytes, next - offsetBytes));
                }
                default -> new DiskExtent(false, inBlock);
            };
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private DiskExtent slotExtent(long entry, long offsetBytes, long lengthBytes) throws IOException {
        Extent extent = file.store.extentAt(Entry.dataBytes(entry) + (offsetBytes & blockMask), lengthBytes);
        return new DiskExtent(extent.allocated(), extent.lengthBytes());
    }

    private DiskExtent extentBelow(long offsetBytes, long lengthBytes) throws IOException {
        VirtualDisk below = parent.get();
        long belowBytes = below == null ? 0 : below.info().sizeBytes() - offsetBytes;
        return below == null || belowBytes <= 0
                ? new DiskExtent(false, lengthBytes)
                : below.extentAt(offsetBytes, Math.min(lengthBytes, belowBytes));
    }
}
