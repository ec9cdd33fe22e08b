package dev.kume.cli.config;

import dev.kume.cli.config.ConfigDocument.Cluster;
import dev.kume.cli.config.ConfigDocument.ClusterDisk;
import dev.kume.cli.config.ConfigDocument.Lun;
import dev.kume.cli.config.ConfigDocument.Node;
import dev.kume.cli.config.ConfigDocument.Target;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.InventoryException.Kind;
import dev.kume.core.inventory.IscsiName;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which targets and mappings a document means, with those that its clusters stand for. Used once. */
final class TargetResolver {
    private final ConfigDocument document;
    private final Inventory now;
    private final Surroundings surroundings;
    private final DiskResolver disks;
    private final Function<ChapRule, ChapRule> credentials;

    /** By name in lower case. */
    private final Map<String, TargetDraft> drafts = new LinkedHashMap<>();

    private final List<TargetRecord> targets = new ArrayList<>();
    private final List<Mapping> mappings = new ArrayList<>();

    /** The nodes by their initiator names. */
    private final Map<String, Node> nodesOfIqns = new HashMap<>();

    private int nextPortId;

    /** @param credentials the rule with the names as the credentials have them; refuses those that there are not */
    TargetResolver(
            ConfigDocument document,
            Inventory now,
            Surroundings surroundings,
            DiskResolver disks,
            Function<ChapRule, ChapRule> credentials) {
        this.document = document;
        this.now = now;
        this.surroundings = surroundings;
        this.disks = disks;
        this.credentials = credentials;
        this.nextPortId = now.nextRelativePortId();
    }

    void resolve() {
        for (Target target : document.targets()) {
            TargetDraft other = drafts.get(DiskResolver.key(target.name()));
            if (other != null) {
                throw Refusals.of(
                        Kind.CONFLICT,
                        target.at(),
                        "target '%s' is described already, on line %d".formatted(target.name(), other.at.line()),
                        "describe it once");
            }
            drafts.put(DiskResolver.key(target.name()), TargetDraft.of(target));
        }
        for (Cluster cluster : document.clusters()) {
            cluster.nodes().forEach(node -> node(cluster, node));
            number(cluster);
        }
        drafts.values().forEach(this::numberTheRest);
        Map<String, TargetDraft> owners = new HashMap<>();
        for (TargetDraft draft : drafts.values()) {
            TargetRecord target = record(draft);
            targets.add(target);
            draft.luns.forEach((lun, place) -> mappings.add(mapping(draft, target, lun, place, owners)));
        }
    }

    List<TargetRecord> targets() {
        return targets;
    }

    List<Mapping> mappings() {
        return mappings;
    }

    // ---- clusters ---------------------------------------------------------------------------------------------------

    /** The name of the target that a node logs in to: as written, as it is, or the usual one. */
    String targetOf(Cluster cluster, Node node) {
        ClusterRecord known = clusterThere(cluster);
        if (cluster.oneTarget()) {
            String usual = known != null && known.oneTarget()
                    ? known.nodes().getFirst().target()
                    : cluster.name();
            return cluster.target() == null ? usual : cluster.target();
        }
        ClusterNode there = known == null || known.oneTarget() ? null : known.findNode(node.name());
        String usual = there == null ? node.name() : there.target();
        return node.target() == null ? usual : node.target();
    }

    /** The cluster that is meant, as it is: by its name, or by its nodes when it is to be renamed. */
    @Nullable
    ClusterRecord clusterThere(Cluster cluster) {
        ClusterRecord known = now.findCluster(cluster.name());
        if (known != null) {
            return known;
        }
        List<String> iqns = cluster.nodes().stream()
                .flatMap(node -> node.iqns().stream())
                .sorted()
                .toList();
        return now.clusters().stream()
                .filter(each -> each.nodes().stream()
                        .flatMap(node -> node.iqns().stream())
                        .sorted()
                        .toList()
                        .equals(iqns))
                .findFirst()
                .orElse(null);
    }

