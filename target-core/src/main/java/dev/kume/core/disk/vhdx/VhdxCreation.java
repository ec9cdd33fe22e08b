package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.Space;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lays out a new file: the header section, the log, the metadata region, the BAT and, of a fixed disk, all blocks in
 * order. What makes it a VHDX is written last, so that a creation which is cut short is none.
 */
final class VhdxCreation {
    static final int BLOCK_BYTES_DEFAULT = 32 << 20;

    private static final String CREATOR = "Kume";
    private static final long LOG_BYTES = Bytes.MIB;
    private static final long LOG_OFFSET = Bytes.MIB;
    private static final long METADATA_OFFSET = LOG_OFFSET + LOG_BYTES;
    private static final long METADATA_BYTES = Bytes.MIB;
    private static final long BAT_OFFSET = METADATA_OFFSET + METADATA_BYTES;
    private static final int LOCATOR_OFFSET = 128 << 10;
    private static final int STEP_BYTES = 1 << 20;

    private final BackingStore store;
    private final CreateOptions options;
    private final DiskParameters parameters;
    private final Bat bat;

    VhdxCreation(BackingStore store, CreateOptions options) throws DiskFormatException {
        this.store = store;
        this.options = options;
        this.parameters = parameters(options);
        this.bat = new Bat(parameters.blockBytes(), parameters.logicalBytes(), parameters.hasParent());
    }

    private static DiskParameters parameters(CreateOptions options) throws DiskFormatException {
        long blockBytes = options.blockBytes() == 0 ? BLOCK_BYTES_DEFAULT : options.blockBytes();
        if (!DiskParameters.isBlockSize(blockBytes)) {
            throw new DiskFormatException(
                    "a VHDX cannot have blocks of %d bytes; give a power of two from 1 MB to 256 MB"
                            .formatted(blockBytes));
        }
        int logical = sector(options.sectors().logicalBytes(), DiskParameters.SECTOR_BYTES_SMALL);
        int physical = sector(options.sectors().physicalBytes(), DiskParameters.SECTOR_BYTES_LARGE);
        if (options.sizeBytes() % logical != 0) {
            throw new DiskFormatException("a disk of %d bytes has no whole number of sectors of %d bytes"
                    .formatted(options.sizeBytes(), logical));
        }
        ParentLink parent = options.parent();
        boolean hasParent = options.type() == DiskType.DIFFERENCING;
        if (hasParent == (parent == null)) {
            throw new DiskFormatException(
                    hasParent
                            ? "a differencing VHDX needs a parent"
                            : "a %s VHDX has no parent".formatted(options.type().word()));
        }
        return new DiskParameters(
                (int) blockBytes,
                options.type() == DiskType.FIXED,
                hasParent,
                options.sizeBytes(),
                options.uniqueId(),
                logical,
                physical,
                parent == null ? null : ParentLocator.of(parent));
    }

    private static int sector(int asked, int unsaid) throws DiskFormatException {
        int bytes = asked == 0 ? unsaid : asked;
        if (!DiskParameters.isSectorSize(bytes)) {
            throw new DiskFormatException("a VHDX has sectors of 512 or 4096 bytes, not of %d".formatted(bytes));
        }
        return bytes;
    }

    void run(Supplier<UUID> guids) throws IOException {
        Region batRegion = new Region(Region.BAT, BAT_OFFSET, bat.regionBytes(parameters.sizeBytes()), true);
        long dataOffset = BAT_OFFSET + batRegion.lengthBytes();
        boolean fixed = parameters.type() == DiskType.FIXED;
        long dataBytes = fixed ? bat.blocks(parameters.sizeBytes()) * parameters.blockBytes() : 0;
        Space.lay(store, dataOffset + dataBytes, !fixed || options.sparse(), options.progress());
        // A commit must never meet a full file system.
        store.reserve(0, dataOffset);
        Region metadataRegion = new Region(Region.METADATA, METADATA_OFFSET, METADATA_BYTES, true);
        writeMetadata(metadataRegion);
        if (fixed) {
            writeFullBat(dataOffset);
        }
        ByteBuffer regions = new RegionTable(List.of(batRegion, metadataRegion)).encode();
        for (long offset : RegionTable.OFFSETS) {
            store.write(offset, regions.duplicate());
        }
        store.flush();
        VhdxHeaders.create(
                store,
                new VhdxHeader(0, guids.get(), guids.get(), Guid.ZERO, 0, VhdxHeader.VERSION, LOG_BYTES, LOG_OFFSET));
        store.write(0, FileTypeIdentifier.encode(CREATOR));
        store.flush();
    }

