package dev.kume.core.disk.vhd;

import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.FlatDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.Space;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.block.BlockDisk;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * VHD, version 1.0 of its specification: fixed, dynamic and differencing disks. A fixed one is the bytes of the disk
 * and a footer of 512 bytes; the others have a table of blocks, see {@link VhdLayout}.
 *
 * <p><b>Size.</b> The disk is as large as the footer's current size field says, as in Windows, whoever made the file.
 * qemu agrees for every file that Kume or qemu itself has written; for files of Virtual PC ({@code "vpc "}) and of
 * creators it does not know it multiplies the geometry out, and sees a little less at the end. A new disk ends at 2040
 * GiB, where Windows stops; a larger consistent fixed file (Microsoft's iSCSI target makes them) is opened.
 */
public final class VhdFormat implements DiskFormat {
    public static final String NAME = "vhd";

    /** 2040 GiB: FF000000h sectors. */
    public static final long MAX_SIZE_BYTES = 2040L << 30;

    private final Clock clock;

    public VhdFormat(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long maxSizeBytes() {
        return MAX_SIZE_BYTES;
    }

    @Override
    public Set<DiskType> types() {
        return EnumSet.allOf(DiskType.class);
    }

    /** True for every file that has a footer at either end, also for those that {@link #open} refuses. */
    @Override
    public boolean probe(BackingStore store) throws IOException {
        return Footers.probe(store);
    }

    @Override
    public DiskImage inspect(BackingStore store) throws IOException {
        Footers footers = Footers.read(store);
        VhdFooter fields = footers.fields();
        long fileBytes = store.sizeBytes();
        long allocatedBytes = store.allocatedBytes();
        if (!fields.isMapped()) {
            return new DiskImage(NAME, fields.currentSizeBytes(), fileBytes, allocatedBytes, fields.uniqueId());
        }
        MappedVhd file = MappedVhd.read(store, footers);
        return new DiskImage(
                NAME,
                file.type(),
                file.sizeBytes(),
                fileBytes,
                allocatedBytes,
                file.header().blockBytes(),
                DiskImage.Sectors.UNSAID,
                fields.uniqueId(),
                fields.uniqueId(),
                file.parent());
    }

    @Override
    public VirtualDisk open(BackingStore store, boolean thin, @Nullable VirtualDisk parent) throws IOException {
        Footers footers = Footers.read(store);
        if (footers.fields().isMapped()) {
            MappedVhd file = MappedVhd.read(store, footers);
            if ((file.type() == DiskType.DIFFERENCING) != (parent != null)) {
                throw new DiskFormatException("%s is a %s VHD, but %s parent was given to open it with"
                        .formatted(store.location(), file.type().word(), parent == null ? "no" : "a"));
            }
            BackingStore reserving = BlockDisk.reserving(store);
            MappedVhd whole = VhdRecovery.settleMapped(reserving, file);
            return BlockDisk.open(reserving, new VhdLayout(reserving, whole), parent, thin);
        }
        VhdRecovery.settleFixed(store, footers);
        DiskInfo info = new DiskInfo(footers.fields().currentSizeBytes(), store.readOnly(), thin, store.blockBytes());
        return FlatDisk.open(store, info, new VhdGrowth(this));
    }

    @Override
    public void checkSize(long sizeBytes) throws DiskFormatException {
        VhdSizes.check(sizeBytes);
    }

    @Override
    public void create(BackingStore store, CreateOptions options) throws IOException {
        VhdCreation.check(store.location(), options);
        if (options.type() != DiskType.FIXED) {
            VhdCreation.write(store, options, clock.now());
            return;
        }
        long sizeBytes = options.sizeBytes();
        Space.lay(store, sizeBytes + VhdFooter.BYTES, options.sparse(), options.progress());
        store.write(sizeBytes, VhdFooter.fixed(sizeBytes, options.uniqueId()).encode(clock.now()));
        store.flush();
    }

    @Override
    public void settle(BackingStore store, long sizeBytes) throws IOException {
        // A fixed disk comes first: in the middle of a growth it has no footer where one is looked for, and what stands
        // at its beginning is the initiator's.
        if (!VhdGrowth.isFixedOf(store, sizeBytes) && ClosedVhd.isMapped(store)) {
            ClosedVhd.open(store).settle(sizeBytes);
        } else {
            new VhdGrowth(this).settle(store, sizeBytes);
        }
    }

    @Override
    public DiskReport check(BackingStore store, boolean repair, Progress progress) throws IOException {
        return new VhdCheck(store, repair, progress).run();
    }

    @Override
    public void identify(BackingStore store, UUID uniqueId) throws IOException {
        Footers footers = Footers.read(store);
        if (footers.fields().isMapped()) {
            ClosedVhd.open(store).identify(uniqueId);
        } else {
            VhdGrowth.identify(store, footers, uniqueId);
        }
    }

    @Override
    public void relink(BackingStore store, ParentLink link) throws IOException {
        Footers footers = Footers.read(store);
        if (!footers.fields().isMapped()) {
            throw new DiskFormatException(store.location() + " is a fixed VHD, which has no parent to name");
        }
        ClosedVhd.open(store).relink(link);
    }
}
