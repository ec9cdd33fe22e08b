package dev.kume.core.inventory;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot of a disk: what the disk was at one moment.
 *
 * @param name        unique in its disk, without case
 * @param id          random; of the snapshot, not of its content
 * @param file        absolute, normalised path of the file that has that state, alone or over its parents
 * @param base        name of the snapshot that it was taken on top of, null for none; a copy of its own has none
 * @param sizeBytes   the size of the disk at that moment
 * @param created     when it was taken; snapshots that were taken together have one time
 * @param description free text, maybe empty
 * @param removing    true from the moment when its removal was asked for: it is being merged, and goes
 */
public record SnapshotRecord(
        String name,
        UUID id,
        String file,
        @Nullable String base,
        long sizeBytes,
        Instant created,
        String description,
        boolean removing) {
    public SnapshotRecord {
        Names.checked("snapshot", name);
        Names.checkedDescription(description);
    }

    public SnapshotRecord inFile(String other) {
        return new SnapshotRecord(name, id, other, base, sizeBytes, created, description, removing);
    }

    public SnapshotRecord on(@Nullable String otherBase) {
        return new SnapshotRecord(name, id, file, otherBase, sizeBytes, created, description, removing);
    }

    public SnapshotRecord goes() {
        return new SnapshotRecord(name, id, file, base, sizeBytes, created, description, true);
    }
}