    private void node(Cluster cluster, Node node) {
        for (String iqn : node.iqns()) {
            Node other = nodesOfIqns.putIfAbsent(iqn, node);
            if (other != null) {
                throw Refusals.of(
                        Kind.GUARD,
                        node.at(),
                        "node '%s' has the initiator name of node '%s' on line %d, %s"
                                .formatted(node.name(), other.name(), other.at().line(), iqn),
                        "each node has its own: look at both initiators; a host copied from another keeps its name");
            }
        }
        String name = targetOf(cluster, node);
        TargetDraft draft = drafts.computeIfAbsent(
                DiskResolver.key(name),
                key -> TargetDraft.ofCluster(
                        node.at(), name, ConfigWriter.description(cluster.oneTarget(), node.name())));
        draft.iqn(node.at(), cluster.oneTarget() ? cluster.targetIqn() : node.targetIqn());
        draft.initiators.addAll(node.iqns());
        if (cluster.oneTarget() && node.chap().isRequired()) {
            node.iqns().forEach(iqn -> draft.chapOf.put(iqn, node.chap()));
        } else {
            draft.chap(node.at(), node.chap());
        }
    }

    /** All nodes have a disk at one LUN: as written, as it is, or the lowest that is free in all targets. */
    private void number(Cluster cluster) {
        List<TargetDraft> all = cluster.nodes().stream()
                .map(node -> drafts.get(DiskResolver.key(targetOf(cluster, node))))
                .distinct()
                .toList();
        ClusterRecord known = clusterThere(cluster);
        for (ClusterDisk disk : cluster.disks()) {
            if (disk.lun() != null) {
                all.forEach(draft -> put(draft, disk, disk.lun()));
            }
        }
        for (ClusterDisk disk : cluster.disks()) {
            if (disk.lun() == null && lunOf(cluster, disk) == null) {
                Integer there = known == null ? null : lunThere(known, disk);
                int lun = there != null && isFree(all, there) ? there : lowestFree(all);
                all.forEach(draft -> put(draft, disk, lun));
            } else if (disk.lun() == null) {
                // Written in one of the targets: the others follow it.
                int lun = Objects.requireNonNull(lunOf(cluster, disk));
                all.forEach(draft -> put(draft, disk, lun));
            }
        }
    }

    private @Nullable Integer lunThere(ClusterRecord cluster, ClusterDisk disk) {
        DiskRecord record = disks.find(disk.disk().name());
        DiskRecord known =
                record == null ? null : now.findDisk(record.identity().uuid());
        return cluster.disks().stream()
                .filter(each -> known != null && each.disk().equals(known.name()))
                .map(each -> each.lun())
                .findFirst()
                .orElse(null);
    }

    private static void put(TargetDraft draft, ClusterDisk disk, int lun) {
        draft.put(lun, new TargetDraft.Place(disk.disk().at(), disk.disk().name(), false));
    }

    /** The LUN of a disk of a cluster, once it is resolved; null before. */
    @Nullable
    Integer lunOf(Cluster cluster, ClusterDisk disk) {
        for (Node node : cluster.nodes()) {
            TargetDraft draft = drafts.get(DiskResolver.key(targetOf(cluster, node)));
            Integer lun = draft == null ? null : draft.lunOf(disk.disk().name());
            if (lun != null) {
                return lun;
            }
        }
        return null;
    }

    private static boolean isFree(Collection<TargetDraft> drafts, int lun) {
        return drafts.stream().noneMatch(draft -> draft.luns.containsKey(lun));
    }

    private static int lowestFree(Collection<TargetDraft> drafts) {
        int lun = 0;
        while (!isFree(drafts, lun)) {
            lun++;
        }
        return lun;
    }

    private void numberTheRest(TargetDraft draft) {
        TargetRecord known = there(draft);
        for (Lun lun : draft.unnumbered) {
            if (draft.lunOf(lun.disk()) != null) {
                continue;
            }
            Integer before = known == null ? null : lunThere(known, lun);
            int number = before != null && !draft.luns.containsKey(before) ? before : lowestFree(List.of(draft));
            draft.put(number, new TargetDraft.Place(lun.at(), lun.disk(), lun.readOnly()));
        }
    }

    private @Nullable Integer lunThere(TargetRecord target, Lun lun) {
        DiskRecord record = disks.find(lun.disk());
        DiskRecord known =
                record == null ? null : now.findDisk(record.identity().uuid());
        return now.mappingsIn(target).stream()
                .filter(mapping -> known != null && mapping.disk().equals(known.name()))
                .map(Mapping::lun)
                .findFirst()
                .orElse(null);
    }

