package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterCreate;
import dev.kume.cli.api.ClusterDiskAdd;
import dev.kume.cli.api.ClusterNodeAdd;
import dev.kume.cli.api.ClusterSet;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The paths of clusters: {@code /v1/clusters/...}. Any thread; requests may wait. */
final class ClusterRoutes {
    private static final int ALL = 1;
    private static final int ONE = 2;
    private static final int ASPECT = 3;
    private static final int PART = 4;

    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final ClusterProvisioning clusters;
    private final TimelineRoutes timeline;
    private final JsonMapper mapper = ApiJson.strict();

    ClusterRoutes(Changes changes, Exports exports, DiskShelf shelf, ClusterProvisioning clusters) {
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.clusters = clusters;
        this.timeline = new TimelineRoutes(changes, exports);
    }

    ApiAnswer answer(ApiRequest request) {
        List<String> path = request.path();
        return switch (path.size()) {
            case ALL -> all(request);
            case ONE -> one(request, path.get(1));
            case ASPECT -> aspect(request, path.get(1), path.getLast());
            case PART -> part(request, path.get(1), path.get(2), path.getLast());
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer all(ApiRequest request) {
        request.allowParameters(Set.of());
        return switch (request.method()) {
            case "GET" -> {
                Inventory inventory = changes.current();
                List<SessionView> sessions = exports.sessions();
                yield ApiAnswer.ok(new ClusterView.Listing(inventory.clusters().stream()
                        .map(cluster -> view(inventory, cluster, sessions))
                        .toList()));
            }
            case "POST" -> begun(clusters.create(request.body(mapper, ClusterCreate.class)));
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer one(ApiRequest request, String name) {
        return switch (request.method()) {
            case "GET" -> {
                request.allowParameters(Set.of());
                yield ok(changes.current().cluster(name));
            }
            case "PATCH" -> {
                request.allowParameters(Set.of());
                yield ok(clusters.set(name, request.body(mapper, ClusterSet.class)));
            }
            case "DELETE" -> {
                request.allowParameters(Set.of("deleteFiles", "force"));
                Inventory inventory = changes.current();
                ClusterView before = view(inventory, inventory.cluster(name), exports.sessions());
                clusters.remove(name, request.flag("deleteFiles"), request.flag("force"));
                yield ApiAnswer.ok(before);
            }
            default -> throw request.unsupported();
        };
    }

    /** What is asked about a cluster as a whole. */
    private ApiAnswer aspect(ApiRequest request, String name, String aspect) {
        return switch (aspect) {
            case "timeline" -> timeline.answer(request, name);
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer part(ApiRequest request, String name, String kind, String part) {
        return switch (kind) {
            case "nodes" -> node(request, name, part);
            case "disks" -> disk(request, name, part);
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer node(ApiRequest request, String name, String node) {
        return switch (request.method()) {
            case "PUT" -> {
                request.allowParameters(Set.of());
                yield ok(clusters.addNode(name, node, request.body(mapper, ClusterNodeAdd.class)));
            }
            case "DELETE" -> {
                request.allowParameters(Set.of("force"));
                yield ok(clusters.removeNode(name, node, request.flag("force")));
            }
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer disk(ApiRequest request, String name, String disk) {
        return switch (request.method()) {
            case "PUT" -> {
                request.allowParameters(Set.of());
                yield begun(clusters.addDisk(name, named(disk, request.optionalBody(mapper, ClusterDiskAdd.class))));
            }
            case "DELETE" -> {
                request.allowParameters(Set.of("force"));
                yield ok(clusters.removeDisk(name, disk, request.flag("force")));
            }
            default -> throw request.unsupported();
        };
    }

    private static ClusterDiskAdd named(String disk, @Nullable ClusterDiskAdd body) {
        if (body == null) {
            return new ClusterDiskAdd(disk, null, null, null, null, null, null, null);
        }
        if (body.name() != null) {
            throw new ApiException(ErrorCode.INVALID, "the path names the disk already", "leave 'name' out");
        }
        return new ClusterDiskAdd(
                disk, body.role(), body.lun(), body.size(), body.file(), body.format(), body.type(), body.sparse());
    }

    private static ApiAnswer begun(OperationView operation) {
        return ApiAnswer.accepted(operation, ApiPaths.operation(operation.id()));
    }

    // ---- views ------------------------------------------------------------------------------------------------------

    private ApiAnswer ok(ClusterRecord cluster) {
        return ApiAnswer.ok(view(changes.current(), cluster, exports.sessions()));
    }

    private ClusterView view(Inventory inventory, ClusterRecord cluster, List<SessionView> sessions) {
        ClusterUse use = new ClusterUse(inventory, cluster, exports, sessions);
        Views views = new Views(inventory, shelf, sessions);
        return new ClusterView(
                cluster.name(),
                cluster.description(),
                cluster.oneTarget(),
                cluster.nodes().stream().map(node -> view(inventory, node, use)).toList(),
                cluster.disks().stream()
                        .sorted(Comparator.comparingInt(ClusterDisk::lun))
                        .map(disk -> view(inventory.disk(disk.disk()), disk, views, use))
                        .toList(),
                cluster.created());
    }

    private static ClusterView.Node view(Inventory inventory, ClusterNode node, ClusterUse use) {
        return new ClusterView.Node(
                node.name(),
                node.iqns(),
                node.target(),
                inventory.target(node.target()).iqn(),
                use.sessions(node));
    }

    private static ClusterView.Disk view(DiskRecord record, ClusterDisk disk, Views views, ClusterUse use) {
        return new ClusterView.Disk(
                record.name(),
                disk.role().word(),
                disk.lun(),
                Sizes.format(record.sizeBytes()),
                record.sizeBytes(),
                views.status(record),
                use.holder(disk),
                use.registered(disk));
    }
}
