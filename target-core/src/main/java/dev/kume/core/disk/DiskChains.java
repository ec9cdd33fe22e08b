package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Disk files with all their parents. A file is open once, however many disks read it: each {@link #open} and each child
 * gets a {@link Chain}, and the last one closes the file. Any thread; an open waits for devices, and for other opens.
 *
 * <p>Parents are opened for writing where that can be, and not written: so no other program can change them under their
 * children.
 */
public final class DiskChains {
    /** How many files may lie over each other: a disk and 512 snapshots. */
    public static final int DEPTH_MAX = 513;

    private final StoreProvider stores;
    private final @Nullable NoteKeeping notes;
    private final ReentrantLock lock = new ReentrantLock();

    /** Open files by their real paths. Changed under the lock. */
    private final Map<Path, OpenFile> files = new ConcurrentHashMap<>();

    /** Files whose changes are not noted: a crash of the process takes back what was not flushed. */
    public DiskChains(StoreProvider stores) {
        this(stores, null);
    }

    /** @param notes how changes of maps that are not durable outlive the process, null for not at all */
    public DiskChains(StoreProvider stores, @Nullable NoteKeeping notes) {
        this.stores = stores;
        this.notes = notes;
    }

    /**
     * How {@link MapNotes} are kept.
     *
     * @param bootId of this start of the system
     * @param stray  hears of files whose notes are of another state of the file, and were left out
     */
    public record NoteKeeping(UUID bootId, Consumer<Path> stray) {}

    /**
     * Opens a disk file for writing, with its parents; one that is open already is shared.
     *
     * @param thin as in {@link DiskFormat#open}
     * @throws DiskFormatException also when a parent is missing, was changed, or does not fit its child
     */
    public Chain open(Path file, DiskFormat format, boolean thin) throws IOException {
        lock.lock();
        try {
            Path path = ChainRules.realPath(file);
            OpenFile there = files.get(path);
            return hold(there != null ? there : open(path, format, stores.open(path, false), thin, new ArrayList<>()));
        } finally {
            lock.unlock();
        }
    }

    /** How many open files are children of this one. */
    public int children(Path file) {
        lock.lock();
        try {
            OpenFile there = files.get(ChainRules.realPath(file));
            return there == null ? 0 : there.children;
        } finally {
            lock.unlock();
        }
    }

    /** The store of a file that is open, else null. Never waits for an open. */
    public @Nullable BackingStore find(Path file) {
        OpenFile there = files.get(ChainRules.realPath(file));
        return there == null ? null : there.store;
    }

    /** One open file. Its path, counts and parent are guarded by the lock. */
    static final class OpenFile {
        final DiskFormat format;
        final BackingStore store;
        final DiskImage image;
        final VirtualDisk disk;
        private Path path;
        private @Nullable Chain parent;
        private int holds;
        private int children;

        private OpenFile(
                Path path,
                DiskFormat format,
                BackingStore store,
                DiskImage image,
                VirtualDisk disk,
                @Nullable Chain parent) {
            this.path = path;
            this.format = format;
            this.store = store;
            this.image = image;
            this.disk = disk;
            this.parent = parent;
        }

        private int depth() {
            int depth = 1;
            for (Chain at = parent; at != null; at = at.opened().parent) {
                depth++;
            }
            return depth;
        }
    }

    private Chain hold(OpenFile file) {
        file.holds++;
        return new Chain(this, file);
    }

    /**
     * Takes the store over, also when this throws.
     *
     * @param above the files over this one, the lowest last
     */
    private OpenFile open(Path path, DiskFormat format, BackingStore store, boolean thin, List<ChainRules.Link> above)
            throws IOException {
        Chain parent = null;
        try {
            DiskImage image = format.inspect(store);
            ParentLink link = image.parent();
            if (link != null) {
                above.add(new ChainRules.Link(path, image));
                parent = openParent(format, link, above);
            }
            VirtualDisk disk = format.open(store, thin, parent == null ? null : parent.disk());
            keepNotes(path, disk);
            OpenFile opened = new OpenFile(path, format, store, image, disk, parent);
            if (parent != null) {
                parent.opened().children++;
            }
            files.put(path, opened);
            return opened;
        } catch (IOException | RuntimeException | Error e) {
            if (parent != null) {
                closeAfter(e, parent);
            }
            closeAfter(e, store);
            throw e;
        }
    }

    private void keepNotes(Path path, VirtualDisk disk) throws IOException {
        if (notes != null && disk instanceof MappedDisk mapped) {
            if (!mapped.keepNotes(new MapNotes(stores, path, notes.bootId()))) {
                notes.stray().accept(path);
            }
        }
    }

    private Chain openParent(DiskFormat format, ParentLink link, List<ChainRules.Link> above) throws IOException {
        ChainRules.Link child = above.getLast();
        ChainRules.checkNoLoop(above, link);
        List<Path> places = ChainRules.places(child.path(), link);
        List<String> others = new ArrayList<>();
        for (Path place : places) {
            Path path = ChainRules.realPath(place);
            if (above.stream().anyMatch(each -> each.path().equals(path))) {
                others.add("%s is this file itself, or a child of it".formatted(path));
                continue;
            }
            OpenFile there = files.get(path);
            BackingStore store = there == null ? openIfThere(path) : there.store;
            if (store == null) {
                continue;
            }
            DiskImage found;
            try {
                found = matching(format, path, store, link, others);
                if (found != null) {
                    ChainRules.checkFits(child, path, found);
                    ChainRules.checkDepth(above, there == null ? 1 : there.depth());
                }
            } catch (IOException | RuntimeException | Error e) {
                if (there == null) {
                    closeAfter(e, store);
                }
                throw e;
            }
            if (found != null) {
                return hold(there == null ? open(path, format, store, found.sparse(), above) : there);
            }
            if (there == null) {
                store.close();
            }
        }
        throw ChainRules.notFound(child.path(), link, places, others);
    }

    /** Its image when the store has the parent; what was found instead is told to {@code others}. */
    private static @Nullable DiskImage matching(
            DiskFormat format, Path path, BackingStore store, ParentLink link, List<String> others) throws IOException {
        DiskImage found;
        try {
            // Of a file that is open, too: it may have been written since, which gives it another id.
            found = format.inspect(store);
        } catch (DiskFormatException e) {
            others.add(String.valueOf(e.getMessage()));
            return null;
        }
        if (link.contentId().equals(found.contentId())) {
            return found;
        }
        others.add("%s has the id %s".formatted(path, found.contentId()));
        return null;
    }

    private @Nullable BackingStore openIfThere(Path path) throws IOException {
        try {
            return stores.open(path, false);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            try {
                return stores.open(path, true);
            } catch (IOException again) {
                e.addSuppressed(again);
                throw e;
            }
        }
    }

    private static void closeAfter(Throwable failure, Closeable open) {
        try {
            open.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    // ---- of one chain -----------------------------------------------------------------------------------------------

    void close(OpenFile file) throws IOException {
        lock.lock();
        try {
            if (--file.holds > 0) {
                return;
            }
            files.remove(file.path, file);
            Chain parent = file.parent;
            try {
                file.disk.close();
            } finally {
                if (parent != null) {
                    parent.opened().children--;
                    parent.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    Path path(OpenFile file) {
        lock.lock();
        try {
            return file.path;
        } finally {
            lock.unlock();
        }
    }

    int children(OpenFile file) {
        lock.lock();
        try {
            return file.children;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Chain parent(OpenFile file) {
        lock.lock();
        try {
            return file.parent;
        } finally {
            lock.unlock();
        }
    }

    Chain replaceParent(OpenFile file, Chain next) {
        lock.lock();
        try {
            Chain before = file.parent;
            if (before == null || !(file.disk instanceof MappedDisk mapped)) {
                throw new IllegalStateException(file.path + " has no parent that could be replaced");
            }
            mapped.replaceParent(next.disk());
            before.opened().children--;
            next.opened().children++;
            file.parent = next;
            return before;
        } finally {
            lock.unlock();
        }
    }
}
