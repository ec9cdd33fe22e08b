package dev.kume.cli.daemon;

import dev.kume.cli.api.ClusterCreate;
import dev.kume.cli.api.ClusterDiskAdd;
import dev.kume.cli.api.ClusterNodeAdd;
import dev.kume.cli.api.ClusterSet;
import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterPlan;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Clusters;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates, changes and removes clusters: disks, targets, access and LUNs as one. Any thread; each call waits its turn.
 */
final class ClusterProvisioning {
    private final String iqnPrefix;
    private final String host;
    private final Limits limits;
    private final Changes changes;
    private final Exports exports;
    private final DiskProvisioning disks;
    private final DiskMaking making;
    private final DiskRemoval removal;
    private final SecretShelf secrets;
    private final Clock clock;

    /** @param host the name of this host, for IQNs */
    ClusterProvisioning(
            String iqnPrefix,
            String host,
            Limits limits,
            Changes changes,
            Exports exports,
            DiskProvisioning disks,
            DiskMaking making,
            DiskRemoval removal,
            SecretShelf secrets,
            Clock clock) {
        this.iqnPrefix = iqnPrefix;
        this.host = host;
        this.limits = limits;
        this.changes = changes;
        this.exports = exports;
        this.disks = disks;
        this.making = making;
        this.removal = removal;
        this.secrets = secrets;
        this.clock = clock;
    }

    // ---- create -----------------------------------------------------------------------------------------------------

    /** Checks everything, takes the names of new disks, and begins to make their files. */
    OperationView create(ClusterCreate request) {
        String name = Requests.required("name", request.name());
        List<ClusterCreate.Node> nodes = Requests.required("nodes", request.nodes());
        List<ClusterDiskAdd> wanted = Objects.requireNonNullElse(request.disks(), List.of());
        ClusterPlan plan = new ClusterPlan(
                name,
                nodes.stream().map(ClusterProvisioning::node).toList(),
                wanted.stream().map(ClusterProvisioning::disk).toList(),
                Boolean.TRUE.equals(request.oneTarget()),
                Objects.requireNonNullElse(request.description(), ""),
                access(request.chap(), request.mutual(), request.portals()),
                clock.now());
        return changes.inTurn(() -> make("cluster create", name, wanted, checked(inventory -> {
            Inventory next = Clusters.create(inventory, plan, limits);
            Credentials.checkUses(next, secrets::same);
            return next;
        })));
    }

    /** A whole change is tried on the inventory of the moment before the first file is touched. In turn. */
    private OperationView make(
            String kind, String subject, List<ClusterDiskAdd> wanted, UnaryOperator<Inventory> change) {
        List<NewFiles.Wanted> made = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        long reservedBytes = 0;
        for (ClusterDiskAdd disk : wanted) {
            if (!names.add(Requests.required("name", disk.name()))) {
                throw new ApiException(
                        ErrorCode.INVALID, "disk '%s' is given twice".formatted(disk.name()), "name each disk once");
            }
            if (disk.size() != null) {
                NewFiles.Wanted planned = disks.wanted(request(disk));
                checkApart(made, planned);
                made.add(planned);
                if (!planned.disk().sparse()) {
                    reservedBytes += planned.disk().sizeBytes();
                    // What was looked at alone is looked at together.
                    DiskPlanning.checkSpace(planned.file(), reservedBytes, planned.refused());
                }
            } else if (disk.file() != null || disk.format() != null || disk.type() != null || disk.sparse() != null) {
                throw new ApiException(
                        ErrorCode.INVALID,
                        "disk '%s' has no size, so it is one that is there".formatted(disk.name()),
                        "give a size, or leave file, format, type and sparse out");
            }
        }
        UnaryOperator<Inventory> rule = inventory -> {
            Inventory next = inventory;
            for (NewFiles.Wanted each : made) {
                next = Disks.add(next, each.disk(), limits);
            }
            return change.apply(next);
        };
        Inventory next = rule.apply(changes.current());
        exports.check(changes.current(), next);
        return making.start(kind, subject, made, rule);
    }

    private static void checkApart(List<NewFiles.Wanted> others, NewFiles.Wanted planned) {
        for (NewFiles.Wanted other : others) {
            if (other.file().equals(planned.file())) {
                throw new ApiException(
                        ErrorCode.CONFLICT,
                        "disks '%s' and '%s' would have one file, %s"
                                .formatted(other.disk().name(), planned.disk().name(), planned.file()),
                        "choose another file for one");
            }
        }
    }

    private static UnaryOperator<Inventory> checked(UnaryOperator<Inventory> change) {
        return inventory -> {
            Inventory next = change.apply(inventory);
            Clusters.check(next);
            return next;
        };
    }

