package dev.kume.core.disk;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.testing.FixedClock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One kind of disk file, for tests that look at all of them.
 *
 * @param format     fresh for each kind
 * @param thin       of a fixed disk: true when it gives space back
 * @param tearBytes  a device that tears a sector is taken to change over at a multiple of this; {@code VHD} has no log
 *                   and relies on words of its map
 * @param blockBytes the smallest that the format has, 0 for a disk without blocks
 */
public record DiskKind(DiskFormat format, DiskType type, boolean thin, int tearBytes, long blockBytes) {
    private static final FixedClock CLOCK = new FixedClock(Instant.parse("2026-11-23T00:00:00Z"));

    /** Every kind that is served. */
    public static List<DiskKind> all() {
        DiskFormat raw = new RawFormat();
        DiskFormat vhd = new VhdFormat(CLOCK);
        return List.of(
                new DiskKind(raw, DiskType.FIXED, false, 1, 0),
                new DiskKind(raw, DiskType.FIXED, true, 1, 0),
                new DiskKind(vhd, DiskType.FIXED, false, 1, 0),
                new DiskKind(vhd, DiskType.FIXED, true, 1, 0));
    }

    /** The kind of the parent at the bottom of a differencing disk. */
    public DiskKind ofBase() {
        return type == DiskType.DIFFERENCING
                ? new DiskKind(format, DiskType.DYNAMIC, thin, tearBytes, blockBytes)
                : this;
    }

    public boolean hasMap() {
        return blockBytes > 0;
    }

    public CreateOptions options(long sizeBytes, RandomGenerator random, @Nullable ParentLink parent) {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        DiskType made = parent == null && type == DiskType.DIFFERENCING ? DiskType.DYNAMIC : type;
        return new CreateOptions(
                sizeBytes, id, made, true, blockBytes, DiskImage.Sectors.UNSAID, parent, Progress.NONE);
    }

    @Override
    public String toString() {
        return format.name() + " " + type.word() + (thin ? " thin" : "");
    }
}
