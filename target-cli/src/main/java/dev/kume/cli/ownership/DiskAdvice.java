package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Owner;
import dev.kume.cli.api.ClusterStatusView.Share;
import dev.kume.cli.api.ClusterStatusView.Stranger;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What there is to say about disks: whether they are there, who holds them, and who should not. */
final class DiskAdvice {
    private static final int REGISTRANTS_ONLY = 5;

    private final ClusterScene scene;
    private final ClusterRecord cluster;
    private final List<Disk> disks;
    private final boolean formed;
    private final boolean connected;
    private final Findings findings;

    private DiskAdvice(ClusterScene scene, List<Disk> disks, boolean formed, boolean connected, Findings findings) {
        this.scene = scene;
        this.cluster = scene.cluster();
        this.disks = disks;
        this.formed = formed;
        this.connected = connected;
        this.findings = findings;
    }

    /**
     * @param formed    some node has registered with some disk
     * @param connected some node is connected
     */
    static void give(ClusterScene scene, List<Disk> disks, boolean formed, boolean connected, Findings findings) {
        DiskAdvice advice = new DiskAdvice(scene, disks, formed, connected, findings);
        for (Disk disk : disks) {
            advice.offline(disk);
            advice.foreign(disk);
            advice.space(disk);
            advice.mappedElsewhere(disk);
        }
        advice.owners();
        advice.registrations();
        advice.unused();
    }

    private static boolean isWitness(Disk disk) {
        return disk.role().equals(ClusterRole.WITNESS.word());
    }

    // ---- one disk
    // ---------------------------------------------------------------------------------------------------------

    private void offline(Disk disk) {
        if (disk.offlineReason() != null) {
            findings.add(
                    isWitness(disk) ? Advice.WARNING : Advice.PROBLEM,
                    "disk " + disk.name(),
                    "disk %s is offline: %s".formatted(disk.name(), disk.offlineReason()),
                    "kume disk online " + disk.name());
        }
    }

    /** Hosts that are of no node, and have a say in who may write. */
    private void foreign(Disk disk) {
        Owner owner = disk.owner();
        Set<String> told = new HashSet<>();
        if (owner != null && (owner.node() == null || owner.byKey())) {
            told.add(owner.initiator());
            findings.add(
                    Advice.PROBLEM,
                    "disk " + disk.name(),
                    "disk %s is held by %s, which is of no node of %s%s"
                            .formatted(
                                    disk.name(),
                                    owner.initiator(),
                                    cluster.name(),
                                    owner.node() == null
                                            ? ""
                                            : "; its key was that of %s: has its initiator another name?"
                                                    .formatted(owner.node())),
                    foreignRemedy(disk, owner.initiator()));
        }
        for (Stranger stranger : disk.strangers()) {
            if (told.add(stranger.initiator())) {
                findings.add(
                        Advice.WARNING,
                        "disk " + disk.name(),
                        "%s is registered with disk %s, and of no node of %s%s"
                                .formatted(
                                        stranger.initiator(),
                                        disk.name(),
                                        cluster.name(),
                                        stranger.node() == null
                                                ? ""
                                                : "; its key was that of %s".formatted(stranger.node())),
                        foreignRemedy(disk, stranger.initiator()));
            }
        }
    }

    private String foreignRemedy(Disk disk, String initiator) {
        return "make it a node (kume cluster add-node %s NAME=%s), or stop it and run: kume reservation clear %s"
                .formatted(cluster.name(), initiator, disk.name());
    }

    private void space(Disk disk) {
        Integer freePercent = scene.disk(disk.name()).freePercent();
        if (freePercent != null && freePercent <= scene.spacePercent()) {
            findings.add(
                    Advice.WARNING,
                    "disk " + disk.name(),
                    "disk %s grows in a file system of which %d %% is free".formatted(disk.name(), freePercent),
                    "free space there, or move it: kume disk convert %s --file PATH".formatted(disk.name()));
        }
    }

    private void mappedElsewhere(Disk disk) {
        DiskRecord record = scene.inventory().disk(disk.name());
        List<String> targets = cluster.targets();
        for (Mapping mapping : scene.inventory().mappingsOf(record)) {
            boolean ours = targets.contains(mapping.target());
            TargetRecord target = scene.inventory().target(mapping.target());
            if (!ours && !mapping.readOnly()) {
                findings.add(
                        Advice.WARNING,
                        "disk " + disk.name(),
                        "disk %s is LUN %d of target '%s' as well, which is of no node of %s, and may be written there"
                                .formatted(disk.name(), mapping.lun(), target.name(), cluster.name()),
                        "kume unmap %s %s, or add --read-only to its mapping".formatted(disk.name(), target.name()));
            } else if (ours && mapping.readOnly()) {
                findings.add(
                        Advice.PROBLEM,
                        "disk " + disk.name(),
                        "disk %s cannot be written through target '%s'".formatted(disk.name(), target.name()),
                        "kume map %s %s --read-write".formatted(disk.name(), target.name()));
            }
        }
    }

