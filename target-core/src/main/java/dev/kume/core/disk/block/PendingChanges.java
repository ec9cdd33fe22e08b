package dev.kume.core.disk.block;

import dev.kume.core.disk.MapNotes;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a map that are in memory and not durable yet, with the notes by which they outlive this process. Its lock
 * is held for a moment only, and no other one is taken inside of it.
 */
final class PendingChanges {
    /** Changes that are kept in memory before somebody who can wait makes them durable unasked. */
    private static final int CHANGES_MAX = 1 << 18;

    private final BlockLayout.Shape shape;
    private final SectorMaps sectorMaps;
    private MapChanges changes = new MapChanges();
    private Map<Long, SectorMap> changedSectors = new HashMap<>();
    private Map<Long, SectorMap> committingSectors = Map.of();
    private long[] freed = new long[16];
    private int freedCount;
    private @Nullable MapNotes notes;

    /** Asked by each write, so it is known without the lock. */
    private volatile boolean commitDue;

    PendingChanges(BlockLayout.Shape shape, SectorMaps sectorMaps) {
        this.shape = shape;
        this.sectorMaps = sectorMaps;
    }

    /** Changes are noted from now on until they are durable. */
    synchronized void keepNotes(MapNotes kept) {
        notes = kept;
    }

    /**
     * A block is this from now on; a slot that it had and has no more is free when that is durable.
     *
     * @param sectors of a block that is partial now: whatever takes the change takes them, too; else null
     */
    synchronized void change(BlockMap map, long block, long entry, @Nullable SectorMap sectors) throws IOException {
        long old = map.get(block);
        if (notes != null) {
            notes.entry(block, old, entry);
        }
        map.put(block, entry);
        changes.add(block, entry);
        boolean keepsSlot = Entry.hasSpace(entry) && Entry.dataBytes(entry) == Entry.dataBytes(old);
        if (Entry.hasSpace(old) && !keepsSlot) {
            if (freedCount == freed.length) {
                freed = Arrays.copyOf(freed, 2 * freedCount);
            }
            freed[freedCount++] = Entry.dataBytes(old) - shape.slotHeadBytes();
        }
        if (sectors != null) {
            remember(block, sectors);
        } else {
            changedSectors.remove(block);
            sectorMaps.remove(block);
        }
        judge();
    }

    /** These sectors were added to the map of a partial block, after they were written. */
    synchronized void sectorsAdded(BlockMap map, long block, int first, int count) throws IOException {
        if (notes != null) {
            notes.sectors(block, map.get(block), first, count);
            judge();
        }
    }

    /**
     * The map of a partial block has sectors that are not durable. The caller is inside of the block, has added them
     * before, and may flush right afterwards: the map is marked only when the next flush is sure to find it.
     */
    void sectorsChanged(BlockMap map, long block, SectorMap sectors) {
        if (!sectors.isChanged()) {
            synchronized (this) {
                if (Entry.state(map.get(block)) == Entry.PARTIAL) {
                    remember(block, sectors);
                    judge();
                }
            }
        }
    }

    /** The caller has the lock. */
    private void remember(long block, SectorMap sectors) {
        changedSectors.put(block, sectors);
        sectors.markChanged();
    }

    /**
     * All sectors of a partial block are there now. The caller is inside of the block, and so may others be, who have
     * seen it partial: its sectors stay in memory for them, what the file says of these is old.
     */
    synchronized void filled(BlockMap map, long block) throws IOException {
        long entry = map.get(block);
        if (Entry.state(entry) == Entry.PARTIAL) {
            long full = Entry.of(Entry.FULL, Entry.dataBytes(entry));
            if (notes != null) {
                notes.entry(block, entry, full);
            }
            map.put(block, full);
            changes.add(block, full);
            changedSectors.remove(block);
            judge();
        }
    }

    /** True when there are so many changes that who can wait should make them durable. Never waits. */
    boolean isCommitDue() {
        return commitDue;
    }

    private void judge() {
        commitDue = changes.count() >= CHANGES_MAX
                || changedSectors.size() > sectorMaps.mapsMax() / 2
                || (notes != null && notes.isFlushDue());
    }

    /** True when the sectors of a block are not durable as they are in memory. */
    synchronized boolean hasChangedSectors(long block) {
        return changedSectors.containsKey(block) || committingSectors.containsKey(block);
    }

    /** Changes on their way to the file, and the slots that nothing refers to when they are durable. */
    static final class Taken {
        final MapChanges changes;
        final long[] freed;

        private Taken(MapChanges changes, long[] freed) {
            this.changes = changes;
            this.freed = freed;
        }
    }

    /** What is to be made durable now; null when there is nothing. */
    synchronized @Nullable Taken take() throws IOException {
        if (changes.isEmpty() && changedSectors.isEmpty()) {
            return null;
        }
        if (notes != null) {
            notes.flushBegins();
        }
        MapChanges taken = changes;
        changes = new MapChanges();
        committingSectors = changedSectors;
        changedSectors = new HashMap<>();
        committingSectors.forEach((block, sectors) -> taken.sectors(block, sectors.taken()));
        long[] free = Arrays.copyOf(freed, freedCount);
        freedCount = 0;
        judge();
        return new Taken(taken, free);
    }

    /** What was taken is durable, or will never be. */
    synchronized void commitEnded() {
        committingSectors = Map.of();
    }

    /** What was taken is durable. */
    synchronized void committed() throws IOException {
        if (notes != null) {
            notes.flushed();
        }
    }

    /** @param durable true when nothing is pending: the notes go */
    synchronized void close(boolean durable) throws IOException {
        if (notes != null && durable) {
            notes.remove();
        } else if (notes != null) {
            notes.close();
        }
    }
}
