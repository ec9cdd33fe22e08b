package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.block.BlockDisk;
import dev.kume.core.disk.block.BlockMap;
import dev.kume.core.disk.block.FileSpace;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * VHDX, fixed, dynamic and differencing ([MS-VHDX], version 8.0). A file is refused that needs a region or a metadata
 * item which is not known; what is unknown and not needed stays as it is. A log that a crash has left is replayed
 * first: in the file, or in memory where the file cannot be written.
 *
 * <p>A child names its parent by the DataWriteGuid of the parent's header, which changes before the parent's content
 * does.
 */
public final class VhdxFormat implements DiskFormat {
    public static final String NAME = "vhdx";

    private final RandomGenerator random;

    /** @param random for GUIDs; asked by several threads at once */
    public VhdxFormat(RandomGenerator random) {
        this.random = random;
    }

    private UUID guid() {
        return Guid.random(random);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** 64 TB ([MS-VHDX] 2.6.2.2). */
    @Override
    public long maxSizeBytes() {
        return DiskParameters.SIZE_BYTES_MAX;
    }

    @Override
    public Set<DiskType> types() {
        return EnumSet.allOf(DiskType.class);
    }

    @Override
    public boolean probe(BackingStore store) throws IOException {
        return FileTypeIdentifier.isIn(store);
    }

    @Override
    public DiskImage inspect(BackingStore store) throws IOException {
        VhdxFile file = VhdxFile.read(store);
        DiskParameters parameters = file.parameters();
        ParentLocator locator = parameters.locator();
        return new DiskImage(
                NAME,
                parameters.type(),
                parameters.sizeBytes(),
                store.sizeBytes(),
                store.allocatedBytes(),
                parameters.blockBytes(),
                new DiskImage.Sectors(parameters.logicalBytes(), parameters.physicalBytes()),
                parameters.diskId(),
                file.headers().current().dataWriteGuid(),
                locator == null ? null : locator.link());
    }

    @Override
    public VirtualDisk open(BackingStore store, boolean thin, @Nullable VirtualDisk parent) throws IOException {
        VhdxFile file = VhdxFile.recover(BlockDisk.reserving(store), this::guid);
        if (file.parameters().hasParent() != (parent != null)) {
            throw new DiskFormatException(
                    parent == null
                            ? "%s is a differencing VHDX and cannot be opened without its parent"
                                    .formatted(store.location())
                            : "%s is no differencing VHDX and has no parent".formatted(store.location()));
        }
        return BlockDisk.open(file.store(), new VhdxLayout(file, this::guid), parent, thin);
    }

    @Override
    public void create(BackingStore store, CreateOptions options) throws IOException {
        checkSize(options.sizeBytes());
        new VhdxCreation(store, options).run(this::guid);
    }

    /** A child has its size from the file, too, so this is for every type. */
    @Override
    public void settle(BackingStore store, long sizeBytes) throws IOException {
        VhdxFile file = VhdxFile.recover(store, this::guid);
        long now = file.parameters().sizeBytes();
        if (now < sizeBytes) {
            throw Bytes.damaged(
                    store,
                    "Virtual Disk Size: %d bytes are less than the %d that the disk had".formatted(now, sizeBytes));
        }
        if (now > sizeBytes) {
            change(file, false, (layout, space) -> layout.resize(sizeBytes, space));
        }
    }

    @Override
    public DiskReport check(BackingStore store, boolean repair, Progress progress) throws IOException {
        return new VhdxCheck(store, repair && !store.readOnly(), this::guid).run(progress);
    }

    /** A new Virtual Disk ID and a new DataWriteGuid, by which a child would name it. */
    @Override
    public void identify(BackingStore store, UUID uniqueId) throws IOException {
        change(VhdxFile.recover(store, this::guid), false, (layout, space) -> layout.identify(uniqueId));
    }

    @Override
    public void relink(BackingStore store, ParentLink link) throws IOException {
        change(VhdxFile.recover(store, this::guid), true, (layout, space) -> layout.relink(link));
    }

    /** One change of a file that nobody has open. */
    @FunctionalInterface
    private interface Change {
        void run(VhdxLayout layout, FileSpace space) throws IOException;
    }

    private void change(VhdxFile file, boolean keepsContent, Change change) throws IOException {
        VhdxLayout layout = new VhdxLayout(file, this::guid);
        FileSpace space = new FileSpace(Bytes.MIB);
        layout.load(new BlockMap(file.bat().blocks(file.parameters().sizeBytes())), space);
        space.seal();
        // Blocks that only notes of a crashed process know of stay as they are.
        space.keepUpTo(file.store().sizeBytes());
        layout.beginChanges(keepsContent);
        change.run(layout, space);
        layout.close();
    }
}
