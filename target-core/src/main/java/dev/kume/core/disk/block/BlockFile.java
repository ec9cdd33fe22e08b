package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.NoSpaceException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link BlockDisk}: its map in memory, the changes of that which are not durable yet, and who has which
 * piece of the file.
 *
 * <p><b>Order.</b> A new slot holds zeroes before its entry is seen. A commit takes the changes first, then makes all
 * data durable, then the map: so whatever moment the power goes, the map refers to slots alone whose content is known.
 * A slot that a change has freed is given away again only when that change is durable.
 *
 * <p>Locks are taken in this order: a block, {@link #committing}, {@link #allocating}, that of the {@link
 * PendingChanges}.
 */
final class BlockFile {
    final BackingStore store;
    final BlockLayout layout;
    final BlockLocks locks = new BlockLocks();
    final SectorMaps sectorMaps;
    private final BlockLayout.Shape shape;
    private volatile BlockMap map;

    /** Held while changes become durable, and whenever the layout changes more than the map. */
    private final ReentrantLock committing = new ReentrantLock();

    /** Held while a slot is taken or given back. */
    private final ReentrantLock allocating = new ReentrantLock();

    private final FileSpace space;
    /**
     * The file has bytes up to here; what is new behind that is zeroes. Guarded by {@link #allocating}; -1: unknown.
     */
    private long extendedBytes = -1;

    private final PendingChanges pending;

    /** What must be durable before a change of this map is: the disk that blocks are moved into. */
    private volatile @Nullable VirtualDisk before;

    private volatile boolean begun;
    private volatile boolean contentChanges;
    private volatile boolean keepsContent;
    private volatile @Nullable IOException stuck;

    BlockFile(BackingStore store, BlockLayout layout) throws IOException {
        this.store = store;
        this.layout = layout;
        this.shape = layout.shape();
        this.map = new BlockMap(Math.ceilDiv(shape.sizeBytes(), shape.blockBytes()));
        this.space = new FileSpace(Math.min(shape.slotBytes(), 1 << 20));
        layout.load(map, space);
        seal();
        this.sectorMaps = new SectorMaps(layout, locks);
        this.pending = new PendingChanges(shape, sectorMaps);
    }

    private void seal() throws DiskFormatException {
        long overlap = space.seal();
        if (overlap >= 0) {
            throw new DiskFormatException(
                    ("%s: two blocks, or a block and a structure of the file, lie over each other at"
                                    + " offset %d; restore the file from a copy")
                            .formatted(store.location(), overlap));
        }
    }

    BlockMap map() {
        return map;
    }

    // ---- changes ----------------------------------------------------------------------------------------------------

    /** Refuses every change after one that could not be made durable: a later one would be lost with it. */
    void checkChangeable() throws IOException {
        IOException because = stuck;
        if (because != null) {
            throw new IOException(
                    ("%s: an earlier change of its map could not be made durable (%s); check the device, then take the"
                                    + " disk offline and online again")
                            .formatted(store.location(), because.getMessage()),
                    because);
        }
    }

    /** True when a change needs no preparation of the file any more. Never waits. */
    boolean hasBegun() {
        return contentChanges || (begun && keepsContent);
    }

    /** The file is going to be changed: it says so first, once. */
    void begin() throws IOException {
        checkChangeable();
        if (hasBegun()) {
            return;
        }
        committing.lock();
        try {
            if (!hasBegun()) {
                boolean keeps = keepsContent;
                layout.beginChanges(keeps);
                dropTail();
                begun = true;
                contentChanges = !keeps;
            }
        } finally {
            committing.unlock();
        }
    }

    /** What a crash has left behind the last slot must not come back as the content of a new one. */
    private void dropTail() throws IOException {
        allocating.lock();
        try {
            if (extendedBytes < 0) {
                layout.truncate(space.endBytes());
                extendedBytes = space.endBytes();
            }
        } finally {
            allocating.unlock();
        }
    }

    /** What is changed from now on is nothing that a child would see, or is again. */
    void keepsContent(boolean keeps) {
        keepsContent = keeps;
    }

    /** This disk must be durable before a change of the map is; null for none. */
    void durableBefore(@Nullable VirtualDisk other) {
        before = other;
    }

