package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot of a disk.
 *
 * @param disk               the disk that it is of
 * @param name               its name, unique in its disk
 * @param id                 its random id
 * @param created            when it was taken; snapshots that were taken together have one time
 * @param size               for people: {@code 30 GB}
 * @param sizeBytes          the size of the disk at that moment
 * @param allocatedBytes     space that its own file takes, null when that cannot be told
 * @param file               absolute path on the server
 * @param base               name of the snapshot that its file is a child of, null for none
 * @param current            true when the disk's own file is a child of it
 * @param state              {@code kept}, or {@code removing}: it is being merged, and goes
 * @param removedPercent     how far that is; null when nothing is under way
 * @param usedBy             names of the disks that it is mounted as, and of its clones
 * @param writesWaitedMillis how long writes waited while it was taken; null after the daemon has started again
 * @param description        free text, maybe empty
 */
public record SnapshotView(
        String disk,
        String name,
        String id,
        Instant created,
        String size,
        long sizeBytes,
        @Nullable Long allocatedBytes,
        String file,
        @Nullable String base,
        boolean current,
        String state,
        @Nullable Integer removedPercent,
        List<String> usedBy,
        @Nullable Long writesWaitedMillis,
        String description) {
    public static final String KEPT = "kept";
    public static final String REMOVING = "removing";

    public SnapshotView {
        usedBy = Lists.orEmpty(usedBy);
    }

    /** Answer of {@code GET /v1/snapshots} and {@code GET /v1/disks/NAME/snapshots}: by disk, oldest first. */
    public record Listing(List<SnapshotView> snapshots) {}
}
