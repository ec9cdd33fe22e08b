package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.SectorFormat;
import org.jspecify.annotations.Nullable;

/** What requests about disks say, understood; what they leave out is as for every disk. */
final class DiskRequests {
    private DiskRequests() {}

    static long size(String text) {
        try {
            return Sizes.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID, String.valueOf(e.getMessage()), null);
        }
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