    /** The slot of a block, taken now if it has none. The caller is inside of the block. */
    long allocate(long block, int state) throws IOException {
        allocating.lock();
        try {
            long entry = map.get(block);
            if (Entry.hasSpace(entry)) {
                return entry;
            }
            if (state == Entry.PARTIAL) {
                layout.prepareSectors(block, space);
                extendedBytes = Math.max(extendedBytes, space.endBytes());
            }
            long slot = takeSlot();
            long taken = Entry.of(state, slot + shape.slotHeadBytes());
            pending.change(map, block, taken, state == Entry.PARTIAL ? sectorMaps.putNew(block) : null);
            return taken;
        } finally {
            allocating.unlock();
        }
    }

    /** Zeroes, whatever was there. Under {@link #allocating}. */
    private long takeSlot() throws IOException {
        long slotBytes = shape.slotBytes();
        long slot = space.take(slotBytes, shape.slotHeadBytes(), shape.slotAlignBytes());
        try {
            long end = slot + slotBytes;
            if (slot < extendedBytes) {
                store.punch(slot, Math.min(end, extendedBytes) - slot);
            }
            if (end > extendedBytes) {
                layout.extend(end);
                extendedBytes = end;
            }
            if (shape.slotHeadBytes() > 0) {
                // A commit writes there, and must not be the first to find out that the device is full.
                store.reserve(slot, shape.slotHeadBytes());
            }
            return slot;
        } catch (IOException | RuntimeException e) {
            space.free(slot, slotBytes);
            throw e;
        }
    }

    /** A gap that ends before {@code limitBytes}, of zeroes; -1 when there is none. */
    long takeSlotBefore(long limitBytes) throws IOException {
        allocating.lock();
        try {
            long slot = space.takeBefore(limitBytes, shape.slotBytes(), shape.slotHeadBytes(), shape.slotAlignBytes());
            if (slot >= 0) {
                store.punch(slot, shape.slotBytes());
                if (shape.slotHeadBytes() > 0) {
                    store.reserve(slot, shape.slotHeadBytes());
                }
            }
            return slot;
        } finally {
            allocating.unlock();
        }
    }

    /**
     * The slots that blocks are to have, as notes say, are taken, if they lie over nothing else; else nothing is
     * changed and the answer is false. Right after the file was opened.
     */
    boolean claim(Map<Long, Long> entries) throws IOException {
        allocating.lock();
        try {
            space.clear();
            layout.load(new BlockMap(map.blocks()), space);
            entries.forEach((block, entry) -> {
                long now = map.get(block);
                boolean has = Entry.hasSpace(now) && Entry.dataBytes(now) == Entry.dataBytes(entry);
                if (Entry.hasSpace(entry) && !has) {
                    space.use(Entry.dataBytes(entry) - shape.slotHeadBytes(), shape.slotBytes());
                }
            });
            if (space.seal() < 0) {
                return true;
            }
            space.clear();
            layout.load(new BlockMap(map.blocks()), space);
            seal();
            return false;
        } finally {
            allocating.unlock();
        }
    }

    /** A block becomes partial that has its slot already; the sectors that it has so far, which are none. */
    SectorMap prepareSectors(long block) throws IOException {
        allocating.lock();
        try {
            layout.prepareSectors(block, space);
            return sectorMaps.putNew(block);
        } finally {
            allocating.unlock();
        }
    }

    /** A slot was taken and is not used. */
    void giveBack(long slot) {
        allocating.lock();
        try {
            space.free(slot, shape.slotBytes());
        } finally {
            allocating.unlock();
        }
    }

    /** A block is this from now on, and not partial; a slot that it has no more is free when that is durable. */
    void change(long block, long entry) throws IOException {
        change(block, entry, null);
    }

    /** The same for a block that is partial, with its sectors. */
    void change(long block, long entry, @Nullable SectorMap sectors) throws IOException {
        pending.change(map, block, entry, sectors);
    }

    PendingChanges pending() {
        return pending;
    }

