package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory that can lose power together, and whose calls can be failed or cut off by one hook. A creation and a
 * removal are durable at once. Single thread.
 */
public final class MemoryFiles implements StoreProvider {
    private final Map<Path, MemoryStore> files = new HashMap<>();
    private final FaultyStore.Hook hook;

    /** @param hook runs before each call of every store */
    public MemoryFiles(FaultyStore.Hook hook) {
        this.hook = hook;
    }

    /** The bytes of a file, or null when it is not there. */
    public @Nullable MemoryStore find(Path path) {
        return files.get(path);
    }

    public void put(Path path, MemoryStore store) {
        files.put(path, store);
    }

    /** What a restarted host finds. */
    public MemoryFiles afterPowerCut(RandomGenerator random) {
        MemoryFiles survived = new MemoryFiles(FaultyStore.Hook.NONE);
        files.forEach((path, store) -> survived.files.put(path, store.afterPowerCut(random)));
        return survived;
    }

    /** What a restarted daemon finds on a host that went on. */
    public MemoryFiles afterKill() {
        MemoryFiles survived = new MemoryFiles(FaultyStore.Hook.NONE);
        files.forEach((path, store) -> survived.files.put(path, MemoryStore.holding(store.location(), store.bytes())));
        return survived;
    }

    @Override
    public BackingStore open(Path path, boolean readOnly) throws IOException {
        MemoryStore store = files.get(path);
        if (store == null) {
            throw new NoSuchFileException(path.toString());
        }
        return new FaultyStore(store).hook(hook);
    }

    @Override
    public BackingStore create(Path path) throws IOException {
        if (files.containsKey(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        files.put(path, new MemoryStore(path.toString()));
        return open(path, false);
    }

    @Override
    public void remove(Path path) throws IOException {
        if (files.remove(path) == null) {
            throw new NoSuchFileException(path.toString());
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        MemoryStore store = files.remove(from);
        if (store == null) {
            throw new NoSuchFileException(from.toString());
        }
        files.put(to, store);
    }

    @Override
    public void syncDirectory(Path directory) {
        // Durable at once.
    }
}
