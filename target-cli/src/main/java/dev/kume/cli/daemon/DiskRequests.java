package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Sizes;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.SectorFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What requests about disks say, understood; what they leave out is as for every disk. */
final class DiskRequests {
    /** [MS-VHDX] 2.6.2.1 ends there. */
    private static final int BLOCK_SIZE_MB_MAX = 256;

    private DiskRequests() {}

    static long size(String text) {
        try {
            return Sizes.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID, String.valueOf(e.getMessage()), null);
        }
    }

    /** The unit of a file's map in bytes, 0 for what the format suggests. */
    static long blockBytes(@Nullable Integer blockSizeMb) {
        if (blockSizeMb == null) {
            return 0;
        }
        if (blockSizeMb < 1 || blockSizeMb > BLOCK_SIZE_MB_MAX || Integer.bitCount(blockSizeMb) != 1) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "blocks of %d MB cannot be".formatted(blockSizeMb),
                    "use a power of two from 1 to %d".formatted(BLOCK_SIZE_MB_MAX));
        }
        return (long) blockSizeMb << 20;
    }

    /** The format of that word. */
    static DiskFormat format(DiskFormats formats, String word) {
        List<String> known = formats.list().stream().map(DiskFormat::name).toList();
        return formats.byName(Requests.oneOf("disk format", word, known)).orElseThrow();
    }

    static SectorFormat sectors(DiskCreate request) {
        return sectors(request.sectorFormat(), request.blockSize(), request.physicalBlockSize());
    }

    static SectorFormat sectors(DiskImport request) {
        return sectors(request.sectorFormat(), request.blockSize(), request.physicalBlockSize());
    }

    private static SectorFormat sectors(
            @Nullable String word, @Nullable Integer blockSize, @Nullable Integer physicalBlockSize) {
        if (word == null) {
            return SectorFormat.ofBytes(blockSize, physicalBlockSize);
        }
        if (blockSize != null || physicalBlockSize != null) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "sectorFormat does not go together with blockSize or physicalBlockSize",
                    "leave one out");
        }
        return SectorFormat.ofWord(word);
    }

    static DiskProfile profile(DiskCreate request) {
        return DiskProfile.DEFAULT.with(
                DiskProfile.Changes.of(request.writeCache(), request.rotation(), request.vendor(), request.product()));
    }

    static DiskProfile profile(DiskImport request) {
        return DiskProfile.DEFAULT.with(
                DiskProfile.Changes.of(request.writeCache(), request.rotation(), request.vendor(), request.product()));
    }

    static DiskProfile.Changes profile(DiskSet request) {
        return DiskProfile.Changes.of(request.writeCache(), request.rotation(), request.vendor(), request.product());
    }
}
