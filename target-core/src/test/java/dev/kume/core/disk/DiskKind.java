package dev.kume.core.disk;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.disk.vhdx.VhdxFormat;
import dev.kume.core.testing.FixedClock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One kind of disk file, for tests that look at all of them.
 *
 * @param formatName as {@link DiskFormat#name}
 * @param thin       of a fixed disk: true when it gives space back
 * @param tearBytes  a device that tears a sector is taken to change over at a multiple of this: the map of a VHD has no
 *                   log, and relies on its words of four bytes
 * @param blockBytes the smallest that the format has, 0 for a disk without blocks
 */
public record DiskKind(String formatName, DiskType type, boolean thin, int tearBytes, long blockBytes) {
    private static final int VHD_WORD_BYTES = 4;
    private static final long VHD_BLOCK_BYTES = 512 << 10;
    private static final long VHDX_BLOCK_BYTES = 1 << 20;
    private static final Instant MADE = Instant.parse("2026-11-23T00:00:00Z");

    /** Every kind that is served. */
    public static List<DiskKind> all() {
        return List.of(
                new DiskKind(RawFormat.NAME, DiskType.FIXED, false, 1, 0),
                new DiskKind(RawFormat.NAME, DiskType.FIXED, true, 1, 0),
                new DiskKind(VhdFormat.NAME, DiskType.FIXED, false, 1, 0),
                new DiskKind(VhdFormat.NAME, DiskType.FIXED, true, 1, 0),
                new DiskKind(VhdFormat.NAME, DiskType.DYNAMIC, false, VHD_WORD_BYTES, VHD_BLOCK_BYTES),
                new DiskKind(VhdFormat.NAME, DiskType.DIFFERENCING, false, VHD_WORD_BYTES, VHD_BLOCK_BYTES),
                new DiskKind(VhdxFormat.NAME, DiskType.FIXED, false, 1, VHDX_BLOCK_BYTES),
                new DiskKind(VhdxFormat.NAME, DiskType.DYNAMIC, false, 1, VHDX_BLOCK_BYTES),
                new DiskKind(VhdxFormat.NAME, DiskType.DIFFERENCING, false, 1, VHDX_BLOCK_BYTES));
    }

    /** Those whose blocks lie where a map says. */
    public static List<DiskKind> mapped() {
        return all().stream().filter(DiskKind::hasMap).toList();
    }

    /** Its format, all of whose chance comes from {@code random}. */
    public DiskFormat newFormat(RandomGenerator random) {
        return switch (formatName) {
            case RawFormat.NAME -> new RawFormat();
            case VhdFormat.NAME -> new VhdFormat(new FixedClock(MADE));
            case VhdxFormat.NAME -> new VhdxFormat(random);
            default -> throw new IllegalArgumentException(formatName);
        };
    }

    public boolean hasMap() {
        return blockBytes > 0;
    }

    /** Of a new file: of this type when it has a parent or needs none, else the bottom of a chain. */
    public CreateOptions options(long sizeBytes, RandomGenerator random, @Nullable ParentLink parent) {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        DiskType made = parent == null && type == DiskType.DIFFERENCING ? DiskType.DYNAMIC : type;
        return new CreateOptions(
                sizeBytes, id, made, true, blockBytes, DiskImage.Sectors.UNSAID, parent, Progress.NONE);
    }

    @Override
    public String toString() {
        return formatName + " " + type.word() + (thin ? " thin" : "");
    }
}
