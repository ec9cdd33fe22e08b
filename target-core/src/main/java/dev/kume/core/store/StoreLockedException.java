package dev.kume.core.store;

import java.io.IOException;
import java.nio.file.Path;

/** Somebody holds the store for writing, or holds it at all when it is to be written. */
public final class StoreLockedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String path;

    public StoreLockedException(Path path) {
        super(path
                + " is in use: another program, another Kume or another disk of this one has it open; close it there");
        this.path = path.toString();
    }

    /** The file that is in use. */
    public String path() {
        return path;
    }
}