    // ---- records ----------------------------------------------------------------------------------------------------

    private @Nullable TargetRecord there(TargetDraft draft) {
        return draft.iqn == null ? now.findTarget(draft.name) : now.findTargetByIqn(draft.iqn);
    }

    private TargetRecord record(TargetDraft draft) {
        TargetRecord known = there(draft);
        for (String initiator : draft.chapOf.keySet()) {
            if (!draft.initiators.contains(initiator)) {
                throw Refusals.of(
                        Kind.INVALID,
                        draft.at,
                        "target '%s' has credentials for %s and does not let it in".formatted(draft.name, initiator),
                        "write it under initiators: too");
            }
        }
        Map<String, ChapRule> chapOf = new LinkedHashMap<>();
        draft.chapOf.forEach(
                (initiator, rule) -> chapOf.put(initiator, Refusals.at(draft.at, () -> credentials.apply(rule))));
        return Refusals.at(
                draft.at,
                () -> new TargetRecord(
                        draft.name,
                        known != null ? known.iqn() : draft.iqn == null ? iqnOf(draft) : draft.iqn,
                        known == null ? nextPortId++ : known.relativePortId(),
                        draft.description(),
                        draft.enabled(),
                        draft.initiators.stream().sorted().toList(),
                        credentials.apply(draft.chap),
                        new TreeMap<>(chapOf),
                        portals(draft, known),
                        redirect(draft, known),
                        known == null ? surroundings.now() : known.created()));
    }

    private String iqnOf(TargetDraft draft) {
        try {
            return IscsiName.normalize(surroundings.iqnOf(draft.name));
        } catch (IllegalArgumentException e) {
            throw new InventoryException(Kind.INVALID, String.valueOf(e.getMessage()), "write an iqn: for it");
        }
    }

    /** Portals that a target is tied to already need not be there any more: nobody has asked for a change. */
    private List<String> portals(TargetDraft draft, @Nullable TargetRecord known) {
        List<String> names = new ArrayList<>();
        for (String portal : draft.portals()) {
            if (known != null && known.portals().contains(portal)) {
                names.add(portal);
            } else {
                names.add(surroundings.portals().stream()
                        .filter(there -> there.equalsIgnoreCase(portal))
                        .findFirst()
                        .orElseThrow(() -> new InventoryException(
                                Kind.NOT_FOUND,
                                "kume.yaml has no portal '%s', to which target '%s' would be tied"
                                        .formatted(portal, draft.name),
                                "it has: " + String.join(", ", surroundings.portals()))));
            }
        }
        return names;
    }

    private @Nullable String redirect(TargetDraft draft, @Nullable TargetRecord known) {
        String redirect = draft.redirect();
        if (redirect == null || (known != null && redirect.equals(known.redirect()))) {
            return redirect;
        }
        return surroundings.redirect(redirect);
    }

    private Mapping mapping(
            TargetDraft draft, TargetRecord target, int lun, TargetDraft.Place place, Map<String, TargetDraft> owners) {
        DiskRecord disk = disks.find(place.disk());
        if (disk == null) {
            throw Refusals.of(
                    Kind.NOT_FOUND,
                    place.at(),
                    "LUN %d of target '%s' is disk '%s', which is not described"
                            .formatted(lun, draft.name, place.disk()),
                    disks.nearest(place.disk()));
        }
        TargetDraft other = owners.put(disk.name(), draft);
        if (other != null && disk.sharing() == Sharing.EXCLUSIVE) {
            throw Refusals.of(
                    Kind.GUARD,
                    place.at(),
                    "disk '%s' is exclusive and is mapped into target '%s' too; mapping it into '%s' lets two hosts write it"
                            .formatted(disk.name(), other.name, draft.name),
                    "if they are nodes of one cluster, describe it under clusters:, or with sharing: cluster");
        }
        return new Mapping(disk.name(), target.name(), lun, place.readOnly());
    }

    /** A refusal of the rules about all together, with the place of the target that it names. */
    @Nullable
    InventoryException placed(InventoryException refusal) {
        TargetDraft draft = "target".equals(refusal.thing()) && refusal.name() != null
                ? drafts.get(DiskResolver.key(refusal.name()))
                : null;
        return draft == null ? null : Refusals.at(draft.at, refusal);
    }
}
