package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.api.ClusterStatusView.Owner;
import dev.kume.cli.api.ClusterStatusView.Portal;
import dev.kume.cli.api.ClusterStatusView.Share;
import dev.kume.cli.api.ClusterVerifyView;
import dev.kume.cli.api.ClusterVerifyView.Step;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The steps from declared disks to a tested failover, ticked off by what the storage has seen: a pure function of that.
 * What only a host knows, such as the name of its file system, is not asked for.
 */
public final class ClusterSteps {
    private final ClusterScene scene;
    private final ClusterRecord cluster;
    private final ClusterStatusView status;
    private final List<Step> steps = new ArrayList<>();

    private ClusterSteps(ClusterScene scene, ClusterStatusView status) {
        this.scene = scene;
        this.cluster = scene.cluster();
        this.status = status;
    }

    /** @param status what {@link ClusterStatus} makes of the same scene */
    public static ClusterVerifyView of(ClusterScene scene, ClusterStatusView status) {
        ClusterSteps steps = new ClusterSteps(scene, status);
        steps.portals();
        steps.discovered();
        steps.loggedIn();
        steps.allPaths();
        steps.disksSeen();
        steps.disksWritten();
        steps.registered();
        steps.held();
        steps.witness();
        steps.takenOver();
        return steps.view();
    }

    private ClusterVerifyView view() {
        int done = (int)
                steps.stream().filter(step -> step.state().equals(Step.DONE)).count();
        return new ClusterVerifyView(cluster.name(), scene.now(), done, steps.size() - done, steps);
    }

    private void done(String id, String title, String detail) {
        steps.add(new Step(id, title, Step.DONE, detail, null));
    }

    private void open(String id, String title, String detail, String next) {
        steps.add(new Step(id, title, Step.OPEN, detail, next));
    }

    private void problem(String id, String title, String detail, String next) {
        steps.add(new Step(id, title, Step.PROBLEM, detail, next));
    }

    private String script(List<String> nodes) {
        return nodes.size() == 1
                ? "kume cluster script %s --powershell --node %s (or --bash), and run it there"
                        .formatted(cluster.name(), nodes.getFirst())
                : "kume cluster script %s --powershell (or --bash), and run it on %s"
                        .formatted(cluster.name(), Sentences.list(nodes));
    }

    private List<String> nodes(Predicate<Node> which) {
        return status.nodes().stream().filter(which).map(Node::name).toList();
    }

    // ---- connecting
    // --------------------------------------------------------------------------------------------------------

    private void portals() {
        String title = "a portal is open";
        List<String> open = status.portals().stream()
                .map(portal -> portal.address() + ":" + portal.port())
                .toList();
        if (open.isEmpty()) {
            problem(
                    "portal-open",
                    title,
                    "no portal listens",
                    "name an address under portals in kume.yaml, then: kume service reload");
        } else {
            done("portal-open", title, Sentences.list(open));
        }
    }

    private void discovered() {
        String title = "each node has looked for targets";
        List<String> unseen = nodes(node -> node.state().equals(Node.NEVER_SEEN));
        if (unseen.isEmpty()) {
            done("discovered", title, Sentences.count(status.nodes().size(), "node") + " seen");
        } else {
            open("discovered", title, "never seen: " + Sentences.list(unseen), script(unseen));
        }
    }

    private void loggedIn() {
        String title = "each node is logged in to its own target";
        List<Node> refused = status.nodes().stream()
                .filter(node -> node.state().equals(Node.REFUSED))
                .toList();
        List<String> out = nodes(node -> node.paths().isEmpty());
        if (!refused.isEmpty()) {
            Node node = refused.getFirst();
            problem(
                    "logged-in",
                    title,
                    "%s was refused: %s".formatted(node.name(), Objects.requireNonNullElse(node.refusal(), "")),
                    "kume target show " + node.target());
        } else if (!out.isEmpty()) {
            open("logged-in", title, "not logged in: " + Sentences.list(out), script(out));
        } else {
            done("logged-in", title, Sentences.count(status.nodes().size(), "node") + " logged in");
        }
    }

