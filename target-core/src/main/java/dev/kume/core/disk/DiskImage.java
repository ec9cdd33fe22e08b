package dev.kume.core.disk;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a disk file tells about itself, for an import and for {@code disk show}.
 *
 * @param format         the name of its {@link DiskFormat}
 * @param type           how its bytes lie in the file
 * @param sizeBytes      the size an initiator sees
 * @param fileBytes      the length of the file, with the format's own data
 * @param allocatedBytes the space it takes on its device
 * @param blockBytes     the unit in which it grows, 0 for one whose bytes lie in order
 * @param sectors        what the file says of its sectors
 * @param uniqueId       the identity that the file itself carries (a copy carries the same), null where it has none
 * @param contentId      what a child of it names as its parent, null where it can have none
 * @param parent         how it names its parent, null where it has none
 */
public record DiskImage(
        String format,
        DiskType type,
        long sizeBytes,
        long fileBytes,
        long allocatedBytes,
        long blockBytes,
        Sectors sectors,
        @Nullable UUID uniqueId,
        @Nullable UUID contentId,
        @Nullable ParentLink parent) {
    /**
     * The sectors of a disk, in bytes.
     *
     * @param logicalBytes  512 or 4096, 0 where the file does not say
     * @param physicalBytes 512 or 4096, 0 where the file does not say
     */
    public record Sectors(int logicalBytes, int physicalBytes) {
        /** The file leaves it to who serves it. */
        public static final Sectors UNSAID = new Sectors(0, 0);
    }

    /** A disk whose bytes lie in order, and that says nothing of sectors or parents. */
    public DiskImage(String format, long sizeBytes, long fileBytes, long allocatedBytes, @Nullable UUID uniqueId) {
        this(format, DiskType.FIXED, sizeBytes, fileBytes, allocatedBytes, 0, Sectors.UNSAID, uniqueId, uniqueId, null);
    }

    /** True when the space is taken as it is written. */
    public boolean sparse() {
        return type != DiskType.FIXED || allocatedBytes < fileBytes;
    }
}
