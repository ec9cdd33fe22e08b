package dev.kume.core.disk;

import java.util.List;
import java.util.UUID;

/**
 * How a differencing disk file names its parent.
 *
 * @param contentId     what the parent's {@link DiskImage#contentId} must be: the unique id of a VHD, the DataWriteGuid
 *                      of a VHDX
 * @param relativePath  as this host writes it, from the directory of the child's file; empty where the file has none
 * @param absolutePath  as this host writes it; empty where the file has none
 * @param modifiedEpochSecond when the parent was last written as the child remembers it, {@link #NO_TIME} where it does
 *                      not
 * @param otherPaths    further places that the file names, as it writes them
 */
public record ParentLink(
        UUID contentId, String relativePath, String absolutePath, long modifiedEpochSecond, List<String> otherPaths) {
    public static final long NO_TIME = Long.MIN_VALUE;

    public ParentLink {
        otherPaths = List.copyOf(otherPaths);
    }

    /** A link that a new child is given. */
    public ParentLink(UUID contentId, String relativePath, String absolutePath, long modifiedEpochSecond) {
        this(contentId, relativePath, absolutePath, modifiedEpochSecond, List.of());
    }
}
