package dev.kume.core.inventory;

import dev.kume.core.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is provisioned, at one moment. Immutable: {@link Disks}, {@link Targets}, {@link Mappings} and
 * {@link Clusters} have the rules, and each change makes a new inventory whose version is one higher.
 */
public final class Inventory {
    /** What a new daemon begins with. */
    public static final Inventory EMPTY =
            new Inventory(0, 1, byName(), byName(), List.of(), byName(), new Access(byName(), ChapRule.NONE));

    private static final Comparator<Mapping> MAPPING_ORDER =
            Comparator.comparing(Mapping::target, String.CASE_INSENSITIVE_ORDER).thenComparingInt(Mapping::lun);

    private final long version;
    private final int nextRelativePortId;
    private final SortedMap<String, DiskRecord> disks;
    private final SortedMap<String, TargetRecord> targets;
    private final List<Mapping> mappings;
    private final SortedMap<String, ClusterRecord> clusters;
    private final Access access;

    /** Who proves what: credentials by name, and the rule of discovery. */
    private record Access(SortedMap<String, CredentialRecord> credentials, ChapRule discovery) {}

    private Inventory(
            long version,
            int nextRelativePortId,
            SortedMap<String, DiskRecord> disks,
            SortedMap<String, TargetRecord> targets,
            List<Mapping> mappings,
            SortedMap<String, ClusterRecord> clusters,
            Access access) {
        this.version = version;
        this.nextRelativePortId = nextRelativePortId;
        this.disks = Collections.unmodifiableSortedMap(disks);
        this.targets = Collections.unmodifiableSortedMap(targets);
        this.mappings = List.copyOf(mappings);
        this.clusters = Collections.unmodifiableSortedMap(clusters);
        this.access = access;
    }

    /**
     * An inventory that was written down, with everything checked that the rules promise.
     *
     * @throws InventoryException when it is not one that the rules could have made
     */
    public static Inventory of(
            long version,
            int nextRelativePortId,
            Collection<DiskRecord> disks,
            Collection<TargetRecord> targets,
            Collection<Mapping> mappings,
            Collection<ClusterRecord> clusters,
            Collection<CredentialRecord> credentials,
            ChapRule discovery) {
        SortedMap<String, DiskRecord> disksByName = byName();
        for (DiskRecord disk : disks) {
            unique(disksByName.put(disk.name(), disk), "disk", disk.name());
        }
        SortedMap<String, TargetRecord> targetsByName = byName();
        for (TargetRecord target : targets) {
            unique(targetsByName.put(target.name(), target), "target", target.name());
        }
        SortedMap<String, CredentialRecord> credentialsByName = byName();
        for (CredentialRecord credential : credentials) {
            unique(credentialsByName.put(credential.name(), credential), "credential", credential.name());
        }
        SortedMap<String, ClusterRecord> clustersByName = byName();
        for (ClusterRecord cluster : clusters) {
            unique(clustersByName.put(cluster.name(), cluster), "cluster", cluster.name());
        }
        List<Mapping> sorted = mappings.stream().sorted(MAPPING_ORDER).toList();
        Inventory inventory = new Inventory(
                version,
                nextRelativePortId,
                disksByName,
                targetsByName,
                sorted,
                clustersByName,
                new Access(credentialsByName, discovery));
        inventory.check();
        return inventory;
    }

    /** Grows by one with each change. */
    public long version() {
        return version;
    }

    /** What the next target gets; never goes back. */
    public int nextRelativePortId() {
        return nextRelativePortId;
    }

    /** By name. */
    public Collection<DiskRecord> disks() {
        return disks.values();
    }

    /** By name. */
    public Collection<TargetRecord> targets() {
        return targets.values();
    }

    /** By target name, then LUN. */
    public List<Mapping> mappings() {
        return mappings;
    }

    /** By name. */
    public Collection<ClusterRecord> clusters() {
        return clusters.values();
    }

    /** By name. */
    public Collection<CredentialRecord> credentials() {
        return Collections.unmodifiableCollection(access.credentials().values());
    }

    /** How initiators prove themselves before they may look for targets. */
    public ChapRule discovery() {
        return access.discovery();
    }

    public @Nullable CredentialRecord findCredential(String name) {
        return access.credentials().get(name);
    }

    /** The credential of this name; {@link InventoryException.Kind#NOT_FOUND} with the nearest when there is none. */
    public CredentialRecord credential(String name) {
        CredentialRecord credential = access.credentials().get(name);
        if (credential == null) {
            throw InventoryException.notFound(
                    "credential", name, Nearest.to(name, access.credentials().keySet()));
        }
        return credential;
    }

