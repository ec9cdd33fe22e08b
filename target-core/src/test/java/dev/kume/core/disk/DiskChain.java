package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A disk and its parents as the files name them, opened together; the last one is the disk. */
final class DiskChain {
    /** One file of it. */
    record Layer(Path path, VirtualDisk disk) {}

    private static final int LAYERS_MAX = 16;

    private final StoreProvider files;
    private final DiskFormat format;
    private final boolean thin;
    private final List<Path> known;
    private final boolean parentsWritable;
    private final @Nullable UUID bootId;
    private final List<Layer> layers = new ArrayList<>();

    private DiskChain(
            StoreProvider files,
            DiskFormat format,
            boolean thin,
            List<Path> known,
            boolean parentsWritable,
            @Nullable UUID bootId) {
        this.files = files;
        this.format = format;
        this.thin = thin;
        this.known = List.copyOf(known);
        this.parentsWritable = parentsWritable;
        this.bootId = bootId;
    }

    /**
     * Opens a disk over the parents that the links lead to.
     *
     * @param known    the files that may be a part of it
     * @param writable true when the parents are opened for writing, too
     * @param bootId   of the host, for notes of what is not durable; null when none are kept
     */
    static DiskChain open(
            StoreProvider files,
            DiskFormat format,
            boolean thin,
            Path top,
            List<Path> known,
            boolean writable,
            @Nullable UUID bootId)
            throws IOException {
        DiskChain chain = new DiskChain(files, format, thin, known, writable, bootId);
        chain.add(top, true, null);
        return chain;
    }

    private VirtualDisk add(Path path, boolean writable, @Nullable ParentLink expected) throws IOException {
        assertTrue(layers.size() < LAYERS_MAX, "a loop of parents");
        BackingStore store = files.open(path, !writable);
        DiskImage image = format.inspect(store);
        if (expected != null) {
            assertEquals(expected.contentId(), image.contentId(), "the parent that " + path + " is");
        }
        ParentLink link = image.parent();
        VirtualDisk parent = null;
        if (link != null) {
            Path parentPath = path.resolveSibling(link.relativePath()).normalize();
            assertTrue(known.contains(parentPath), path + " has a parent " + parentPath);
            parent = add(parentPath, parentsWritable, link);
        }
        VirtualDisk disk = format.open(store, thin, parent);
        if (bootId != null && writable && disk instanceof MappedDisk mapped) {
            assertTrue(mapped.keepNotes(new MapNotes(files, path, bootId)), "notes of another state of " + path);
        }
        layers.add(new Layer(path, disk));
        return disk;
    }

    VirtualDisk top() {
        return layers.getLast().disk();
    }

    /** Files from the bottom up. */
    List<Path> paths() {
        return layers.stream().map(Layer::path).toList();
    }

    List<Layer> layers() {
        return Collections.unmodifiableList(layers);
    }

    /** Puts a new disk on top. */
    void push(Path path, VirtualDisk disk) {
        layers.add(new Layer(path, disk));
    }

    /** Takes a layer out; the caller closes it. */
    Layer remove(int at) {
        return layers.remove(at);
    }

    /** Closes the disk, then its parents. */
    void close() throws IOException {
        for (Layer layer : layers.reversed()) {
            layer.disk().close();
        }
    }
}
