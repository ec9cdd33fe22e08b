package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Path;

/** Makes whole disk files: all of one, durably, or none. */
public final class DiskFiles {
    private final StoreProvider stores;

    public DiskFiles(StoreProvider stores) {
        this.stores = stores;
    }

    /**
     * Creates a disk file and opens it. When this returns, the file, its content and its directory entry are durable.
     * When it throws, whatever the reason (no space, a cancel, a bug), no file is left behind.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is anything of that name; it is not touched
     * @throws DiskFormatException when the size does not fit the format; nothing is made
     */
    public VirtualDisk create(Path path, DiskFormat format, DiskFormat.CreateOptions options) throws IOException {
        return made(path, format, options, store -> format.open(store, options.sparse()));
    }

    /** The same for a file that is not opened yet: one that has a parent is opened by {@link DiskChains}. */
    public void make(Path path, DiskFormat format, DiskFormat.CreateOptions options) throws IOException {
        made(path, format, options, store -> {
            store.close();
            return store;
        });
    }

    /** What is done with a file that is whole. */
    @FunctionalInterface
    private interface Then<T> {
        T of(BackingStore store) throws IOException;
    }

    private <T> T made(Path path, DiskFormat format, DiskFormat.CreateOptions options, Then<T> then)
            throws IOException {
        format.checkSize(options.sizeBytes());
        BackingStore store = stores.create(path);
        try {
            format.create(store, options);
            stores.syncDirectory(directoryOf(path));
            return then.of(store);
        } catch (Throwable failure) {
            removeHalfMade(path, store, failure);
            throw failure;
        }
    }

    private void removeHalfMade(Path path, BackingStore store, Throwable failure) {
        try {
            store.close();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        try {
            stores.remove(path);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static Path directoryOf(Path path) {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalArgumentException(path + " is not a file");
        }
        return directory;
    }
}
