package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.block.BlockMap;
import dev.kume.core.disk.block.FileSpace;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.UUID;

/**
 * A dynamic or differencing VHD that nobody serves, opened to change what it says about itself. Only space behind the
 * end of the file is taken: what the table does not refer to may be what the notes of a killed process do.
 */
final class ClosedVhd {
    private final BackingStore store;
    private final VhdLayout layout;
    private final BlockMap map;
    private final FileSpace space;

    private ClosedVhd(BackingStore store, VhdLayout layout, BlockMap map, FileSpace space) {
        this.store = store;
        this.layout = layout;
        this.map = map;
        this.space = space;
    }

    static boolean isMapped(BackingStore store) throws IOException {
        try {
            return Footers.read(store).fields().isMapped();
        } catch (DiskFormatException unreadable) {
            // A fixed disk in the middle of a growth has no footer where one is looked for.
            return false;
        }
    }

    static ClosedVhd open(BackingStore store) throws IOException {
        MappedVhd file = VhdRecovery.settleMapped(store, MappedVhd.read(store, Footers.read(store)));
        VhdLayout layout = new VhdLayout(store, file);
        BlockMap map = new BlockMap(file.blocks());
        long endBytes = loaded(store, layout, map, 0).endBytes();
        FileSpace space = loaded(store, layout, new BlockMap(file.blocks()), endBytes);
        layout.beginChanges(false);
        return new ClosedVhd(store, layout, map, space);
    }

    /** @param leftBytes from here to the footer nothing is free */
    private static FileSpace loaded(BackingStore store, VhdLayout layout, BlockMap map, long leftBytes)
            throws IOException {
        FileSpace space = new FileSpace(Long.MAX_VALUE);
        layout.load(map, space);
        if (leftBytes > 0 && leftBytes < layout.tailBytes()) {
            space.use(leftBytes, layout.tailBytes() - leftBytes);
        }
        long overlap = space.seal();
        if (overlap >= 0) {
            throw new DiskFormatException(
                    "%s: two pieces of the file lie over each other at offset %d; restore it from a copy"
                            .formatted(store.location(), overlap));
        }
        return space;
    }

    void relink(ParentLink link) throws IOException {
        layout.relink(link);
    }

    void identify(UUID uniqueId) throws IOException {
        layout.identify(uniqueId);
    }

    /** Takes a growth back that nobody was told of: nothing was written in what is new. */
    void settle(long sizeBytes) throws IOException {
        long nowBytes = layout.shape().sizeBytes();
        long first = Math.ceilDiv(sizeBytes, layout.shape().blockBytes());
        if (nowBytes < sizeBytes || map.nextEntry(first) < map.blocks()) {
            throw new DiskFormatException("%s is a VHD of %d bytes, not one of %d bytes that has grown; restore it"
                    .formatted(store.location(), nowBytes, sizeBytes));
        }
        if (nowBytes > sizeBytes) {
            layout.resize(sizeBytes, space);
        }
        store.flush();
    }
}