    public @Nullable ClusterRecord findCluster(String name) {
        return clusters.get(name);
    }

    /** The cluster of this name; {@link InventoryException.Kind#NOT_FOUND} with the nearest when there is none. */
    public ClusterRecord cluster(String name) {
        ClusterRecord cluster = clusters.get(name);
        if (cluster == null) {
            throw InventoryException.notFound("cluster", name, Nearest.to(name, clusters.keySet()));
        }
        return cluster;
    }

    /** The cluster that has this disk, or null. */
    public @Nullable ClusterRecord clusterOf(DiskRecord disk) {
        return clusters.values().stream()
                .filter(cluster -> cluster.findDisk(disk.name()) != null)
                .findFirst()
                .orElse(null);
    }

    /** The cluster that has a node with this target, or null. */
    public @Nullable ClusterRecord clusterOf(TargetRecord target) {
        return clusters.values().stream()
                .filter(cluster -> cluster.targets().contains(target.name()))
                .findFirst()
                .orElse(null);
    }

    public @Nullable DiskRecord findDisk(String name) {
        return disks.get(name);
    }

    public @Nullable TargetRecord findTarget(String name) {
        return targets.get(name);
    }

    /** The target with this normalised iSCSI name. */
    public @Nullable TargetRecord findTargetByIqn(String iqn) {
        for (TargetRecord target : targets.values()) {
            if (target.iqn().equals(iqn)) {
                return target;
            }
        }
        return null;
    }

    /** The disk of this name; {@link InventoryException.Kind#NOT_FOUND} with the nearest names when there is none. */
    public DiskRecord disk(String name) {
        DiskRecord disk = disks.get(name);
        if (disk == null) {
            throw InventoryException.notFound("disk", name, Nearest.to(name, disks.keySet()));
        }
        return disk;
    }

    /** The disk with this uuid, whatever its name is by now; null when there is none. */
    public @Nullable DiskRecord findDisk(UUID uuid) {
        return DiskRules.find(disks(), uuid);
    }

    /** The disk with this uuid; {@link InventoryException.Kind#NOT_FOUND} when there is none. */
    public DiskRecord disk(UUID uuid) {
        DiskRecord disk = findDisk(uuid);
        if (disk == null) {
            throw InventoryException.notFound("disk", uuid.toString(), List.of());
        }
        return disk;
    }

    /** The target of this name or iSCSI name; {@link InventoryException.Kind#NOT_FOUND} when there is none. */
    public TargetRecord target(String name) {
        TargetRecord target = targets.get(name);
        if (target == null) {
            target = findTargetByIqn(name);
        }
        if (target == null) {
            throw InventoryException.notFound("target", name, Nearest.to(name, targets.keySet()));
        }
        return target;
    }

    /** Where a disk is mapped, by its record's name. */
    public List<Mapping> mappingsOf(DiskRecord disk) {
        return mappings.stream()
                .filter(mapping -> mapping.disk().equals(disk.name()))
                .toList();
    }

    /** What a target maps, by LUN. */
    public List<Mapping> mappingsIn(TargetRecord target) {
        return mappings.stream()
                .filter(mapping -> mapping.target().equals(target.name()))
                .toList();
    }

    /** An identity that no host can mistake for that of another disk here. */
    public DiskIdentity newIdentity(RandomGenerator random) {
        while (true) {
            DiskIdentity identity = DiskIdentity.random(random);
            if (disks.values().stream().noneMatch(disk -> disk.identity().mistakableFor(identity))) {
                return identity;
            }
        }
    }

    /** The next version with one disk put in, in place of {@code replaced} when that is given. */
    Inventory withDisk(@Nullable DiskRecord replaced, DiskRecord disk) {
        SortedMap<String, DiskRecord> changed = copy(disks);
        List<Mapping> moved = mappings;
        SortedMap<String, ClusterRecord> following = clusters;
        if (replaced != null) {
            changed.remove(replaced.name());
            moved = mappings.stream()
                    .map(mapping -> mapping.disk().equals(replaced.name()) ? mapping.of(disk) : mapping)
                    .toList();
            following = clusters(cluster -> cluster.following(replaced, disk));
        }
        changed.put(disk.name(), disk);
        return new Inventory(version + 1, nextRelativePortId, changed, targets, moved, following, access);
    }

    /** The next version with disks of the same names, which have changed. */
    Inventory withDisks(Collection<DiskRecord> disksOfThese) {
        SortedMap<String, DiskRecord> changed = copy(disks);
        disksOfThese.forEach(disk -> changed.put(disk.name(), disk));
        return new Inventory(version + 1, nextRelativePortId, changed, targets, mappings, clusters, access);
    }

