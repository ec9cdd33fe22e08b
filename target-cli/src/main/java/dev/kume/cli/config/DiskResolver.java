package dev.kume.cli.config;

import dev.kume.cli.config.ConfigDocument.Cluster;
import dev.kume.cli.config.ConfigDocument.ClusterDisk;
import dev.kume.cli.config.ConfigDocument.Disk;
import dev.kume.core.Nearest;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.InventoryException.Kind;
import dev.kume.core.inventory.Sharing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which disks a document means: those that there are, known by identity, name or file, and new ones. Used once. */
final class DiskResolver {
    private final ConfigDocument document;
    private final Inventory now;
    private final Surroundings surroundings;

    /** By name in lower case; then the cluster of each that is one's. */
    private final Map<String, Disk> wanted = new LinkedHashMap<>();

    private final Map<String, Cluster> clusters = new HashMap<>();
    private final Map<String, DiskRecord> resolved = new LinkedHashMap<>();
    private final Set<UUID> claimed = new HashSet<>();

    DiskResolver(ConfigDocument document, Inventory now, Surroundings surroundings) {
        this.document = document;
        this.now = now;
        this.surroundings = surroundings;
    }

    void resolve() {
        document.disks().forEach(this::want);
        document.clusters().forEach(this::wantDisksOf);
        Map<String, DiskRecord> there = new HashMap<>();
        for (Disk disk : wanted.values()) {
            DiskRecord known = byIdentity(disk);
            if (known != null) {
                claim(disk, known, there);
            }
        }
        for (Disk disk : wanted.values()) {
            DiskRecord known = there.containsKey(key(disk.name())) ? null : byNameOrFile(disk);
            if (known != null) {
                claim(disk, known, there);
            }
        }
        for (Disk disk : wanted.values()) {
            DiskRecord known = there.get(key(disk.name()));
            Sharing sharing = sharing(disk);
            DiskRecord record = known == null ? fresh(disk, sharing) : changed(disk, known, sharing);
            resolved.put(key(disk.name()), record);
        }
    }

    /** The records of all disks. */
    List<DiskRecord> disks() {
        return List.copyOf(resolved.values());
    }

    /** The disk of this name, or null. */
    @Nullable
    DiskRecord find(String name) {
        return resolved.get(key(name));
    }

    /** Where the disk of this name is described, or null. */
    @Nullable
    Disk described(String name) {
        return wanted.get(key(name));
    }

