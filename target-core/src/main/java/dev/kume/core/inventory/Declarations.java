package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.Sizes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rules of putting everything that is provisioned in the place of what is, in one step: whatever single changes
 * would lead there, what none of them may do is refused here too.
 */
public final class Declarations {
    private Declarations() {}

    /** Everything that is provisioned, but for the counts that an inventory keeps. */
    public record Contents(
            List<DiskRecord> disks,
            List<TargetRecord> targets,
            List<Mapping> mappings,
            List<ClusterRecord> clusters,
            List<CredentialRecord> credentials,
            ChapRule discovery) {
        public Contents {
            disks = List.copyOf(disks);
            targets = List.copyOf(targets);
            mappings = List.copyOf(mappings);
            clusters = List.copyOf(clusters);
            credentials = List.copyOf(credentials);
        }

        /** What an inventory has. */
        public static Contents of(Inventory inventory) {
            return new Contents(
                    new ArrayList<>(inventory.disks()),
                    new ArrayList<>(inventory.targets()),
                    inventory.mappings(),
                    new ArrayList<>(inventory.clusters()),
                    new ArrayList<>(inventory.credentials()),
                    inventory.discovery());
        }
    }

    /**
     * The inventory that has exactly these contents; the same one when it has them.
     *
     * @param now         what the contents take the place of; its disks are known by their identity
     * @param connections who is connected now
     */
    public static Inventory replace(Inventory now, Contents contents, Limits limits, Connections connections) {
        int nextPortId = now.nextRelativePortId();
        for (TargetRecord target : contents.targets()) {
            nextPortId = Math.max(nextPortId, target.relativePortId() + 1);
        }
        checkNames(contents);
        Inventory next = Inventory.of(
                now.version() + 1,
                nextPortId,
                contents.disks(),
                contents.targets(),
                contents.mappings(),
                contents.clusters(),
                contents.credentials(),
                contents.discovery());
        if (Contents.of(now).equals(Contents.of(next))) {
            return now;
        }
        checkLimits(next, limits);
        for (DiskRecord disk : now.disks()) {
            DiskRecord after = next.findDisk(disk.identity().uuid());
            if (after == null) {
                checkRemoval(next, disk);
            } else if (!after.equals(disk)) {
                checkChange(now, next, disk, after, connections);
            }
        }
        return next;
    }

    /** Two things of one name are refused as everywhere else, not as damage to a file. */
    private static void checkNames(Contents contents) {
        Map<String, String> disks = new HashMap<>();
        contents.disks().forEach(disk -> checkName(disks, "disk", disk.name()));
        Map<String, String> targets = new HashMap<>();
        Map<String, TargetRecord> iqns = new HashMap<>();
        for (TargetRecord target : contents.targets()) {
            checkName(targets, "target", target.name());
            TargetRecord other = iqns.put(target.iqn(), target);
            if (other != null) {
                throw InventoryException.conflict(
                        "target",
                        target.name(),
                        "targets '%s' and '%s' would both have the IQN %s"
                                .formatted(other.name(), target.name(), target.iqn()),
                        "give one of them another");
            }
        }
    }

    private static void checkName(Map<String, String> seen, String thing, String name) {
        String other = seen.put(name.toLowerCase(Locale.ROOT), name);
        if (other != null) {
            throw InventoryException.conflict(
                    thing,
                    name,
                    "there would be two %ss '%s'".formatted(thing, name),
                    "rename one of them on its own first");
        }
    }

    private static void checkLimits(Inventory next, Limits limits) {
        checkLimit("disks", next.disks().size(), Limit.DISKS, limits);
        checkLimit("targets", next.targets().size(), Limit.TARGETS, limits);
        checkLimit("credentials", next.credentials().size(), Limit.CREDENTIALS, limits);
        Map<String, Integer> luns = new HashMap<>();
        next.mappings().forEach(mapping -> luns.merge(mapping.target(), 1, Integer::sum));
        for (TargetRecord target : next.targets()) {
            String of = " in target '%s'".formatted(target.name());
            checkLimit("disks" + of, luns.getOrDefault(target.name(), 0), Limit.LUNS_PER_TARGET, limits);
            checkLimit("initiators" + of, target.initiators().size(), Limit.INITIATORS_PER_TARGET, limits);
        }
    }

    private static void checkLimit(String what, int count, Limit limit, Limits limits) {
        if (count > limits.get(limit)) {
            throw InventoryException.limit(
                    "%d %s are more than limits.%s allows (%d)".formatted(count, what, limit.key(), limits.get(limit)),
                    "declare fewer, or raise the limit in kume.yaml");
        }
    }

    private static void checkRemoval(Inventory next, DiskRecord disk) {
        Disks.checkNoChildren(next, disk, "is not removed");
        if (!disk.layers().snapshots().isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is not removed: it has %d snapshots"
                            .formatted(disk.name(), disk.layers().snapshots().size()),
                    "remove them with 'kume snapshot remove', or the disk with 'kume disk remove --with-snapshots'");
        }
    }

    private static void checkChange(
            Inventory now, Inventory next, DiskRecord before, DiskRecord after, Connections connections) {
        if (after.sharing() != before.sharing() && after.sharing() != Sharing.READ_ONLY) {
            Disks.checkMayBeWritten(next, after);
        }
        if (after.sizeBytes() < before.sizeBytes()) {
            throw InventoryException.guard(
                    "disk",
                    before.name(),
                    "disk '%s' has %s (%d bytes) and is not made smaller (%d bytes) by a plan: what lies behind would be lost"
                            .formatted(
                                    before.name(),
                                    Sizes.format(before.sizeBytes()),
                                    before.sizeBytes(),
                                    after.sizeBytes()),
                    "run 'kume disk resize %s SIZE --shrink' first".formatted(before.name()));
        }
        if (after.sizeBytes() > before.sizeBytes()) {
            Disks.checkGrowth(before, after.sizeBytes());
        }
        var names = new DiskProfile.Changes(
                null, null, after.profile().vendor(), after.profile().product());
        Disks.present(now, before.name(), names, connections);
        if (!after.withFile(before.file(), before.format(), before.type(), before.sparse(), before.layers())
                .equals(after)) {
            throw InventoryException.guard(
                    "disk",
                    before.name(),
                    "disk '%s' keeps its file, format and snapshots in a plan".formatted(before.name()),
                    "'kume disk convert' and 'kume snapshot' change them");
        }
    }
}
