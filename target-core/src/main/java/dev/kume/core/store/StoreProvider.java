package dev.kume.core.store;

import java.io.IOException;
import java.nio.file.Path;

/** Opens, creates and removes stores. A store that is open for writing is locked against every other daemon. */
public interface StoreProvider {
    /**
     * Opens what exists. Many may read at once, or one may write; {@link StoreLockedException} when that is already so.
     */
    BackingStore open(Path path, boolean readOnly) throws IOException;

    /** Creates an empty, locked store; never touches what exists: {@link java.nio.file.FileAlreadyExistsException}. */
    BackingStore create(Path path) throws IOException;

    /**
     * Removes a store durably (its directory is synchronised). Refuses one that is open: {@link StoreLockedException}.
     */
    void remove(Path path) throws IOException;

    /** Renames durably and atomically within one file system; refuses to replace what exists. */
    void rename(Path from, Path to) throws IOException;

    /** Makes creations, renames and removals in this directory durable. */
    void syncDirectory(Path directory) throws IOException;
}