    /** Names that come nearest to one that is not there. */
    String nearest(String name) {
        List<String> near =
                Nearest.to(name, wanted.values().stream().map(Disk::name).toList());
        return near.isEmpty() ? "describe it under disks:" : "did you mean %s?".formatted(String.join(" or ", near));
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    // ---- what is wanted ---------------------------------------------------------------------------------------------

    private void want(Disk disk) {
        Disk other = wanted.putIfAbsent(key(disk.name()), disk);
        if (other != null) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    disk.at(),
                    "disk '%s' is described already, on line %d"
                            .formatted(disk.name(), other.at().line()),
                    "describe it once");
        }
    }

    private void wantDisksOf(Cluster cluster) {
        for (ClusterDisk of : cluster.disks()) {
            Disk disk = of.disk();
            Cluster other = clusters.put(key(disk.name()), cluster);
            if (other != null) {
                throw Refusals.of(
                        Kind.GUARD,
                        disk.at(),
                        other.equals(cluster)
                                ? "cluster '%s' has the disk '%s' twice".formatted(cluster.name(), disk.name())
                                : "disk '%s' is in two clusters, '%s' and '%s', which do not know of each other"
                                        .formatted(disk.name(), other.name(), cluster.name()),
                        other.equals(cluster) ? "name it once" : "give each cluster disks of its own");
            }
            Disk elsewhere = wanted.get(key(disk.name()));
            if (elsewhere == null) {
                wanted.put(key(disk.name()), disk);
            } else if (disk.described()) {
                throw Refusals.of(
                        Kind.CONFLICT,
                        disk.at(),
                        "disk '%s' is described already, on line %d"
                                .formatted(disk.name(), elsewhere.at().line()),
                        "leave all but its name, role and lun out in one of the two places");
            }
        }
    }

    private Sharing sharing(Disk disk) {
        Cluster cluster = clusters.get(key(disk.name()));
        if (cluster == null) {
            return Objects.requireNonNullElse(disk.sharing(), Sharing.EXCLUSIVE);
        }
        if (disk.sharing() != null && disk.sharing() != Sharing.CLUSTER) {
            throw Refusals.of(
                    Kind.GUARD,
                    disk.at(),
                    "sharing",
                    "disk '%s' is one of cluster '%s', so its sharing is cluster"
                            .formatted(disk.name(), cluster.name()),
                    "leave sharing: out");
        }
        return Sharing.CLUSTER;
    }

    // ---- which it is ------------------------------------------------------------------------------------------------

    private @Nullable DiskRecord byIdentity(Disk disk) {
        DiskIdentity identity = disk.identity();
        DiskRecord known = identity == null ? null : now.findDisk(identity.uuid());
        if (known != null && !known.identity().equals(identity)) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    disk.at(),
                    "the serial or naa of disk '%s' is another one: a disk keeps its identity".formatted(known.name()),
                    "write them as exported, or leave uuid, serial and naa out");
        }
        return known;
    }

    private @Nullable DiskRecord byNameOrFile(Disk disk) {
        DiskRecord known = now.findDisk(disk.name());
        if (known != null && claimed.contains(known.identity().uuid())) {
            known = null;
        }
        if (known == null && disk.file() != null) {
            known = now.disks().stream()
                    .filter(each -> each.file().equals(disk.file()))
                    .filter(each -> !claimed.contains(each.identity().uuid()))
                    .findFirst()
                    .orElse(null);
        }
        if (known != null && disk.identity() != null) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    disk.at(),
                    "disk '%s' is not the one that is meant: it has the uuid %s"
                            .formatted(known.name(), known.identity().uuid()),
                    "leave uuid, serial and naa out to mean the disk that is there");
        }
        return known;
    }

    private void claim(Disk disk, DiskRecord known, Map<String, DiskRecord> there) {
        if (!claimed.add(known.identity().uuid())) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    disk.at(),
                    "disk '%s' is meant twice".formatted(known.name()),
                    "describe it once; two disks never share an identity or a file");
        }
        there.put(key(disk.name()), known);
    }

    private DiskRecord changed(Disk disk, DiskRecord known, Sharing sharing) {
        keeps(disk, "file", disk.file(), known.file(), "'kume disk convert' and a move by hand change it");
        keeps(disk, "format", disk.format(), known.format(), remedy("convert", known, "--format " + disk.format()));
        keeps(disk, "type", disk.type(), known.type(), remedy("convert", known, "--type " + disk.type()));
        keeps(
                disk,
                "sectors",
                disk.sectors() == null ? null : disk.sectors().word(),
                known.sectorFormat().word(),
                "a disk has its blocks for life: make another and copy it on a host");
        keeps(
                disk,
                "sparse",
                disk.sparse() == null ? null : disk.sparse().toString(),
                Boolean.toString(known.sparse()),
                "make another and copy it with 'kume disk copy'");
        return Refusals.at(
                disk.at(),
                () -> new DiskRecord(
                        disk.name(),
                        known.file(),
                        known.format(),
                        known.type(),
                        disk.size() == null ? known.sizeBytes() : disk.sizeBytes(),
                        known.sparse(),
                        sharing,
                        known.sectorFormat(),
                        disk.profile(),
                        disk.description(),
                        known.identity(),
                        known.created(),
                        known.layers()));
    }

    private static String remedy(String verb, DiskRecord known, String options) {
        return "run 'kume disk %s %s %s' first".formatted(verb, known.name(), options);
    }

    private static void keeps(Disk disk, String key, @Nullable String wanted, String there, String remedy) {
        if (wanted != null && !wanted.equals(there)) {
            throw Refusals.of(
                    Kind.GUARD,
                    disk.at(),
                    key,
                    "the %s of disk '%s' is %s, and a plan does not make it %s"
                            .formatted(key, disk.name(), there, wanted),
                    remedy);
        }
    }

    private DiskRecord fresh(Disk disk, Sharing sharing) {
        if (disk.size() == null) {
            throw Refusals.of(
                    Kind.INVALID,
                    disk.at(),
                    "disk '%s' is new here and has no size".formatted(disk.name()),
                    "write one such as size: 30GB");
        }
        DiskRecord record = Refusals.at(disk.at(), () -> surroundings.newDisk(disk, sharing));
        for (DiskRecord other : resolved.values()) {
            if (other.file().equals(record.file())) {
                throw Refusals.of(
                        Kind.CONFLICT,
                        disk.at(),
                        "disks '%s' and '%s' would have one file, %s"
                                .formatted(other.name(), disk.name(), record.file()),
                        "choose another file:");
            }
        }
        return record;
    }

    /** A refusal of the rules about all together, with the place of the disk that it names. */
    @Nullable
    InventoryException placed(InventoryException refusal) {
        Disk disk = "disk".equals(refusal.thing()) && refusal.name() != null ? described(refusal.name()) : null;
        return disk == null ? null : Refusals.at(disk.at(), refusal);
    }
}
