package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskCheck;
import dev.kume.cli.api.DiskConvert;
import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskDuplicate;
import dev.kume.cli.api.DiskExport;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskResize;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.inventory.DiskRecord;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths under {@code /v1/disks}. Any thread; requests may wait. */
final class DiskRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(DiskRoutes.class);

    private final Changes changes;
    private final DiskProvisioning disks;
    private final DiskRemoval removal;
    private final DiskAvailability availability;
    private final DiskVerbs verbs;
    private final SnapshotRoutes snapshots;
    private final Exports exports;
    private final DiskShelf shelf;
    private final JsonMapper mapper = ApiJson.strict();

    DiskRoutes(
            Changes changes,
            DiskProvisioning disks,
            DiskRemoval removal,
            DiskAvailability availability,
            DiskVerbs verbs,
            SnapshotRoutes snapshots,
            Exports exports,
            DiskShelf shelf) {
        this.changes = changes;
        this.disks = disks;
        this.removal = removal;
        this.availability = availability;
        this.verbs = verbs;
        this.snapshots = snapshots;
        this.exports = exports;
        this.shelf = shelf;
    }

    ApiAnswer answer(ApiRequest request) {
        if (request.path().size() > 2 && request.path().get(2).equals("snapshots")) {
            return snapshots.ofDisk(request);
        }
        return switch (request.path().size()) {
            case 1 -> all(request);
            case 2 -> one(request, request.path().getLast());
            case 3 ->
                request.method().equals("POST")
                        ? act(request, request.path().get(1), request.path().getLast())
                        : unknown(request);
            default -> unknown(request);
        };
    }

    private ApiAnswer all(ApiRequest request) {
        request.allowParameters(Set.of());
        return switch (request.method()) {
            case "GET" -> {
                Views views = views();
                yield ApiAnswer.ok(new DiskView.Listing(
                        views.disks().stream().map(views::disk).toList()));
            }
            case "POST" -> begun(disks.create(request.body(mapper, DiskCreate.class)));
            default -> unknown(request);
        };
    }

    private ApiAnswer one(ApiRequest request, String name) {
        return switch (request.method()) {
            case "GET" -> {
                request.allowParameters(Set.of());
                yield ApiAnswer.ok(view(changes.current().disk(name)));
            }
            case "POST" -> withoutName(request, name);
            case "PATCH" -> {
                request.allowParameters(Set.of());
                yield ApiAnswer.ok(view(disks.set(name, request.body(mapper, DiskSet.class))));
            }
            case "DELETE" -> {
                request.allowParameters(Set.of("deleteFile", "withSnapshots"));
                DiskView before = view(changes.current().disk(name));
                removal.remove(name, request.flag("deleteFile"), request.flag("withSnapshots"));
                yield ApiAnswer.ok(before);
            }
            default -> unknown(request);
        };
    }

    /** What is about a file that is no disk. */
    private ApiAnswer withoutName(ApiRequest request, String action) {
        request.allowParameters(Set.of());
        return switch (action) {
            case "import" -> ApiAnswer.created(view(disks.importFile(request.body(mapper, DiskImport.class))));
            case "check" -> begun(verbs.checking().checkFile(request.body(mapper, DiskCheck.class)));
            default -> unknown(request);
        };
    }

    private ApiAnswer act(ApiRequest request, String name, String action) {
        if (action.equals("clone")) {
            return snapshots.cloneDisk(request);
        }
        if (action.equals("offline")) {
            request.allowParameters(Set.of("force"));
            return ApiAnswer.ok(view(availability.offline(name, request.flag("force"))));
        }
        request.allowParameters(Set.of());
        return switch (action) {
            case "online" -> online(name);
            case "thaw" -> thaw(name);
            case "resize" -> begun(verbs.resizing().resize(name, request.body(mapper, DiskResize.class)));
            case "convert" -> begun(verbs.conversion().convert(name, request.body(mapper, DiskConvert.class)));
            case "copy" -> begun(verbs.duplication().copy(name, request.body(mapper, DiskDuplicate.class)));
            case "export" -> begun(verbs.exporting().export(name, request.body(mapper, DiskExport.class)));
            case "check" -> {
                DiskCheck body = request.optionalBody(mapper, DiskCheck.class);
                yield begun(verbs.checking().check(name, body == null ? new DiskCheck(null, null, null) : body));
            }
            case "compact" -> begun(verbs.compacting().compact(name));
            default -> unknown(request);
        };
    }

    private ApiAnswer online(String name) {
        DiskRecord disk = availability.online(name);
        snapshots.resumeRemovals();
        return ApiAnswer.ok(view(disk));
    }

    private ApiAnswer thaw(String name) {
        DiskRecord disk = changes.current().disk(name);
        Set<String> hosts = exports.thaw(disk);
        if (hosts.isEmpty()) {
            throw new ApiException(
                    ErrorCode.CONFLICT, "no host is kept from writing disk '%s'".formatted(disk.name()), null);
        }
        ServiceEvent.HOSTS_THAWED.log(LOG, disk.name(), String.join(" and ", hosts));
        return ApiAnswer.ok(view(disk));
    }

    private static ApiAnswer begun(OperationView operation) {
        return ApiAnswer.accepted(operation, ApiPaths.operation(operation.id()));
    }

    private static ApiAnswer unknown(ApiRequest request) {
        throw request.unsupported();
    }

    private Views views() {
        return new Views(changes.current(), shelf, exports.sessions(), exports.alarms());
    }

    private DiskView view(DiskRecord disk) {
        return views().disk(disk);
    }
}
