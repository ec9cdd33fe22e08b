package dev.kume.core.inventory;

import dev.kume.core.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The targets that the nodes of a cluster log in to: made, taken over where they are there, and given back. */
final class ClusterTargets {
    private ClusterTargets() {}

    /** The next inventory, in which the target lets the node in; made when there is none of this name. */
    static Inventory admit(
            Inventory inventory,
            ClusterNode node,
            ClusterPlan.Access access,
            boolean shared,
            Instant now,
            Limits limits) {
        TargetRecord there = inventory.findTarget(node.target());
        Inventory next;
        if (there == null) {
            next = Targets.add(
                    inventory,
                    node.target(),
                    access.iqns().of(node.target()),
                    node.iqns(),
                    shared ? "" : "node " + node.name(),
                    now,
                    limits);
        } else {
            if (!shared) {
                checkFits(there, node);
            }
            next = inventory;
            for (String iqn : node.iqns()) {
                next = Targets.allow(next, there.name(), iqn, limits);
            }
        }
        if (access.chap() != null) {
            next = TargetLogins.setChap(next, node.target(), access.chap());
        }
        if (access.portals() != null) {
            next = TargetLogins.setPortals(next, node.target(), access.portals(), access.known());
        }
        return next;
    }

    /** Refuses a target that is there and lets in others than this node, or is a cluster's already. */
    static void checkFits(TargetRecord target, ClusterNode node) {
        List<String> strangers = target.initiators().stream()
                .filter(entry -> !node.iqns().contains(entry))
                .toList();
        if (!strangers.isEmpty()) {
            throw InventoryException.conflict(
                    "target",
                    target.name(),
                    "target '%s' is there and lets in %s, which is not node '%s'"
                            .formatted(target.name(), String.join(", ", strangers), node.name()),
                    "run 'kume target deny %s %s' first, or give the node another name"
                            .formatted(target.name(), strangers.getFirst()));
        }
    }

    static void checkOwn(Inventory inventory, String name) {
        TargetRecord target = inventory.findTarget(name);
        ClusterRecord other = target == null ? null : inventory.clusterOf(target);
        if (other != null) {
            throw InventoryException.conflict(
                    "target",
                    name,
                    "target '%s' belongs to cluster '%s'".formatted(name, other.name()),
                    "give the node another name");
        }
    }

    /**
     * Takes a cluster's disks out of the target of a node that has left, and the target away with them; one that is
     * older than the cluster, or maps other disks too, stays.
     */
    static Inventory release(Inventory inventory, ClusterRecord cluster, String name) {
        TargetRecord target = inventory.target(name);
        List<Mapping> gone = new ArrayList<>();
        boolean others = false;
        for (Mapping mapping : inventory.mappingsIn(target)) {
            if (cluster.findDisk(mapping.disk()) == null) {
                others = true;
            } else {
                gone.add(mapping);
            }
        }
        boolean made = !target.created().isBefore(cluster.created());
        return made && !others ? inventory.withoutTarget(target) : inventory.withoutMappings(gone);
    }

    /** Takes the names of a node that has left off the access list of the target that the others go on to use. */
    static Inventory deny(Inventory inventory, ClusterNode node) {
        TargetRecord target = inventory.target(node.target());
        List<String> left = target.initiators().stream()
                .filter(entry -> !node.iqns().contains(entry))
                .toList();
        return inventory.withTarget(target, target.withInitiators(left));
    }
}
