package dev.kume.core.disk.block;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes of a map that become durable together: entries in the order in which they were made (of one block the last
 * one holds), and the sectors of blocks that are partly there.
 */
public final class MapChanges {
    private long[] blocks = new long[16];
    private long[] entries = new long[16];
    private int count;
    private final Map<Long, SectorMap> sectors = new LinkedHashMap<>();

    public int count() {
        return count;
    }

    public long block(int at) {
        return blocks[at];
    }

    public long entry(int at) {
        return entries[at];
    }

    /**
     * By block: all sectors that are there now, of blocks that are {@link Entry#PARTIAL}. A change of an entry to that
     * comes with them; they come without an entry when only they have changed. For a block whose last entry is another
     * one they say nothing.
     */
    public Map<Long, SectorMap> sectors() {
        return sectors;
    }

    public boolean isEmpty() {
        return count == 0 && sectors.isEmpty();
    }

    /** Adds a change; a {@link Entry#PARTIAL} entry needs its sectors, too. */
    public void add(long block, long entry) {
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * count);
            entries = Arrays.copyOf(entries, 2 * count);
        }
        blocks[count] = block;
        entries[count] = entry;
        count++;
    }

    /** Adds the sectors of a block, all that are there. */
    public void sectors(long block, SectorMap map) {
        sectors.put(block, map);
    }
}
