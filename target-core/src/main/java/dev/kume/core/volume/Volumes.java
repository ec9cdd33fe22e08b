package dev.kume.core.volume;

import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what hosts have put on a disk by the signatures that all tools know it by. Reads a few blocks of each
 * partition; for disk threads, and not for each command.
 */
public final class Volumes {
    private static final int BOOT_BYTES = 512;
    private static final int EXT_MAGIC_AT = 1_024 + 0x38;
    private static final short EXT_MAGIC = (short) 0xEF53;
    private static final int BTRFS_AT = 64 * 1024;
    private static final int BTRFS_MAGIC_AT = 0x40;
    private static final int GFS2_AT = 64 * 1024;
    private static final int GFS2_MAGIC = 0x0116_1970;
    private static final int GFS2_SUPERBLOCK = 1;
    private static final int VMFS_AT = 1024 * 1024;
    private static final int VMFS_MAGIC = 0xC001_D00D;

    private Volumes() {}

    /**
     * What lies on a disk.
     *
     * @param blockBytes what an LBA counts
     */
    public static List<Volume> find(VirtualDisk disk, int blockBytes) throws IOException {
        Blocks blocks = new Blocks(disk, 0);
        VolumeKind whole = at(blocks);
        if (whole != null) {
            return List.of(new Volume(whole, 0));
        }
        List<Volume> found = new ArrayList<>();
        for (PartitionTable.Partition partition : PartitionTable.read(blocks, blockBytes)) {
            VolumeKind kind = partition.startBytes() > 0 ? at(blocks.from(partition.startBytes())) : null;
            if (kind != null) {
                found.add(new Volume(kind, partition.number()));
            }
        }
        return found;
    }

    private static @Nullable VolumeKind at(Blocks volume) throws IOException {
        ByteBuffer boot = volume.read(0, BOOT_BYTES);
        if (Blocks.has(boot, 3, "NTFS    ")) {
            return VolumeKind.NTFS;
        }
        if (Blocks.has(boot, 3, "ReFS\0") && Blocks.has(boot, 16, "FSRS")) {
            return VolumeKind.REFS;
        }
        if (Blocks.has(boot, 0, "XFSB")) {
            return VolumeKind.XFS;
        }
        // Before LVM and ext: what lies there may be a remnant.
        if (isOcfs2(volume)) {
            return VolumeKind.OCFS2;
        }
        ByteBuffer gfs2 = volume.read(GFS2_AT, BOOT_BYTES).order(ByteOrder.BIG_ENDIAN);
        if (gfs2.getInt(0) == GFS2_MAGIC && gfs2.getInt(4) == GFS2_SUPERBLOCK) {
            return VolumeKind.GFS2;
        }
        if (volume.read(VMFS_AT, BOOT_BYTES).getInt(0) == VMFS_MAGIC) {
            return VolumeKind.VMFS;
        }
        if (Blocks.has(volume.read(BTRFS_AT, BOOT_BYTES), BTRFS_MAGIC_AT, "_BHRfS_M")) {
            return VolumeKind.BTRFS;
        }
        VolumeKind lvm = LvmLabel.read(volume);
        if (lvm != null) {
            return lvm;
        }
        return volume.read(0, 2_048).getShort(EXT_MAGIC_AT) == EXT_MAGIC ? VolumeKind.EXT : null;
    }

    /** The superblock is the third block, whose size only it tells: 512 to 4096 bytes. */
    private static boolean isOcfs2(Blocks volume) throws IOException {
        for (int blockBytes = 512; blockBytes <= 4_096; blockBytes *= 2) {
            if (Blocks.has(volume.read(2L * blockBytes, BOOT_BYTES), 0, "OCFSV2")) {
                return true;
            }
        }
        return false;
    }
}