    // ---- all disks, told together
    // --------------------------------------------------------------------------------------------

    private void owners() {
        if (!formed) {
            return;
        }
        List<String> free = new ArrayList<>();
        Map<String, List<String>> heldByAbsent = new LinkedHashMap<>();
        for (Disk disk : disks) {
            Owner owner = disk.owner();
            if (owner == null) {
                if (scene.disk(disk.name()).used()) {
                    free.add(disk.name());
                }
            } else if (owner.node() != null && !owner.connected()) {
                heldByAbsent
                        .computeIfAbsent(owner.node(), any -> new ArrayList<>())
                        .add(disk.name());
            } else if (disk.role().equals(ClusterRole.CSV.word()) && owner.code() < REGISTRANTS_ONLY) {
                findings.add(
                        Advice.WARNING,
                        "disk " + disk.name(),
                        "disk %s is a shared volume, and its reservation (%s) lets its owner alone write it"
                                .formatted(disk.name(), owner.type()),
                        "let the cluster reserve it: take it offline and online again there");
            }
        }
        if (!free.isEmpty()) {
            findings.add(
                    Advice.WARNING,
                    about(free),
                    "%s %s held by no node".formatted(Sentences.named("disk", free), is(free)),
                    "bring it online in the cluster, and look whether the cluster service runs");
        }
        heldByAbsent.forEach((node, held) -> findings.add(
                Advice.WARNING,
                about(held),
                "%s %s held by %s, which is not connected".formatted(Sentences.named("disk", held), is(held), node),
                "another node takes it over when the cluster runs: kume cluster timeline " + cluster.name()));
    }

    private static String is(List<String> names) {
        return names.size() == 1 ? "is" : "are";
    }

    private static String about(List<String> names) {
        return names.size() == 1 ? "disk " + names.getFirst() : "disks";
    }

    private void registrations() {
        Map<String, List<String>> missing = new LinkedHashMap<>();
        Map<String, List<String>> stale = new LinkedHashMap<>();
        Map<String, Share> examples = new LinkedHashMap<>();
        for (Disk disk : disks) {
            for (Share share : disk.nodes()) {
                if (share.state().equals(Share.MISSING)) {
                    missing.computeIfAbsent(share.node(), any -> new ArrayList<>())
                            .add(disk.name());
                    examples.putIfAbsent(share.node(), share);
                } else if (share.state().equals(Share.STALE)) {
                    stale.computeIfAbsent(share.node(), any -> new ArrayList<>())
                            .add(disk.name());
                }
            }
        }
        missing.forEach((node, names) -> {
            Share share = Objects.requireNonNull(examples.get(node));
            findings.add(
                    Advice.WARNING,
                    "node " + node,
                    "%s is not registered with %s on %d of %s (%s)"
                            .formatted(
                                    node,
                                    Sentences.named("disk", names),
                                    share.missing().size(),
                                    Sentences.count(share.paths(), "path"),
                                    Sentences.list(share.missing())),
                    "its writes fail there: on Windows let MPIO claim the disk, on Linux run fence_scsi's unfencing");
        });
        stale.forEach((node, names) -> findings.add(
                Advice.NOTE,
                "node " + node,
                "%s is registered with %s by a path that it does not have now"
                        .formatted(node, Sentences.named("disk", names)),
                "nothing: the path comes back, or the node drops it; 'kume reservation show DISK' shows it"));
    }

    private void unused() {
        if (!connected) {
            return;
        }
        List<String> untouched = disks.stream()
                .filter(disk -> disk.owner() == null && !scene.disk(disk.name()).used())
                .filter(disk ->
                        disk.nodes().stream().allMatch(share -> share.lastRead() == null && share.lastWrite() == null))
                .map(Disk::name)
                .toList();
        if (!untouched.isEmpty()) {
            findings.add(
                    Advice.NOTE,
                    about(untouched),
                    "no node has read %s yet".formatted(Sentences.named("disk", untouched)),
                    "let the nodes look again: Update-HostStorageCache, or iscsiadm --mode session --rescan");
        }
    }
}
