package dev.kume.core.inventory;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What lies below the file of a disk: its snapshots, or another disk that it is a child of.
 *
 * @param snapshots oldest first; each one's base comes before it
 * @param base      name of the snapshot that the disk's file is a child of, null for none
 * @param parent    uuid of the disk whose file, or one of whose snapshots, the lowest file of this disk is a child of;
 *                  null for none. That disk, or that snapshot, stays as it is as long as this one is there
 * @param parentSnapshot id of that snapshot, null when the disk itself is meant
 */
public record DiskLayers(
        List<SnapshotRecord> snapshots,
        @Nullable String base,
        @Nullable UUID parent,
        @Nullable UUID parentSnapshot) {
    /** A disk of one file. */
    public static final DiskLayers NONE = new DiskLayers(List.of(), null, null, null);

    public DiskLayers {
        snapshots = List.copyOf(snapshots);
        Set<String> seen = new HashSet<>();
        for (SnapshotRecord snapshot : snapshots) {
            checkKnown(seen, snapshot.base());
            if (!seen.add(snapshot.name().toLowerCase(Locale.ROOT))) {
                throw InventoryException.invalid(
                        "there are two snapshots '%s' of one disk".formatted(snapshot.name()), "name them apart");
            }
        }
        checkKnown(seen, base);
    }

    private static void checkKnown(Set<String> seen, @Nullable String name) {
        if (name != null && !seen.contains(name.toLowerCase(Locale.ROOT))) {
            throw InventoryException.invalid(
                    "a snapshot '%s' is named as a base and is not there".formatted(name), "name one that is");
        }
    }

    /** The snapshot of this name, or null. */
    public @Nullable SnapshotRecord find(String name) {
        for (SnapshotRecord snapshot : snapshots) {
            if (snapshot.name().equalsIgnoreCase(name)) {
                return snapshot;
            }
        }
        return null;
    }

    /** Other snapshots over the same base. */
    public DiskLayers with(List<SnapshotRecord> changed, @Nullable String newBase) {
        return new DiskLayers(changed, newBase, parent, parentSnapshot);
    }
}