    private static ClusterPlan.Node node(ClusterCreate.Node node) {
        String name = Requests.required("nodes.name", node.name());
        return new ClusterPlan.Node(name, iqns(node.iqns()));
    }

    private static List<String> iqns(@Nullable List<String> given) {
        List<String> iqns = Objects.requireNonNullElse(given, List.of());
        iqns.forEach(iqn -> Requests.required("iqns", iqn));
        return iqns;
    }

    private static ClusterPlan.Disk disk(ClusterDiskAdd disk) {
        String role = Objects.requireNonNullElse(disk.role(), ClusterRole.DATA.word());
        return new ClusterPlan.Disk(Requests.required("disks.name", disk.name()), ClusterRole.ofWord(role), disk.lun());
    }

    private static DiskCreate request(ClusterDiskAdd disk) {
        return new DiskCreate(
                disk.name(),
                disk.size(),
                disk.file(),
                disk.format(),
                disk.type(),
                disk.sparse(),
                null,
                null,
                Sharing.CLUSTER.word(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private ClusterPlan.Access access(
            @Nullable List<String> chap, @Nullable String mutual, @Nullable List<String> portals) {
        if (portals != null) {
            portals.forEach(portal -> Requests.required("portals", portal));
        }
        ChapRule rule = chap == null && mutual == null ? null : ChapRequests.changed(ChapRule.NONE, chap, mutual);
        return new ClusterPlan.Access(
                target -> Targets.defaultIqn(iqnPrefix, host, target), rule, portals, exports.portalNames());
    }

    // ---- change -----------------------------------------------------------------------------------------------------

    ClusterRecord set(String name, ClusterSet request) {
        if (request.rename() == null && request.description() == null) {
            throw new ApiException(ErrorCode.INVALID, "nothing is to be changed", "give rename or description");
        }
        String newName = Objects.requireNonNullElse(request.rename(), name);
        return changes.inTurn(() -> changes.apply(inventory -> {
                    Inventory next = inventory;
                    if (request.description() != null) {
                        next = Clusters.describe(next, name, request.description());
                    }
                    return request.rename() == null ? next : Clusters.rename(next, name, newName);
                })
                .cluster(newName));
    }

    ClusterRecord addNode(String name, String node, ClusterNodeAdd request) {
        ClusterPlan.Node added = new ClusterPlan.Node(node, iqns(request.iqns()));
        ClusterPlan.Access access = access(request.chap(), request.mutual(), request.portals());
        return changes.inTurn(() -> changes.apply(inventory -> {
                    Inventory next = Clusters.addNode(inventory, name, added, access, clock.now(), limits);
                    Credentials.checkUses(next, secrets::same);
                    return next;
                })
                .cluster(name));
    }

    /** @param force true: also when the node is logged in, or holds disks */
    ClusterRecord removeNode(String name, String node, boolean force) {
        return changes.inTurn(() -> {
            // The rule first: what it refuses no force helps.
            Clusters.removeNode(changes.current(), name, node);
            if (!force) {
                use(name).checkNode(node);
            }
            return changes.apply(inventory -> Clusters.removeNode(inventory, name, node))
                    .cluster(name);
        });
    }

    /** Makes the disk when it has a size, and takes it in. */
    OperationView addDisk(String name, ClusterDiskAdd request) {
        ClusterPlan.Disk added = disk(request);
        return changes.inTurn(() -> make(
                "cluster add-disk",
                name,
                List.of(request),
                inventory -> Clusters.addDisk(inventory, name, added, limits)));
    }

    /** @param force true: also when nodes are logged in, or registered with it */
    ClusterRecord removeDisk(String name, String disk, boolean force) {
        return changes.inTurn(() -> {
            Clusters.removeDisk(changes.current(), name, disk);
            if (!force) {
                use(name).checkDisk(disk);
            }
            return changes.apply(inventory -> Clusters.removeDisk(inventory, name, disk))
                    .cluster(name);
        });
    }

    // ---- remove -----------------------------------------------------------------------------------------------------

    /**
     * Ends a cluster.
     *
     * @param deleteFiles true: its disks go too, with their files and snapshots
     * @param force       true: also when it is used
     */
    ClusterRecord remove(String name, boolean deleteFiles, boolean force) {
        return changes.inTurn(() -> {
            ClusterRecord cluster = changes.current().cluster(name);
            if (!force) {
                use(name).checkAll();
            }
            UnaryOperator<Inventory> ending = inventory -> Clusters.remove(inventory, cluster.name());
            if (deleteFiles) {
                removal.removeWith(
                        ending, cluster.disks().stream().map(ClusterDisk::disk).toList());
            } else {
                changes.apply(ending);
            }
            return cluster;
        });
    }

    private ClusterUse use(String name) {
        Inventory inventory = changes.current();
        return new ClusterUse(inventory, inventory.cluster(name), exports);
    }
}
