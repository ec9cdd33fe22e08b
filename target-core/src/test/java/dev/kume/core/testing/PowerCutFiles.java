package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.FilterStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreClosedException;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory that lose power together. A creation, a rename and a removal are durable after {@link #syncDirectory}
 * alone, whatever was flushed; the two last do that themselves, as every {@link StoreProvider} does. One hook runs
 * before each call, of every file and of the directory: a {@link Power} cuts or looks at any moment of any operation.
 * Any thread.
 */
public final class PowerCutFiles implements StoreProvider {
    /** An entry that comes, goes, or both, and is not durable; where both, a power cut leaves one of them. */
    private record Entry(@Nullable Path gone, @Nullable Path come, PowerCutStore store) {
        private boolean isIn(Path directory) {
            return isIn(gone, directory) || isIn(come, directory);
        }

        private static boolean isIn(@Nullable Path path, Path directory) {
            return path != null && directory.equals(path.toAbsolutePath().getParent());
        }

        private void applyTo(Map<Path, PowerCutStore> names) {
            if (gone != null) {
                names.remove(gone, store);
            }
            if (come != null) {
                names.put(come, store);
            }
        }
    }

    private final FaultyStore.Hook hook;
    private final Map<Path, PowerCutStore> files = new HashMap<>();
    private final Map<Path, PowerCutStore> durable = new HashMap<>();
    private final List<Entry> unsynced = new ArrayList<>();
    private final Set<PowerCutStore> written = new HashSet<>();
    private final Map<PowerCutStore, Integer> readers = new HashMap<>();

    /** @param hook runs before each call of every store, and of the directories */
    public PowerCutFiles(FaultyStore.Hook hook) {
        this.hook = hook;
    }

    /** The bytes of a file, or null when it is not there. */
    public synchronized @Nullable PowerCutStore find(Path path) {
        return files.get(path);
    }

    /** The names that are there. */
    public synchronized Set<Path> paths() {
        return Set.copyOf(files.keySet());
    }

    /** There is such a file, durably. */
    public synchronized void put(Path path, PowerCutStore store) {
        files.put(path, store);
        durable.put(path, store);
    }

    /** What a restarted host may find: see {@link PowerCutStore#cut}; of entries that were not synchronised any. */
    public synchronized PowerCutFiles cut(RandomGenerator random, int tearBytes, FaultyStore.Hook newHook) {
        Map<Path, PowerCutStore> left = new HashMap<>(durable);
        int upTo = random.nextInt(unsynced.size() + 1);
        boolean inOrder = random.nextBoolean();
        for (int i = 0; i < unsynced.size(); i++) {
            if (inOrder ? i < upTo : random.nextBoolean()) {
                unsynced.get(i).applyTo(left);
            }
        }
        PowerCutFiles survived = new PowerCutFiles(newHook);
        // In an order that is the same in each run of a seed.
        left.keySet().stream()
                .sorted()
                .forEach(path -> survived.put(path, left.get(path).cut(random, tearBytes)));
        return survived;
    }

    /** The same, where the device tears no sector, and nothing is hooked. */
    public PowerCutFiles cut(RandomGenerator random) {
        return cut(random, PowerCutStore.SECTOR_BYTES, FaultyStore.Hook.NONE);
    }

    /** What a restarted daemon finds on a host that went on. */
    public synchronized PowerCutFiles afterKill(FaultyStore.Hook newHook) {
        PowerCutFiles survived = new PowerCutFiles(newHook);
        files.forEach((path, store) -> survived.put(path, store.afterKill()));
        return survived;
    }

    public PowerCutFiles afterKill() {
        return afterKill(FaultyStore.Hook.NONE);
    }

    @Override
    public BackingStore open(Path path, boolean readOnly) throws IOException {
        PowerCutStore store;
        synchronized (this) {
            store = existing(path);
            if (written.contains(store) || (!readOnly && readers.containsKey(store))) {
                throw new StoreLockedException(path);
            }
            if (readOnly) {
                readers.merge(store, 1, Integer::sum);
            } else {
                written.add(store);
            }
        }
        OpenFile file = new OpenFile(store, path, readOnly);
        return new FaultyStore(file).hook((call, offsetBytes, lengthBytes) -> {
            file.check(call);
            hook.before(call, offsetBytes, lengthBytes);
        });
    }

    @Override
    public BackingStore create(Path path) throws IOException {
        hook.before(FaultyStore.Call.CREATE, 0, 0);
        synchronized (this) {
            if (files.containsKey(path)) {
                throw new FileAlreadyExistsException(path.toString());
            }
            change(new Entry(null, path, new PowerCutStore(path.toString())));
        }
        return open(path, false);
    }

    @Override
    public void remove(Path path) throws IOException {
        hook.before(FaultyStore.Call.REMOVE, 0, 0);
        synchronized (this) {
            PowerCutStore store = existing(path);
            if (written.contains(store) || readers.containsKey(store)) {
                throw new StoreLockedException(path);
            }
            change(new Entry(path, null, store));
        }
        syncDirectory(LocalFiles.directoryOf(path));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        hook.before(FaultyStore.Call.RENAME, 0, 0);
        synchronized (this) {
            PowerCutStore store = existing(from);
            if (files.containsKey(to)) {
                throw new FileAlreadyExistsException(to.toString());
            }
            change(new Entry(from, to, store));
        }
        syncDirectory(LocalFiles.directoryOf(to));
        syncDirectory(LocalFiles.directoryOf(from));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        hook.before(FaultyStore.Call.SYNC, 0, 0);
        synchronized (this) {
            unsynced.removeIf(entry -> {
                boolean synced = entry.isIn(directory.toAbsolutePath());
                if (synced) {
                    entry.applyTo(durable);
                }
                return synced;
            });
        }
    }

    private void change(Entry entry) {
        entry.applyTo(files);
        unsynced.add(entry);
    }

    private PowerCutStore existing(Path path) throws NoSuchFileException {
        PowerCutStore store = files.get(path);
        if (store == null) {
            throw new NoSuchFileException(path.toString());
        }
        return store;
    }

    /** One descriptor of a file. */
    private final class OpenFile extends FilterStore {
        private final PowerCutStore file;
        private final Path path;
        private final boolean readOnly;
        private volatile boolean closed;

        private OpenFile(PowerCutStore file, Path path, boolean readOnly) {
            super(file);
            this.file = file;
            this.path = path;
            this.readOnly = readOnly;
        }

        private void check(FaultyStore.Call call) throws IOException {
            boolean changes = call != FaultyStore.Call.READ && call != FaultyStore.Call.FLUSH;
            if (call == FaultyStore.Call.CLOSE) {
                return;
            }
            if (closed) {
                throw new StoreClosedException(path.toString());
            }
            if (readOnly && changes) {
                throw new IOException(path + " is open for reading alone");
            }
        }

        @Override
        public String location() {
            return path.toString();
        }

        @Override
        public boolean readOnly() {
            return readOnly;
        }

        @Override
        public int tryRead(long offsetBytes, ByteBuffer target) {
            return closed ? 0 : file.tryRead(offsetBytes, target);
        }

        @Override
        public void close() {
            synchronized (PowerCutFiles.this) {
                if (!closed && readOnly) {
                    readers.computeIfPresent(file, (store, count) -> count == 1 ? null : count - 1);
                } else if (!closed) {
                    written.remove(file);
                }
                closed = true;
            }
        }
    }
}
