package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the parents of a file that is imported: one that is a disk's already, or a snapshot's, is the parent
 * of the new disk; every other one is a snapshot of it from then on, so that nobody else writes it.
 */
final class ImportedParents {
    /** Programs write the parent's time down with whole seconds, and FAT keeps every second one. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final int NAME_CHARACTERS = 55;

    private final Inventory inventory;
    private final String refused;
    private final RandomGenerator random;

    ImportedParents(Inventory inventory, String refused, RandomGenerator random) {
        this.inventory = inventory;
        this.refused = refused;
        this.random = random;
    }

    /**
     * The layers of a disk of this file.
     *
     * @param trust true: parents are taken that were written after their children were made
     */
    DiskLayers layers(Chain top, boolean trust) throws IOException {
        List<Chain> own = new ArrayList<>();
        DiskRecord owner = null;
        Chain child = top;
        for (Chain at = top.parent(); at != null && owner == null; at = at.parent()) {
            if (!trust) {
                checkTime(child, at);
            }
            owner = owner(inventory.disks(), at.file());
            if (owner == null) {
                own.add(at);
            } else {
                return layers(own, owner, at.file());
            }
            child = at;
        }
        return layers(own, null, top.file());
    }

    private DiskLayers layers(List<Chain> own, @Nullable DiskRecord owner, Path file) throws IOException {
        UUID snapshot = owner == null ? null : snapshotIn(owner, file);
        if (owner != null && snapshot == null) {
            Disks.checkParent(owner);
        }
        List<SnapshotRecord> snapshots = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String base = null;
        for (Chain at : own.reversed()) {
            String name = name(at.file(), names);
            Instant modified = Files.getLastModifiedTime(at.file()).toInstant();
            snapshots.add(new SnapshotRecord(
                    name,
                    new UUID(random.nextLong(), random.nextLong()),
                    at.file().toString(),
                    base,
                    at.image().sizeBytes(),
                    modified,
                    "",
                    false));
            base = name;
        }
        return new DiskLayers(
                snapshots, base, owner == null ? null : owner.identity().uuid(), snapshot);
    }

    private void checkTime(Chain child, Chain parent) throws IOException {
        ParentLink link = child.image().parent();
        if (link == null || link.modifiedEpochSecond() == ParentLink.NO_TIME) {
            return;
        }
        Instant known = Instant.ofEpochSecond(link.modifiedEpochSecond());
        Instant modified = Files.getLastModifiedTime(parent.file()).toInstant();
        if (modified.isAfter(known.plus(TOLERANCE).plusSeconds(1))) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s was written at %s, after its child %s was made, which knows it as of %s"
                            .formatted(refused, parent.file(), modified, child.file(), known),
                    "bring the parent back as it was; if only its time has changed, as by a copy, use --trust-parent");
        }
    }

    /** The disk whose file this is, or one of whose snapshots lies in it, by whatever path; null for none. */
    static @Nullable DiskRecord owner(Collection<DiskRecord> disks, Path file) {
        for (DiskRecord disk : disks) {
            if (isSame(disk.file(), file) || snapshotIn(disk, file) != null) {
                return disk;
            }
        }
        return null;
    }

    private static @Nullable UUID snapshotIn(DiskRecord disk, Path file) {
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            if (isSame(snapshot.file(), file)) {
                return snapshot.id();
            }
        }
        return null;
    }

    private static boolean isSame(String known, Path file) {
        Path path = Path.of(known);
        try {
            return path.equals(file) || Files.isSameFile(path, file);
        } catch (IOException e) {
            return false; // The known one is not there.
        }
    }

    /** A name for a snapshot, after its file. */
    private static String name(Path file, Set<String> taken) {
        String text = String.valueOf(file.getFileName());
        int dot = text.lastIndexOf('.');
        String stem = (dot > 0 ? text.substring(0, dot) : text)
                .replaceAll("[^A-Za-z0-9._-]", "-")
                .replaceFirst("^[^A-Za-z0-9]+", "");
        String name = stem.isEmpty() ? "parent" : stem.substring(0, Math.min(stem.length(), NAME_CHARACTERS));
        String free = name;
        for (int number = 2; !taken.add(free.toLowerCase(Locale.ROOT)); number++) {
            free = name + "-" + number;
        }
        return free;
    }
}
