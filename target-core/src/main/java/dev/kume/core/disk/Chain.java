package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A hold on an open disk file, and by that on all of its parents. {@link DiskChains} gives one to each who opens the
 * file; the last to {@link #close} closes it.
 */
public final class Chain implements Closeable {
    private final DiskChains chains;
    private final DiskChains.OpenFile file;
    private final AtomicBoolean closed = new AtomicBoolean();

    Chain(DiskChains chains, DiskChains.OpenFile file) {
        this.chains = chains;
        this.file = file;
    }

    DiskChains.OpenFile opened() {
        return file;
    }

    /** The disk in the file, one for all who hold it; closing it is for the last of them. */
    public VirtualDisk disk() {
        return file.disk;
    }

    /** The file. */
    public BackingStore store() {
        return file.store;
    }

    public DiskFormat format() {
        return file.format;
    }

    /** What the file said about itself when it was opened. */
    public DiskImage image() {
        return file.image;
    }

    /** What the file says about itself now. */
    public DiskImage inspect() throws IOException {
        return file.format.inspect(file.store);
    }

    /** Where the file is, without symbolic links. */
    public Path file() {
        return chains.path(file);
    }

    /** The hold that this file has on its parent, null where it has none. It is this file's to close. */
    public @Nullable Chain parent() {
        return chains.parent(file);
    }

    /** How many open files are children of this one. */
    public int children() {
        return chains.children(file);
    }

    /**
     * What this file has not is read from another parent from now on: see {@link MappedDisk#replaceParent}. It takes
     * the hold on that over.
     *
     * @return the hold on the parent until now, which the caller closes
     */
    public Chain replaceParent(Chain next) {
        return chains.replaceParent(file, next);
    }

    /** Closes the file when nobody else holds it. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            chains.close(file);
        }
    }
}
