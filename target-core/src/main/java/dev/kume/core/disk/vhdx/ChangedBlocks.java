package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.block.MapChanges;
import java.util.Arrays;

/** The blocks that changes are about, in the order of the disk, each once with its last entry. */
final class ChangedBlocks {
    private static final int INDEX_BITS = 31;
    private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;

    /** The block, and one more than the index of its last entry; 0 when its sectors alone have changed. */
    private final long[] keys;

    private final int count;

    ChangedBlocks(MapChanges changes) {
        long[] all = new long[changes.count() + changes.sectors().size()];
        int filled = 0;
        for (int i = 0; i < changes.count(); i++) {
            all[filled++] = changes.block(i) << INDEX_BITS | (i + 1L);
        }
        for (long block : changes.sectors().keySet()) {
            all[filled++] = block << INDEX_BITS;
        }
        Arrays.sort(all);
        int kept = 0;
        for (int i = 0; i < filled; i++) {
            boolean last = i + 1 == filled || all[i + 1] >>> INDEX_BITS != all[i] >>> INDEX_BITS;
            if (last) {
                all[kept++] = all[i];
            }
        }
        this.keys = all;
        this.count = kept;
    }

    int count() {
        return count;
    }

    long block(int i) {
        return keys[i] >>> INDEX_BITS;
    }

    /** Where in the changes the last entry of the block is, or -1 when its sectors alone have changed. */
    int entryAt(int i) {
        return (int) (keys[i] & INDEX_MASK) - 1;
    }
}
