package dev.kume.core.disk.block;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The entries of all blocks in memory, see {@link Entry}. Any thread; each entry is read and written at once. Memory is
 * taken for those stretches alone that have an entry which is not absent.
 */
public final class BlockMap {
    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_ENTRIES = 1 << PAGE_SHIFT;
    private static final int PAGE_MASK = PAGE_ENTRIES - 1;

    private final long blocks;
    private final AtomicReferenceArray<@Nullable AtomicLongArray> pages;

    /** @param blocks how many there are, at most 2^31 * 1024 */
    public BlockMap(long blocks) {
        this.blocks = blocks;
        this.pages = new AtomicReferenceArray<>(Math.toIntExact((blocks + PAGE_MASK) >>> PAGE_SHIFT));
    }

    public long blocks() {
        return blocks;
    }

    public long get(long block) {
        AtomicLongArray page = pages.get((int) (block >>> PAGE_SHIFT));
        return page == null ? Entry.ABSENT : page.get((int) block & PAGE_MASK);
    }

    public void put(long block, long entry) {
        int at = (int) (block >>> PAGE_SHIFT);
        AtomicLongArray page = pages.get(at);
        if (page == null) {
            if (entry == Entry.ABSENT) {
                return;
            }
            pages.compareAndSet(at, null, new AtomicLongArray(PAGE_ENTRIES));
            page = pages.get(at);
        }
        page.set((int) block & PAGE_MASK, entry);
    }

    /** The first block at or behind {@code from} whose entry is not absent, or {@link #blocks} when there is none. */
    public long nextEntry(long from) {
        return nextEntry(from, blocks);
    }

    /** The same before {@code to}, which is the answer when there is none. */
    public long nextEntry(long from, long to) {
        long block = from;
        while (block < to) {
            AtomicLongArray page = pages.get((int) (block >>> PAGE_SHIFT));
            if (page == null) {
                block = (block | PAGE_MASK) + 1;
            } else if (page.get((int) block & PAGE_MASK) != Entry.ABSENT) {
                return block;
            } else {
                block++;
            }
        }
        return to;
    }

    /**
     * A map of another number of blocks with the same entries, as far as both have them; this one is not used any more.
     * Entries beyond a smaller number are absent already.
     */
    public BlockMap resized(long newBlocks) {
        BlockMap map = new BlockMap(newBlocks);
        for (int at = 0; at < Math.min(pages.length(), map.pages.length()); at++) {
            map.pages.set(at, pages.get(at));
        }
        return map;
    }
}
