package dev.kume.core.store;

import java.io.IOException;
import java.nio.file.Path;

/** Another process holds the store for writing. */
public final class StoreLockedException extends IOException {
    private static final long serialVersionUID = 1L;

    public StoreLockedException(Path path) {
        super(path + " is in use by another process");
    }
}
