package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The structures of an open file, checked, with its log replayed. One thread at a time changes it.
 */
final class VhdxFile {
    private final BackingStore store;
    private final VhdxHeaders headers;
    private RegionTable regions;
    private MetadataTable metadata;
    private DiskParameters parameters;

    private VhdxFile(BackingStore store, VhdxHeaders headers) throws IOException {
        this.store = store;
        this.headers = headers;
        this.regions = RegionTable.read(store);
        structures();
        this.metadata = MetadataTable.read(store, regions.region(Region.METADATA));
        this.parameters = DiskParameters.read(store, metadata);
        checkBat();
    }

    /** Reads a file as it is after a replay of its log; nothing is written. */
    static VhdxFile read(BackingStore store) throws IOException {
        VhdxHeaders headers = VhdxHeaders.read(store);
        BackingStore replayed = headers.current().hasLog() ? LogReplay.inMemory(store, headers.current()) : store;
        return new VhdxFile(replayed, headers);
    }

    /**
     * Reads a file after its log has been replayed, into the file where the store can be written, and a torn header
     * been made whole.
     *
     * @param guids asked for a FileWriteGuid when the file is written
     */
    static VhdxFile recover(BackingStore store, Supplier<UUID> guids) throws IOException {
        if (store.readOnly()) {
            return read(store);
        }
        VhdxHeaders headers = VhdxHeaders.read(store);
        if (headers.current().hasLog()) {
            // A file that is refused is left as it was found.
            read(store);
            LogReplay.inFile(store, headers, guids.get());
        }
        VhdxFile file = new VhdxFile(store, headers);
        headers.mend();
        return file;
    }

    private void checkBat() throws DiskFormatException {
        Region region = regions.region(Region.BAT);
        long needed = bat().entries(parameters.sizeBytes()) * BatEntry.BYTES;
        if (region.lengthBytes() < needed) {
            throw Bytes.damaged(
                    store,
                    "the BAT region has %d bytes; a disk of %d bytes in blocks of %d needs %d"
                            .formatted(region.lengthBytes(), parameters.sizeBytes(), parameters.blockBytes(), needed));
        }
    }

    /** With what the log would change, where it could not be replayed into the file. */
    BackingStore store() {
        return store;
    }

    VhdxHeaders headers() {
        return headers;
    }

    RegionTable regions() {
        return regions;
    }

    void regions(RegionTable changed) {
        regions = changed;
    }

    MetadataTable metadata() {
        return metadata;
    }

    void metadata(MetadataTable changed) {
        metadata = changed;
    }

    DiskParameters parameters() {
        return parameters;
    }

    void parameters(DiskParameters changed) {
        parameters = changed;
    }

    Structures structures() throws DiskFormatException {
        return Structures.of(store, headers.current(), regions);
    }

    Bat bat() {
        return new Bat(parameters.blockBytes(), parameters.logicalBytes(), parameters.hasParent());
    }

    /** Payload blocks that the disk has; entries of the BAT behind theirs mean nothing. */
    long blocks() {
        return bat().blocks(parameters.sizeBytes());
    }

    /** Where in the file an entry of the BAT stands. */
    long entryOffset(long index) {
        return regions.region(Region.BAT).offsetBytes() + index * BatEntry.BYTES;
    }
}