    /**
     * What this one says, as the version that follows another: the numbers of target ports that were given away in
     * between are not given again.
     */
    public Inventory after(Inventory later) {
        int next = Math.max(nextRelativePortId, later.nextRelativePortId);
        return new Inventory(later.version + 1, next, disks, targets, mappings, clusters, access);
    }

    Inventory withoutDisk(DiskRecord disk) {
        SortedMap<String, DiskRecord> changed = copy(disks);
        changed.remove(disk.name());
        return new Inventory(version + 1, nextRelativePortId, changed, targets, mappings, clusters, access);
    }

    /** The next version with one target put in, in place of {@code replaced} when that is given. */
    Inventory withTarget(@Nullable TargetRecord replaced, TargetRecord target) {
        SortedMap<String, TargetRecord> changed = copy(targets);
        List<Mapping> moved = mappings;
        SortedMap<String, ClusterRecord> following = clusters;
        if (replaced != null) {
            changed.remove(replaced.name());
            following = clusters(cluster -> cluster.following(replaced, target));
            moved = mappings.stream()
                    .map(mapping -> mapping.target().equals(replaced.name()) ? mapping.into(target) : mapping)
                    .sorted(MAPPING_ORDER)
                    .toList();
        }
        changed.put(target.name(), target);
        int next = Math.max(nextRelativePortId, target.relativePortId() + 1);
        return new Inventory(version + 1, next, disks, changed, moved, following, access);
    }

    /** The next version without a target and its mappings. */
    Inventory withoutTarget(TargetRecord target) {
        SortedMap<String, TargetRecord> changed = copy(targets);
        changed.remove(target.name());
        List<Mapping> left = mappings.stream()
                .filter(mapping -> !mapping.target().equals(target.name()))
                .toList();
        return new Inventory(version + 1, nextRelativePortId, disks, changed, left, clusters, access);
    }

    Inventory withMapping(Mapping mapping) {
        List<Mapping> changed = new ArrayList<>(mappings);
        changed.add(mapping);
        changed.sort(MAPPING_ORDER);
        return new Inventory(version + 1, nextRelativePortId, disks, targets, changed, clusters, access);
    }

    /** The next version with one mapping in the place of another of the same disk and target. */
    Inventory withMapping(Mapping replaced, Mapping mapping) {
        List<Mapping> changed = new ArrayList<>(mappings);
        changed.set(changed.indexOf(replaced), mapping);
        return new Inventory(version + 1, nextRelativePortId, disks, targets, changed, clusters, access);
    }

    Inventory withoutMapping(Mapping mapping) {
        List<Mapping> changed = new ArrayList<>(mappings);
        changed.remove(mapping);
        return new Inventory(version + 1, nextRelativePortId, disks, targets, changed, clusters, access);
    }

    /** The next version with mappings of disks and targets that are there, whose places are free. */
    Inventory withMappings(Collection<Mapping> added) {
        List<Mapping> changed = new ArrayList<>(mappings);
        changed.addAll(added);
        changed.sort(MAPPING_ORDER);
        return new Inventory(version + 1, nextRelativePortId, disks, targets, changed, clusters, access);
    }

    Inventory withoutMappings(Collection<Mapping> removed) {
        Set<Mapping> gone = new HashSet<>(removed);
        List<Mapping> left =
                mappings.stream().filter(mapping -> !gone.contains(mapping)).toList();
        return new Inventory(version + 1, nextRelativePortId, disks, targets, left, clusters, access);
    }

    /** The next version with one cluster put in, in place of {@code replaced} when that is given. */
    Inventory withCluster(@Nullable ClusterRecord replaced, ClusterRecord cluster) {
        SortedMap<String, ClusterRecord> changed = copy(clusters);
        if (replaced != null) {
            changed.remove(replaced.name());
        }
        changed.put(cluster.name(), cluster);
        return new Inventory(version + 1, nextRelativePortId, disks, targets, mappings, changed, access);
    }

    Inventory withoutCluster(ClusterRecord cluster) {
        SortedMap<String, ClusterRecord> changed = copy(clusters);
        changed.remove(cluster.name());
        return new Inventory(version + 1, nextRelativePortId, disks, targets, mappings, changed, access);
    }

    private SortedMap<String, ClusterRecord> clusters(UnaryOperator<ClusterRecord> change) {
        SortedMap<String, ClusterRecord> changed = byName();
        clusters.values().forEach(cluster -> changed.put(cluster.name(), change.apply(cluster)));
        return changed;
    }

