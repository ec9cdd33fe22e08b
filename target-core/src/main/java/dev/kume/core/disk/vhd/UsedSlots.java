package dev.kume.core.disk.vhd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which block has which slot, to find two that lie over each other. */
final class UsedSlots {
    private static final int SECTOR_BYTES = 512;

    private final long slotBytes;
    /** The first sector in the upper half, the block in the lower one. */
    private long[] slots = new long[64];

    private int count;

    /** @param slotBytes what each takes */
    UsedSlots(long slotBytes) {
        this.slotBytes = slotBytes;
    }

    /** A block whose slot lies in part over that of an earlier one. */
    record Overlap(long block, long other, int entry, int otherEntry) {
        String problem() {
            return "says %08X: its block lies over block %d, whose entry says %08X".formatted(entry, other, otherEntry);
        }
    }

    void add(long block, int entry) {
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, 2 * count);
        }
        slots[count++] = Integer.toUnsignedLong(entry) << Integer.SIZE | block;
    }

    /** A block is elsewhere now. */
    void replace(long block, int entry, int newEntry) {
        long before = Integer.toUnsignedLong(entry) << Integer.SIZE | block;
        for (int at = 0; at < count; at++) {
            if (slots[at] == before) {
                slots[at] = Integer.toUnsignedLong(newEntry) << Integer.SIZE | block;
            }
        }
    }

    /** Where the first slot begins, {@link Long#MAX_VALUE} when there is none. */
    long firstBytes() {
        long first = Long.MAX_VALUE;
        for (int at = 0; at < count; at++) {
            first = Math.min(first, (slots[at] >>> Integer.SIZE) * SECTOR_BYTES);
        }
        return first;
    }

    /** Where the last slot ends, 0 when there is none. */
    long endBytes() {
        long end = 0;
        for (int at = 0; at < count; at++) {
            end = Math.max(end, (slots[at] >>> Integer.SIZE) * SECTOR_BYTES + slotBytes);
        }
        return end;
    }

    @Nullable
    Overlap firstOverlap() {
        long[] sorted = Arrays.copyOf(slots, count);
        // Entries are unsigned: flipped, they sort as such.
        for (int at = 0; at < count; at++) {
            sorted[at] ^= Long.MIN_VALUE;
        }
        Arrays.sort(sorted);
        for (int at = 1; at < count; at++) {
            long before = sorted[at - 1] ^ Long.MIN_VALUE;
            long here = sorted[at] ^ Long.MIN_VALUE;
            if ((here >>> Integer.SIZE) * SECTOR_BYTES < (before >>> Integer.SIZE) * SECTOR_BYTES + slotBytes) {
                return new Overlap(here & 0xFFFF_FFFFL, before & 0xFFFF_FFFFL, (int) (here >>> Integer.SIZE), (int)
                        (before >>> Integer.SIZE));
            }
        }
        return null;
    }
}
