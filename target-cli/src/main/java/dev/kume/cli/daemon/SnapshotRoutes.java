package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskClone;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SnapshotCreate;
import dev.kume.cli.api.SnapshotMount;
import dev.kume.cli.api.SnapshotRemove;
import dev.kume.cli.api.SnapshotView;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.inventory.Snapshots;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The paths of snapshots: {@code /v1/snapshots}, {@code /v1/disks/NAME/snapshots/...} and {@code
 * /v1/disks/NAME/clone}. Any thread; requests may wait.
 */
final class SnapshotRoutes {
    private static final int OF_DISK = 3;
    private static final int OF_SNAPSHOT = 4;
    private static final int ACTION = 5;

    private final Changes changes;
    private final DiskShelf shelf;
    private final SnapshotTaking taking;
    private final SnapshotRemoval removal;
    private final SnapshotRestoring restoring;
    private final SnapshotMounting mounting;
    private final JsonMapper mapper = ApiJson.strict();

    SnapshotRoutes(
            Changes changes,
            DiskShelf shelf,
            SnapshotTaking taking,
            SnapshotRemoval removal,
            SnapshotRestoring restoring,
            SnapshotMounting mounting) {
        this.changes = changes;
        this.shelf = shelf;
        this.taking = taking;
        this.removal = removal;
        this.restoring = restoring;
        this.mounting = mounting;
    }

    /** A disk is online again: removals of its snapshots that wait go on. */
    void resumeRemovals() {
        removal.resume();
    }

    /** {@code /v1/snapshots}. */
    ApiAnswer all(ApiRequest request) {
        if (request.path().size() != 1) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of());
        return switch (request.method()) {
            case "GET" -> {
                Inventory inventory = changes.current();
                yield ApiAnswer.ok(new SnapshotView.Listing(inventory.disks().stream()
                        .flatMap(disk -> views(inventory, disk).stream())
                        .toList()));
            }
            case "POST" -> accepted(taking.create(request.body(mapper, SnapshotCreate.class)));
            default -> throw request.unsupported();
        };
    }

    /** {@code /v1/disks/NAME/clone}, by POST. */
    ApiAnswer cloneDisk(ApiRequest request) {
        request.allowParameters(Set.of());
        return accepted(mounting.clone(request.path().get(1), request.body(mapper, DiskClone.class)));
    }

    /** {@code /v1/disks/NAME/snapshots/...}. */
    ApiAnswer ofDisk(ApiRequest request) {
        request.allowParameters(Set.of());
        List<String> path = request.path();
        String disk = path.get(1);
        return switch (path.size()) {
            case OF_DISK -> ofDisk(request, disk);
            case OF_SNAPSHOT -> ofSnapshot(request, disk, path.getLast());
            case ACTION -> act(request, disk, path.get(OF_DISK), path.getLast());
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer ofDisk(ApiRequest request, String name) {
        return switch (request.method()) {
            case "GET" -> {
                Inventory inventory = changes.current();
                yield ApiAnswer.ok(new SnapshotView.Listing(views(inventory, inventory.disk(name))));
            }
            case "POST" -> accepted(taking.create(ofOne(name, request.optionalBody(mapper, SnapshotCreate.class))));
            default -> throw request.unsupported();
        };
    }

    private static SnapshotCreate ofOne(String disk, @Nullable SnapshotCreate body) {
        if (body == null) {
            return new SnapshotCreate(List.of(disk), null, null, null, null, null);
        }
        if (body.disks() != null || body.target() != null || body.cluster() != null || body.ofCluster() != null) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "the path names the disk already",
                    "leave 'disks', 'target', 'cluster' and 'ofCluster' out, or use POST " + ApiPaths.SNAPSHOTS);
        }
        return new SnapshotCreate(List.of(disk), null, null, null, body.name(), body.description());
    }

    private ApiAnswer ofSnapshot(ApiRequest request, String disk, String name) {
        return switch (request.method()) {
            case "GET" -> {
                Inventory inventory = changes.current();
                Snapshots.Found found = Snapshots.find(inventory, disk, name);
                yield ApiAnswer.ok(view(inventory, found.disk(), found.snapshot()));
            }
            case "DELETE" -> accepted(removal.remove(disk, new SnapshotRemove(List.of(name))));
            case "POST" -> {
                if (!name.equals("remove")) {
                    throw request.unsupported();
                }
                SnapshotRemove body = request.optionalBody(mapper, SnapshotRemove.class);
                yield accepted(removal.remove(disk, body == null ? new SnapshotRemove(null) : body));
            }
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer act(ApiRequest request, String disk, String name, String action) {
        if (!request.method().equals("POST")) {
            throw request.unsupported();
        }
        return switch (action) {
            case "restore" -> accepted(restoring.restore(disk, name));
            case "mount" -> accepted(mounting.mount(disk, name, request.body(mapper, SnapshotMount.class)));
            default -> throw request.unsupported();
        };
    }

    private static ApiAnswer accepted(OperationView operation) {
        return ApiAnswer.accepted(operation, ApiPaths.operation(operation.id()));
    }

    // ---- views ------------------------------------------------------------------------------------------------------

    private List<SnapshotView> views(Inventory inventory, DiskRecord disk) {
        return disk.layers().snapshots().stream()
                .map(snapshot -> view(inventory, disk, snapshot))
                .toList();
    }

    private SnapshotView view(Inventory inventory, DiskRecord disk, SnapshotRecord snapshot) {
        return new SnapshotView(
                disk.name(),
                snapshot.name(),
                snapshot.id().toString(),
                snapshot.created(),
                Sizes.format(snapshot.sizeBytes()),
                snapshot.sizeBytes(),
                allocatedBytes(snapshot),
                snapshot.file(),
                snapshot.base(),
                Objects.equals(snapshot.name(), disk.layers().base()),
                snapshot.removing() ? SnapshotView.REMOVING : SnapshotView.KEPT,
                removal.percent(snapshot),
                Snapshots.usersOf(inventory, disk, snapshot).stream()
                        .map(DiskRecord::name)
                        .toList(),
                taking.waitedMillis(snapshot),
                snapshot.description());
    }

    private @Nullable Long allocatedBytes(SnapshotRecord snapshot) {
        BackingStore store = shelf.chains().find(Path.of(snapshot.file()));
        if (store == null) {
            return shelf.frozenBytes(snapshot);
        }
        try {
            return store.allocatedBytes();
        } catch (IOException e) {
            return null; // Closed in between, or the device does not say.
        }
    }
}