    /** The next version with a credential put in, in place of the one of its name. */
    Inventory withCredential(CredentialRecord credential) {
        SortedMap<String, CredentialRecord> changed = copy(access.credentials());
        changed.put(credential.name(), credential);
        return withAccess(new Access(changed, access.discovery()));
    }

    Inventory withoutCredential(CredentialRecord credential) {
        SortedMap<String, CredentialRecord> changed = copy(access.credentials());
        changed.remove(credential.name());
        return withAccess(new Access(changed, access.discovery()));
    }

    Inventory withDiscovery(ChapRule discovery) {
        return withAccess(new Access(access.credentials(), discovery));
    }

    private Inventory withAccess(Access changed) {
        return new Inventory(version + 1, nextRelativePortId, disks, targets, mappings, clusters, changed);
    }

    private void check() {
        DiskRules.check(disks.values());
        checkTargets();
        checkMappings();
        checkCredentials();
        ClusterRules.check(this);
    }

    private void checkTargets() {
        Map<String, String> iqns = new HashMap<>();
        Set<Integer> portIds = new HashSet<>();
        for (TargetRecord target : targets.values()) {
            String other = iqns.put(target.iqn(), target.name());
            if (other != null) {
                throw damaged("targets '%s' and '%s' have one IQN, %s".formatted(other, target.name(), target.iqn()));
            }
            IscsiNames.check(target.iqn());
            target.identifiers(); // Each entry is one.
            int portId = target.relativePortId();
            if (portId < 1 || portId >= nextRelativePortId || !portIds.add(portId)) {
                throw damaged("the relative port id %d of target '%s' is not its own, below nextRelativePortId %d"
                        .formatted(portId, target.name(), nextRelativePortId));
            }
        }
    }

    private void checkMappings() {
        Set<String> luns = new HashSet<>();
        Set<String> pairs = new HashSet<>();
        for (Mapping mapping : mappings) {
            DiskRecord disk = disks.get(mapping.disk());
            TargetRecord target = targets.get(mapping.target());
            if (disk == null || !disk.name().equals(mapping.disk())) {
                throw damaged("a mapping names the disk '%s', which is not there".formatted(mapping.disk()));
            }
            if (target == null || !target.name().equals(mapping.target())) {
                throw damaged("a mapping names the target '%s', which is not there".formatted(mapping.target()));
            }
            Mappings.checkLun(mapping.lun());
            if (!luns.add(mapping.target() + "/" + mapping.lun())) {
                throw damaged("LUN %d of target '%s' is mapped twice".formatted(mapping.lun(), mapping.target()));
            }
            if (!pairs.add(mapping.target() + "/" + mapping.disk())) {
                throw damaged("disk '%s' is mapped twice into target '%s'".formatted(mapping.disk(), mapping.target()));
            }
            if (disk.sharing() == Sharing.EXCLUSIVE && mappingsOf(disk).size() > 1) {
                throw damaged("disk '%s' is exclusive and mapped into several targets".formatted(disk.name()));
            }
        }
    }

    private void checkCredentials() {
        List<ChapRule> rules = new ArrayList<>(List.of(access.discovery()));
        for (TargetRecord target : targets.values()) {
            rules.add(target.chap());
            rules.addAll(target.chapOf().values());
            for (String initiator : target.chapOf().keySet()) {
                boolean listed = target.initiators().contains(initiator);
                if (!listed || !(InitiatorIdentifier.parse(initiator) instanceof InitiatorIdentifier.Name)) {
                    throw damaged("target '%s' has credentials for %s, which is no iSCSI name that it allows"
                            .formatted(target.name(), initiator));
                }
            }
        }
        for (ChapRule rule : rules) {
            if (!Credentials.known(this, rule).equals(rule)) {
                throw damaged("a name of a credential is not written as the credential's own, in %s".formatted(rule));
            }
        }
        Credentials.checkUses(this, (one, other) -> false);
    }

    private static InventoryException damaged(String problem) {
        return new InventoryException(InventoryException.Kind.INVALID, problem, null);
    }

    private static void unique(@Nullable Object previous, String thing, String name) {
        if (previous != null) {
            throw damaged("there are two %ss '%s'".formatted(thing, name));
        }
    }

    private static <T> SortedMap<String, T> byName() {
        return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }

    private static <T> SortedMap<String, T> copy(SortedMap<String, T> map) {
        SortedMap<String, T> copy = byName();
        copy.putAll(map);
        return copy;
    }
}
