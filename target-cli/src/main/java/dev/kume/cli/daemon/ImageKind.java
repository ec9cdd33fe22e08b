package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The kind of file that a disk is written into.
 *
 * @param format     one that is served
 * @param type       fixed or dynamic
 * @param sparse     of a fixed one: space is taken as it is written
 * @param blockBytes the unit of the map, 0 for what the format suggests
 */
record ImageKind(DiskFormat format, DiskType type, boolean sparse, long blockBytes) {
    /** What a request says of it; null is as of the disk. */
    record Words(
            @Nullable String format,
            @Nullable String type,
            @Nullable Boolean sparse,
            @Nullable Integer blockSizeMb) {
        /** True when nothing is said. */
        boolean none() {
            return format == null && type == null && sparse == null && blockSizeMb == null;
        }
    }

    /**
     * The kind that a request names, fit for this disk.
     *
     * @param refused what is said of a request that cannot be: {@code disk 'a' is not converted}
     */
    static ImageKind of(DiskFormats formats, DiskRecord disk, Words words, String refused) {
        DiskFormat format = DiskRequests.format(formats, Objects.requireNonNullElse(words.format(), disk.format()));
        DiskType type = type(format, disk, words);
        boolean asBefore = words.type() == null && disk.type().equals(DiskType.FIXED.word()) && disk.sparse();
        boolean sparse = Objects.requireNonNullElse(words.sparse(), asBefore);
        ImageKind kind = new ImageKind(
                format, type, sparse && type == DiskType.FIXED, DiskRequests.blockBytes(words.blockSizeMb()));
        kind.check(disk, words, refused);
        return kind;
    }

    private static DiskType type(DiskFormat format, DiskRecord disk, Words words) {
        if (words.type() != null) {
            List<String> known = Arrays.stream(DiskType.values())
                    .filter(type -> type != DiskType.DIFFERENCING)
                    .map(DiskType::word)
                    .toList();
            return Objects.requireNonNull(
                    DiskType.ofWord(Requests.oneOf("type of a disk of its own", words.type(), known)));
        }
        boolean dynamic =
                !disk.type().equals(DiskType.FIXED.word()) && format.types().contains(DiskType.DYNAMIC);
        return dynamic ? DiskType.DYNAMIC : DiskType.FIXED;
    }

    private void check(DiskRecord disk, Words words, String refused) {
        if (!format.types().contains(type)) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: there are no %s files of the format %s".formatted(refused, type.word(), format.name()),
                    "use --type fixed, with --sparse when space is to be taken as it is written");
        }
        if (Boolean.TRUE.equals(words.sparse()) && type != DiskType.FIXED) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: sparse is said of fixed disks alone".formatted(refused),
                    "a dynamic one takes its space as it is written anyway");
        }
        if (blockBytes != 0 && isFlat()) {
            throw new ApiException(
                    ErrorCode.INVALID, "%s: %s has no blocks".formatted(refused, this), "leave the block size out");
        }
        Disks.checkSectors(disk.name(), format.name(), disk.sectorFormat());
        try {
            format.checkSize(disk.sizeBytes());
        } catch (DiskFormatException e) {
            throw new ApiException(ErrorCode.INVALID, "%s: %s".formatted(refused, e.getMessage()), null);
        }
    }

    /** True when its bytes lie in order. */
    private boolean isFlat() {
        return isFlat(type.word(), format.name());
    }

    /** True when the bytes of a disk lie in order in its file. */
    static boolean isFlat(DiskRecord disk) {
        return isFlat(disk.type(), disk.format());
    }

    private static boolean isFlat(String type, String format) {
        return type.equals(DiskType.FIXED.word()) && !format.equals("vhdx");
    }

    /** Refuses a file that would not fit; how much one takes that is thin, is known when its content is. */
    void checkSpace(Path file, DiskRecord disk, String refused) {
        if (!thin()) {
            DiskPlanning.checkSpace(file, disk.sizeBytes(), refused);
        }
    }

    /** True when it takes space as it is written. */
    boolean thin() {
        return type != DiskType.FIXED || sparse;
    }

    /** The same, whose space is taken at once when it is fixed. */
    ImageKind reserved() {
        return new ImageKind(format, type, false, blockBytes);
    }

    /** The ending of its file's name. */
    String extension() {
        return format.name().equals("raw") ? ".img" : "." + format.name();
    }

    /** How a file of it for this disk is made. */
    DiskFormat.CreateOptions options(DiskRecord disk, UUID uniqueId, DiskFormat.Progress progress) {
        DiskImage.Sectors sectors = new DiskImage.Sectors(
                disk.sectorFormat().logicalBytes(), disk.sectorFormat().physicalBytes());
        return new DiskFormat.CreateOptions(
                disk.sizeBytes(), uniqueId, type, sparse, blockBytes, sectors, null, progress);
    }

    /** {@code a fixed, sparse VHD}. */
    @Override
    public String toString() {
        return "a %s%s %s"
                .formatted(
                        type.word(),
                        sparse ? ", sparse" : "",
                        format.name().equals("raw") ? "raw file" : format.name().toUpperCase(Locale.ROOT));
    }
}
