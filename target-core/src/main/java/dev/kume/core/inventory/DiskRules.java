package dev.kume.core.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is true of all disks together: whose a file is, and who is a child of whom. */
final class DiskRules {
    private DiskRules() {}

    /** Refuses what was written down and cannot be. */
    static void check(Collection<DiskRecord> disks) {
        List<DiskRecord> seen = new ArrayList<>();
        Map<String, String> files = new HashMap<>();
        for (DiskRecord disk : disks) {
            for (DiskRecord earlier : seen) {
                if (earlier.identity().mistakableFor(disk.identity())) {
                    throw damaged("disks '%s' and '%s' have one identity".formatted(earlier.name(), disk.name()));
                }
            }
            seen.add(disk);
            if (shown(disks, disk) == null) {
                own(files, disk.file(), disk);
            }
            for (SnapshotRecord snapshot : disk.layers().snapshots()) {
                own(files, snapshot.file(), disk);
            }
            checkParent(disks, disk);
        }
    }

    private static void own(Map<String, String> files, String file, DiskRecord disk) {
        String other = files.put(file, disk.name());
        if (other != null && other.equals(disk.name())) {
            throw damaged("disk '%s' has one file, %s, twice".formatted(other, file));
        }
        if (other != null) {
            throw damaged("disks '%s' and '%s' have one file, %s".formatted(other, disk.name(), file));
        }
    }

    private static void checkParent(Collection<DiskRecord> disks, DiskRecord disk) {
        UUID parent = disk.layers().parent();
        UUID snapshot = disk.layers().parentSnapshot();
        if (parent == null && snapshot == null) {
            return;
        }
        DiskRecord found = parent == null ? null : find(disks, parent);
        if (found == null || found == disk) {
            throw damaged("disk '%s' has the parent %s, which is not there".formatted(disk.name(), parent));
        }
        if (snapshot != null
                && found.layers().snapshots().stream()
                        .noneMatch(each -> each.id().equals(snapshot))) {
            throw damaged("disk '%s' has the parent snapshot %s, which disk '%s' has not"
                    .formatted(disk.name(), snapshot, found.name()));
        }
        int depth = 0;
        for (DiskRecord at = found; at != null; at = parentOf(disks, at)) {
            if (at == disk || ++depth > disks.size()) {
                throw damaged("disk '%s' is a parent of itself".formatted(disk.name()));
            }
        }
    }

    /** The disk that this one names as its parent, or null. */
    static @Nullable DiskRecord parentOf(Collection<DiskRecord> disks, DiskRecord disk) {
        UUID parent = disk.layers().parent();
        return parent == null ? null : find(disks, parent);
    }

    /** The disk of this uuid, or null. */
    static @Nullable DiskRecord find(Collection<DiskRecord> disks, UUID uuid) {
        for (DiskRecord disk : disks) {
            if (disk.identity().uuid().equals(uuid)) {
                return disk;
            }
        }
        return null;
    }

    /** The snapshot whose very file a read-only disk shows, or null. */
    static @Nullable SnapshotRecord shown(Collection<DiskRecord> disks, DiskRecord disk) {
        UUID id = disk.layers().parentSnapshot();
        DiskRecord parent = id == null ? null : parentOf(disks, disk);
        if (parent == null || disk.sharing() != Sharing.READ_ONLY) {
            return null;
        }
        return parent.layers().snapshots().stream()
                .filter(each -> each.id().equals(id) && each.file().equals(disk.file()))
                .findFirst()
                .orElse(null);
    }

    /** Disks whose files are children of this one's file, or of one of its snapshots; and disks that show one. */
    static List<DiskRecord> childrenOf(Collection<DiskRecord> disks, DiskRecord disk) {
        return disks.stream()
                .filter(each -> disk.identity().uuid().equals(each.layers().parent()))
                .toList();
    }

    /** The disk that this file belongs to, as its own or a snapshot's; null for none. */
    static @Nullable DiskRecord ownerOf(Collection<DiskRecord> disks, String file) {
        for (DiskRecord disk : disks) {
            boolean snapshots = disk.layers().snapshots().stream()
                    .anyMatch(snapshot -> snapshot.file().equals(file));
            if (disk.file().equals(file) || snapshots) {
                return disk;
            }
        }
        return null;
    }

    private static InventoryException damaged(String problem) {
        return new InventoryException(InventoryException.Kind.INVALID, problem, null);
    }
}