    private void writeMetadata(Region region) throws IOException {
        List<MetadataItem> items = new ArrayList<>();
        List<ByteBuffer> contents = new ArrayList<>();
        int flags = (parameters.leaveBlocksAllocated() ? DiskParameters.LEAVE_BLOCKS_ALLOCATED : 0)
                | (parameters.hasParent() ? DiskParameters.HAS_PARENT : 0);
        contents.add(Bytes.allocate(DiskParameters.FILE_PARAMETERS_BYTES)
                .putInt(0, parameters.blockBytes())
                .putInt(DiskParameters.FLAGS, flags));
        items.add(item(items, contents, MetadataItem.FILE_PARAMETERS, false));
        contents.add(Bytes.allocate(Long.BYTES).putLong(0, parameters.sizeBytes()));
        items.add(item(items, contents, MetadataItem.VIRTUAL_DISK_SIZE, true));
        ByteBuffer id = Bytes.allocate(Guid.BYTES);
        Guid.put(id, 0, parameters.diskId());
        contents.add(id);
        items.add(item(items, contents, MetadataItem.VIRTUAL_DISK_ID, true));
        contents.add(Bytes.allocate(Integer.BYTES).putInt(0, parameters.logicalBytes()));
        items.add(item(items, contents, MetadataItem.LOGICAL_SECTOR_SIZE, true));
        contents.add(Bytes.allocate(Integer.BYTES).putInt(0, parameters.physicalBytes()));
        items.add(item(items, contents, MetadataItem.PHYSICAL_SECTOR_SIZE, true));
        @Nullable ParentLocator locator = parameters.locator();
        if (locator != null) {
            ByteBuffer encoded = locator.encode();
            contents.add(encoded);
            items.add(
                    new MetadataItem(MetadataItem.PARENT_LOCATOR, LOCATOR_OFFSET, encoded.limit(), false, false, true));
        }
        store.write(region.offsetBytes(), new MetadataTable(region, items).encode());
        for (int i = 0; i < items.size(); i++) {
            store.write(region.offsetBytes() + items.get(i).offsetBytes(), contents.get(i));
        }
    }

    /** The entry for the last of the contents, behind the items before it. */
    private static MetadataItem item(
            List<MetadataItem> items, List<ByteBuffer> contents, UUID id, boolean virtualDisk) {
        long at = items.isEmpty()
                ? MetadataTable.BYTES
                : items.getLast().offsetBytes() + items.getLast().lengthBytes();
        return new MetadataItem(id, at, contents.getLast().limit(), false, virtualDisk, true);
    }

    private void writeFullBat(long dataOffset) throws IOException {
        long blocks = bat.blocks(parameters.sizeBytes());
        ByteBuffer step = Bytes.allocate(STEP_BYTES);
        long first = 0;
        for (long block = 0; block < blocks; block++) {
            long index = bat.indexOf(block);
            if ((index - first) * BatEntry.BYTES >= STEP_BYTES) {
                store.write(BAT_OFFSET + first * BatEntry.BYTES, step.clear());
                step = Bytes.allocate(STEP_BYTES);
                first = index;
            }
            step.putLong(
                    (int) ((index - first) * BatEntry.BYTES),
                    BatEntry.of(BatEntry.FULLY_PRESENT, dataOffset + block * parameters.blockBytes()));
        }
        store.write(BAT_OFFSET + first * BatEntry.BYTES, step.clear());
    }
}