    private void allPaths() {
        String title = "each node has a path through each portal";
        List<String> few = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Node node : status.nodes()) {
            Set<String> without = new LinkedHashSet<>(ways(node));
            node.paths().forEach(path -> without.remove(path.portal()));
            if (!without.isEmpty() || node.paths().isEmpty()) {
                few.add(node.name());
                missing.add(
                        node.paths().isEmpty()
                                ? node.name() + " has no path"
                                : "%s has none through %s".formatted(node.name(), String.join(", ", without)));
            }
        }
        if (!few.isEmpty()) {
            open("all-paths", title, Sentences.clauses(missing), script(few));
        } else if (status.portals().size() < 2) {
            done("all-paths", title, "one portal, so one path each: a second network would carry on without the first");
        } else {
            done("all-paths", title, Sentences.count(status.portals().size(), "path") + " each");
        }
    }

    /** The portals through which the target of a node is seen, as sessions name them. */
    private List<String> ways(Node node) {
        TargetRecord target = scene.inventory().target(node.target());
        return status.portals().stream()
                .filter(portal -> target.portals().isEmpty() || target.portals().contains(portal.name()))
                .map(ClusterSteps::address)
                .toList();
    }

    private static String address(Portal portal) {
        String host = portal.address().indexOf(':') < 0 ? portal.address() : "[" + portal.address() + "]";
        return host + ":" + portal.port();
    }

    // ---- disks
    // ----------------------------------------------------------------------------------------------------------------

    private void disksSeen() {
        String title = "each node has read each disk";
        List<String> nodes = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        Map<String, Set<String>> past = new HashMap<>();
        status.disks().forEach(disk -> past.put(disk.name(), actors(disk)));
        for (ClusterNode node : cluster.nodes()) {
            List<String> disks = status.disks().stream()
                    .filter(disk -> !share(disk, node.name()).map(ClusterSteps::hasSeen)
                            && !past.getOrDefault(disk.name(), Set.of()).contains(node.name()))
                    .map(Disk::name)
                    .toList();
            if (!disks.isEmpty()) {
                nodes.add(node.name());
                unread.add("%s: not %s".formatted(node.name(), Sentences.list(disks)));
            }
        }
        List<String> offline = status.disks().stream()
                .filter(disk -> disk.offlineReason() != null)
                .map(Disk::name)
                .toList();
        if (status.disks().isEmpty()) {
            open(
                    "disks-seen",
                    title,
                    "the cluster has no disk",
                    "kume cluster add-disk %s NAME=SIZE".formatted(cluster.name()));
        } else if (!offline.isEmpty()) {
            problem(
                    "disks-seen",
                    title,
                    Sentences.named("disk", offline) + (offline.size() == 1 ? " is offline" : " are offline"),
                    "kume disk online " + offline.getFirst());
        } else if (unread.isEmpty()) {
            done("disks-seen", title, Sentences.count(status.disks().size(), "disk") + " read by each node");
        } else {
            open(
                    "disks-seen",
                    title,
                    Sentences.clauses(unread),
                    "on %s: Update-HostStorageCache, or iscsiadm --mode session --rescan"
                            .formatted(Sentences.list(nodes)));
        }
    }

    private record Found(@Nullable Share share) {
        boolean map(Predicate<Share> test) {
            return share != null && test.test(share);
        }
    }

    private static Found share(Disk disk, String node) {
        return new Found(disk.nodes().stream()
                .filter(share -> share.node().equals(node))
                .findFirst()
                .orElse(null));
    }

    private static boolean hasSeen(Share share) {
        return share.lastRead() != null
                || share.lastWrite() != null
                || !share.keys().isEmpty();
    }

    /** The nodes that have asked for something in the remembered past of a disk's reservations. */
    private Set<String> actors(Disk disk) {
        Set<String> actors = new LinkedHashSet<>();
        for (ReservationEvent event : scene.disk(disk.name()).history().events()) {
            ClusterNode node =
                    event.by() == null ? null : cluster.nodeOf(event.by().initiatorName());
            if (node != null) {
                actors.add(node.name());
            }
        }
        return actors;
    }

    private void disksWritten() {
        String title = "each disk has been prepared by a node";
        List<String> blank = status.disks().stream()
                .filter(disk -> !scene.disk(disk.name()).used())
                .filter(disk -> disk.nodes().stream().allMatch(share -> share.lastWrite() == null))
                .map(Disk::name)
                .toList();
        if (blank.isEmpty() && !status.disks().isEmpty()) {
            done(
                    "disks-prepared",
                    title,
                    "written or taken by a node: "
                            + Sentences.count(status.disks().size(), "disk"));
        } else {
            List<String> first = List.of(cluster.nodes().getFirst().name());
            open(
                    "disks-prepared",
                    title,
                    blank.isEmpty() ? "the cluster has no disk" : "never written: " + Sentences.list(blank),
                    script(first) + "; it makes a partition and a volume on empty disks");
        }
    }

    // ---- the cluster
    // ------------------------------------------------------------------------------------------------------------

    private void registered() {
        String title = "whoever uses a disk is registered on all its paths";
        List<String> wrong = new ArrayList<>();
        for (Disk disk : status.disks()) {
            List<String> incomplete = disk.nodes().stream()
                    .filter(share -> share.state().equals(Share.MISSING))
                    .map(Share::node)
                    .toList();
            if (!incomplete.isEmpty()) {
                wrong.add("%s: not %s".formatted(disk.name(), Sentences.list(incomplete)));
            } else if (disk.nodes().stream().allMatch(share -> share.keys().isEmpty())) {
                wrong.add(disk.name() + ": nobody");
            }
        }
        if (wrong.isEmpty() && !status.disks().isEmpty()) {
            done("registered", title, Sentences.count(status.disks().size(), "disk"));
        } else {
            open("registered", title, wrong.isEmpty() ? "the cluster has no disk" : Sentences.clauses(wrong), form());
        }
    }

    private String form() {
        return "form the cluster: the script of %s with -Form (Windows), with form (Linux)"
                .formatted(cluster.nodes().getFirst().name());
    }

    private void held() {
        String title = "each disk is held by a node";
        List<String> free = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        for (Disk disk : status.disks()) {
            Owner owner = disk.owner();
            if (owner == null) {
                free.add(disk.name());
            } else if (owner.node() == null || owner.byKey()) {
                foreign.add("%s by %s".formatted(disk.name(), owner.initiator()));
            }
        }
        free.removeIf(this::isWitness);
        if (!foreign.isEmpty()) {
            problem(
                    "held",
                    title,
                    "held by a host that is of no node: " + Sentences.clauses(foreign),
                    "kume cluster status " + cluster.name());
        } else if (free.isEmpty() && !status.disks().isEmpty()) {
            done("held", title, Sentences.count(status.disks().size(), "disk"));
        } else {
            open(
                    "held",
                    title,
                    free.isEmpty() ? "the cluster has no disk" : "held by nobody: " + Sentences.list(free),
                    form());
        }
    }

    private boolean isWitness(String disk) {
        return Objects.requireNonNull(cluster.findDisk(disk)).role() == ClusterRole.WITNESS;
    }

    private void witness() {
        String title = "the witness is held by a node";
        List<Disk> witnesses = status.disks().stream()
                .filter(disk -> disk.role().equals(ClusterRole.WITNESS.word()))
                .toList();
        if (witnesses.isEmpty()) {
            done("witness", title, "the cluster has no disk for that, and votes by other means");
            return;
        }
        Disk disk = witnesses.getFirst();
        Owner owner = disk.owner();
        if (owner != null && owner.node() != null) {
            done("witness", title, "%s holds %s".formatted(owner.node(), disk.name()));
        } else {
            open(
                    "witness",
                    title,
                    "nobody holds " + disk.name(),
                    "on a node: Set-ClusterQuorum -NodeAndDiskMajority %s (corosync has no disk witness: remove-disk it)"
                            .formatted(disk.name()));
        }
    }

    /** A failover that has never been seen is one that nobody knows to work. */
    private void takenOver() {
        String title = "a disk has gone over to another node";
        List<String> moved = new ArrayList<>();
        for (Disk disk : status.disks()) {
            Set<String> owners = owners(disk);
            if (owners.size() > 1) {
                moved.add("%s (%s)".formatted(disk.name(), String.join(", ", owners)));
            }
        }
        if (cluster.nodes().size() == 1) {
            open(
                    "taken-over",
                    title,
                    "there is one node",
                    "kume cluster add-node %s NAME=IQN".formatted(cluster.name()));
        } else if (moved.isEmpty()) {
            open(
                    "taken-over",
                    title,
                    "none has been held by two nodes, as far as is remembered",
                    "move one: Move-ClusterGroup, or pcs resource move; then cut a node's power and look at"
                            + " kume cluster timeline " + cluster.name());
        } else {
            done("taken-over", title, Sentences.clauses(moved));
        }
    }

    /**
     * The nodes that have held a disk, by what is remembered, played again. A node that preempts another's key without
     * holding the disk, as one that defends or fences does, has not taken it over.
     */
    private Set<String> owners(Disk disk) {
        Set<String> owners = new LinkedHashSet<>();
        ITNexus holder = null;
        for (ReservationEvent event : scene.disk(disk.name()).history().events()) {
            holder = holder(holder, event);
            ClusterNode node = holder == null ? null : cluster.nodeOf(holder.initiatorName());
            if (node != null) {
                owners.add(node.name());
            }
        }
        Owner owner = disk.owner();
        if (owner != null && owner.node() != null) {
            owners.add(owner.node());
        }
        return owners;
    }

    private static @Nullable ITNexus holder(@Nullable ITNexus before, ReservationEvent event) {
        if (event.type() == null) {
            return null;
        }
        return switch (event.cause()) {
            case RESERVE -> event.by();
            case PREEMPT, PREEMPT_AND_ABORT ->
                before == null
                                || event.removed().stream()
                                        .anyMatch(each -> each.nexus().equals(before))
                        ? event.by()
                        : before;
            default -> before;
        };
    }
}
