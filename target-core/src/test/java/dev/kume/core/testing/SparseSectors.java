package dev.kume.core.testing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sectors by number, of which most are zeroes: absent. A copy costs what one reference for each stretch of 64 KiB
 * costs; copies share sectors and stretches until one of them changes. An array that was put is never changed by
 * anybody.
 */
final class SparseSectors {
    private static final int STRETCH_SHIFT = 7;
    private static final int STRETCH_SECTORS = 1 << STRETCH_SHIFT;
    private static final int STRETCH_MASK = STRETCH_SECTORS - 1;

    /** Sectors side by side; only their owner changes them. */
    private static final class Stretch {
        private final Object owner;
        private final byte @Nullable [][] sectors;
        private int used;

        private Stretch(Object owner, byte @Nullable [][] sectors, int used) {
            this.owner = owner;
            this.sectors = sectors;
            this.used = used;
        }
    }

    private final Map<Long, Stretch> stretches;
    private Object owner = new Object();
    private long count;

    // The stretch that was asked for last.
    private long lastNumber = -1;
    private @Nullable Stretch last;

    SparseSectors() {
        this(new HashMap<>(), 0);
    }

    private SparseSectors(Map<Long, Stretch> stretches, long count) {
        this.stretches = stretches;
        this.count = count;
    }

    /** The same sectors, for somebody else to change. */
    SparseSectors copy() {
        owner = new Object();
        return new SparseSectors(new HashMap<>(stretches), count);
    }

    /** Sectors that are there. */
    long count() {
        return count;
    }

    byte @Nullable [] get(long sector) {
        long number = sector >> STRETCH_SHIFT;
        if (number != lastNumber) {
            last = stretches.get(number);
            lastNumber = number;
        }
        Stretch stretch = last;
        return stretch == null ? null : stretch.sectors[(int) sector & STRETCH_MASK];
    }

    void put(long sector, byte[] content) {
        Stretch stretch = own(sector >> STRETCH_SHIFT);
        int at = (int) sector & STRETCH_MASK;
        if (stretch.sectors[at] == null) {
            stretch.used++;
            count++;
        }
        stretch.sectors[at] = content;
    }

    void remove(long sector) {
        if (get(sector) == null) {
            return;
        }
        Stretch stretch = own(sector >> STRETCH_SHIFT);
        stretch.sectors[(int) sector & STRETCH_MASK] = null;
        stretch.used--;
        count--;
        if (stretch.used == 0) {
            stretches.remove(sector >> STRETCH_SHIFT);
            lastNumber = -1;
        }
    }

    /** Tells each sector of a range that is there; who listens may remove it. The range may be that of a whole disk. */
    void forEach(long fromSector, long toSector, LongConsumer each) {
        if (toSector <= fromSector) {
            return;
        }
        long first = fromSector >> STRETCH_SHIFT;
        long last = (toSector - 1) >> STRETCH_SHIFT;
        if (last - first < stretches.size()) {
            for (long number = first; number <= last; number++) {
                forEachOf(number, fromSector, toSector, each);
            }
        } else {
            for (long number : stretches.keySet().stream().sorted().toList()) {
                forEachOf(number, fromSector, toSector, each);
            }
        }
    }

    /** Sectors of a range that are there. */
    long countOf(long fromSector, long toSector) {
        long[] found = {0};
        forEach(fromSector, toSector, sector -> found[0]++);
        return found[0];
    }

    /** The first sector from there on that is there; far behind everything when there is none. */
    long next(long fromSector) {
        long[] found = {Long.MAX_VALUE / PowerCutStore.SECTOR_BYTES};
        forEach(fromSector, found[0], sector -> found[0] = Math.min(found[0], sector));
        return found[0];
    }

    private void forEachOf(long number, long fromSector, long toSector, LongConsumer each) {
        Stretch stretch = stretches.get(number);
        if (stretch == null) {
            return;
        }
        byte @Nullable [][] sectors = stretch.sectors.clone();
        for (int at = 0; at < STRETCH_SECTORS; at++) {
            long sector = (number << STRETCH_SHIFT) + at;
            if (sectors[at] != null && sector >= fromSector && sector < toSector) {
                each.accept(sector);
            }
        }
    }

    private Stretch own(long number) {
        Stretch stretch = stretches.get(number);
        if (stretch != null && stretch.owner == owner) {
            return stretch;
        }
        Stretch own = stretch == null
                ? new Stretch(owner, new byte[STRETCH_SECTORS][], 0)
                : new Stretch(owner, stretch.sectors.clone(), stretch.used);
        stretches.put(number, own);
        lastNumber = -1;
        return own;
    }
}
