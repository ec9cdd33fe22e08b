package dev.kume.core.disk.block;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The sector maps of blocks that are partly in the file, as far as memory is given to them. Any thread that is inside
 * of the block may ask.
 */
final class SectorMaps {
    private static final long CACHE_BYTES_MAX = 32L << 20;
    private static final int MAPS_MIN = 64;

    private final BlockLayout layout;
    private final BlockLocks locks;
    private final int sectors;
    private final int mapsMax;
    private final Map<Long, SectorMap> maps = new ConcurrentHashMap<>();

    SectorMaps(BlockLayout layout, BlockLocks locks) {
        this.layout = layout;
        this.locks = locks;
        this.sectors =
                Math.toIntExact(layout.shape().blockBytes() / layout.shape().sectorBytes());
        this.mapsMax = (int) Math.max(MAPS_MIN, CACHE_BYTES_MAX / Math.max(1, sectors / Byte.SIZE));
    }

    /** How many fit into memory. */
    int mapsMax() {
        return mapsMax;
    }

    /** The map of a block if it is in memory. Never waits. */
    @Nullable
    SectorMap cached(long block) {
        return maps.get(block);
    }

    /** The map of a partial block, read from the file when it must be. The caller is inside of the block. */
    SectorMap get(long block, long entry) throws IOException {
        SectorMap known = maps.get(block);
        if (known != null) {
            return known;
        }
        SectorMap read = new SectorMap(sectors);
        layout.readSectors(block, entry, read);
        SectorMap other = maps.putIfAbsent(block, read);
        return other == null ? read : other;
    }

    /** A block that has just got a slot, and no sector. */
    SectorMap putNew(long block) {
        SectorMap empty = new SectorMap(sectors);
        maps.put(block, empty);
        return empty;
    }

    void remove(long block) {
        maps.remove(block);
    }

    /**
     * Forgets maps beyond what memory is given to, but for those that are not durable yet. The caller is inside of no
     * block.
     */
    void trim(LongPredicate isKept) {
        if (maps.size() <= mapsMax) {
            return;
        }
        int excess = maps.size() - mapsMax + mapsMax / Byte.SIZE;
        for (Iterator<Long> blocks = maps.keySet().iterator(); blocks.hasNext() && excess > 0; ) {
            long block = blocks.next();
            StampedLock lock = locks.of(block);
            long stamp = lock.tryWriteLock();
            if (stamp != 0) {
                try {
                    if (!isKept.test(block)) {
                        blocks.remove();
                        excess--;
                    }
                } finally {
                    lock.unlockWrite(stamp);
                }
            }
        }
    }
}