    /** Makes everything durable that was written before, and the map with it. After one that failed none succeeds. */
    void flush() throws IOException {
        committing.lock();
        try {
            checkChangeable();
            PendingChanges.Taken taken = pending.take();
            if (taken != null) {
                commit(taken);
                return;
            }
        } finally {
            committing.unlock();
        }
        VirtualDisk other = before;
        if (other != null) {
            other.flush();
        }
        store.flush();
    }

    private void commit(PendingChanges.Taken taken) throws IOException {
        try {
            VirtualDisk other = before;
            if (other != null) {
                other.flush();
            }
            store.flush();
            layout.commit(taken.changes);
        } catch (IOException | RuntimeException e) {
            stuck = e instanceof IOException failure ? failure : new IOException(e);
            throw e;
        } finally {
            pending.commitEnded();
        }
        pending.committed();
        giveBackAll(taken.freed);
        sectorMaps.trim(pending::hasChangedSectors);
    }

    /** Nothing durable refers to these slots any more: the device has their space again, and so has the next block. */
    private void giveBackAll(long... slots) throws IOException {
        Arrays.sort(slots);
        for (int at = 0; at < slots.length; ) {
            int end = at + 1;
            while (end < slots.length && slots[end] == slots[end - 1] + shape.slotBytes()) {
                end++;
            }
            long bytes = (end - at) * shape.slotBytes();
            store.punch(slots[at], bytes);
            allocating.lock();
            try {
                space.free(slots[at], bytes);
            } finally {
                allocating.unlock();
            }
            at = end;
        }
    }

    // ---- the layout's own changes -----------------------------------------------------------------------------------

    /** A change of the file that is none of the map's blocks. */
    @FunctionalInterface
    interface Step {
        void run(BlockLayout layout, FileSpace space) throws IOException;
    }

    /** Runs a change of the layout alone, with every earlier change durable. */
    void changeLayout(Step step) throws IOException {
        begin();
        withLayout(step);
    }

    /** The same for what changes nothing. */
    void withLayout(Step step) throws IOException {
        committing.lock();
        allocating.lock();
        try {
            checkChangeable();
            PendingChanges.Taken taken = pending.take();
            if (taken != null) {
                commit(taken);
            } else {
                store.flush();
            }
            step.run(layout, space);
        } catch (NoSpaceException | DiskFormatException refused) {
            throw refused;
        } catch (IOException | RuntimeException e) {
            // What the file is now is what it says; memory may know otherwise.
            stuck = e instanceof IOException failure ? failure : new IOException(e);
            throw e;
        } finally {
            allocating.unlock();
            committing.unlock();
        }
    }

    /**
     * The map has room for a disk of this size from now on. Waits for who is inside of a block, and for nothing else.
     */
    void resizeMap(long sizeBytes) {
        long blocks = Math.ceilDiv(sizeBytes, shape.blockBytes());
        locks.aloneWithAll(() -> map = map.resized(blocks));
    }

    /** Cuts off what lies behind the last slot; the bytes by which the file became shorter. */
    long truncate() throws IOException {
        long[] cut = {0};
        changeLayout((changed, free) -> {
            long beforeBytes = store.sizeBytes();
            // Gaps too small for anything are not remembered, so only the file tells where the last piece ends.
            free.clear();
            changed.load(new BlockMap(map.blocks()), free);
            seal();
            changed.truncate(free.endBytes());
            extendedBytes = free.endBytes();
            cut[0] = beforeBytes - store.sizeBytes();
        });
        return cut[0];
    }

    /** Bytes in the file that belong to nothing. */
    long leakedBytes() {
        allocating.lock();
        try {
            return space.freeBytes();
        } finally {
            allocating.unlock();
        }
    }

    /** The last call, with everything durable that can be. */
    void close() throws IOException {
        try {
            if (!store.readOnly() && stuck == null && begun) {
                flush();
                layout.close();
            }
            pending.close(stuck == null);
        } finally {
            store.close();
        }
    }

    /** Runs with the block for itself. */
    void alone(long block, Action action) throws IOException {
        StampedLock lock = locks.of(block);
        long stamp = lock.writeLock();
        try {
            action.run(map.get(block));
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /** What is done with a block that nobody else is inside of. */
    @FunctionalInterface
    interface Action {
        void run(long entry) throws IOException;
    }
}
