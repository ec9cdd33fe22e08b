package dev.kume.core.disk;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a disk file tells about itself, for an import and for {@code disk show}.
 *
 * @param format         the name of its {@link DiskFormat}
 * @param sizeBytes      the size an initiator sees
 * @param fileBytes      the length of the file, with the format's own data
 * @param allocatedBytes the space it takes on its device
 * @param uniqueId       the identity that the file itself carries (a copy carries the same), null where it has none
 */
public record DiskImage(
        String format,
        long sizeBytes,
        long fileBytes,
        long allocatedBytes,
        @Nullable UUID uniqueId) {
    /** True when the file has holes: its space is taken as it is written. */
    public boolean sparse() {
        return allocatedBytes < fileBytes;
    }
}
