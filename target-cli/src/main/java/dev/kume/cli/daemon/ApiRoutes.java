package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.access.Role;
import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.InitiatorAllow;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.MappingCreate;
import dev.kume.cli.api.MappingSet;
import dev.kume.cli.api.MappingView;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.api.TargetCreate;
import dev.kume.cli.api.TargetSet;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.api.TraceView;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** From method and path to what is done: {@code docs/api.md} as code. Any thread; requests may wait. */
final class ApiRoutes {
    private static final int WAIT_SECONDS_MAX = 30;

    private final Changes changes;
    private final DiskRoutes disks;
    private final TargetProvisioning targets;
    private final CredentialRoutes credentials;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final Function<Views, StatusView> status;
    private final MetricsRoutes metrics;
    private final ServiceRoutes service;
    private final ReservationRoutes reservations;
    private final SnapshotRoutes snapshots;
    private final ClusterRoutes clusters;
    private final ClusterReports clusterReports;
    private final ConfigRoutes config;
    private final ValidationRoutes validation;
    private final TokenRoutes tokens;
    private final StateBackups backups;
    private final Auditing auditing;
    private final JsonMapper mapper = ApiJson.strict();

    /**
     * @param status makes the status of the moment
     */
    ApiRoutes(
            Changes changes,
            DiskRoutes disks,
            TargetProvisioning targets,
            CredentialRoutes credentials,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
            Function<Views, StatusView> status,
            MetricsRoutes metrics,
            ServiceRoutes service,
            SnapshotRoutes snapshots,
            ClusterRoutes clusters,
            ClusterReports clusterReports,
            ConfigRoutes config,
            ValidationRoutes validation,
            TokenRoutes tokens,
            StateBackups backups,
            Auditing auditing) {
        this.changes = changes;
        this.disks = disks;
        this.targets = targets;
        this.credentials = credentials;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.status = status;
        this.metrics = metrics;
        this.service = service;
        this.snapshots = snapshots;
        this.clusters = clusters;
        this.clusterReports = clusterReports;
        this.config = config;
        this.validation = validation;
        this.tokens = tokens;
        this.backups = backups;
        this.auditing = auditing;
        this.reservations = new ReservationRoutes(changes, exports, shelf.memories());
    }

    /** Carries a request out. What it throws is the answer, by {@link Errors}. */
    ApiAnswer answer(ApiRequest request) throws InterruptedException {
        return auditing.answer(request, this::carryOut);
    }

    private ApiAnswer carryOut(ApiRequest request) throws InterruptedException {
        permit(request);
        service.admit(request);
        List<String> path = request.path();
        String noun = path.isEmpty() ? "" : path.getFirst();
        return switch (noun) {
            case "service" -> service.answer(request);
            case "status" -> path.size() == 1 ? status(request) : unknown(request);
            case "statistics", "metrics" -> metrics.answer(request);
            case "alarms" -> path.size() == 1 ? alarms(request) : unknown(request);
            case "disks" -> disks.answer(request);
            case "snapshots" -> snapshots.all(request);
            case "clusters" -> clusters(request);
            case "targets" -> targets(request, path.size());
            case "mappings" -> mappings(request, path.size());
            case "initiators" -> path.size() == 1 ? initiators(request) : unknown(request);
            case "reservations" -> reservations.answer(request);
            case "credentials" -> credentials.credentials(request);
            case "discovery" -> credentials.discovery(request);
            case "sessions" -> sessions(request, path.size());
            case "audit" -> auditing.list(request);
            case "state" -> backups.answer(request);
            case "support" -> backups.support(request);
            case "config" -> config.answer(request);
            case "tokens" -> tokens.answer(request);
            case "operations" -> operations(request, path.size());
            default -> unknown(request);
        };
    }

    /** Whoever may only read may ask for everything, since no answer to a GET has a secret, and change nothing. */
    private static void permit(ApiRequest request) {
        if (request.caller().role() == Role.READ && !request.method().equals("GET")) {
            throw new ApiException(
                    ErrorCode.FORBIDDEN,
                    "token '%s' has the role read, and this needs admin"
                            .formatted(request.caller().name()),
                    "use a token made with 'kume token create NAME --role admin'");
        }
    }

    private ApiAnswer clusters(ApiRequest request) throws InterruptedException {
        if (ValidationRoutes.isMeant(request)) {
            return validation.answer(request);
        }
        return ClusterReports.isAbout(request.path()) ? clusterReports.answer(request) : clusters.answer(request);
    }

    /** The status of the moment; waits for all event loops. */
    StatusView status() {
        return status.apply(views());
    }

    private ApiAnswer status(ApiRequest request) {
        return get(request, this::status);
    }

    private ApiAnswer alarms(ApiRequest request) {
        return get(request, () -> new AlarmView.Listing(AlarmFacts.views(exports.alarms(), changes.current())));
    }

    private ApiAnswer targets(ApiRequest request, int segments) {
        return switch (segments) {
            case 1 -> allTargets(request);
            case 2 -> oneTarget(request, request.path().get(1));
            case 4 ->
                request.path().get(2).equals("initiators")
                        ? access(request, request.path().get(1), request.path().get(3))
                        : unknown(request);
            default -> unknown(request);
        };
    }

    private ApiAnswer allTargets(ApiRequest request) {
        return switch (request.method()) {
            case "GET" ->
                get(request, () -> {
                    Inventory inventory = changes.current();
                    Views views = new Views(inventory, shelf, exports.sessions());
                    return new TargetView.Listing(
                            inventory.targets().stream().map(views::target).toList());
                });
            case "POST" -> {
                request.allowParameters(Set.of());
                yield ApiAnswer.created(view(targets.create(request.body(mapper, TargetCreate.class))));
            }
            default -> unknown(request);
        };
    }

    private ApiAnswer oneTarget(ApiRequest request, String name) {
        return switch (request.method()) {
            case "GET" -> get(request, () -> view(changes.current().target(name)));
            case "PATCH" -> {
                request.allowParameters(Set.of());
                yield ApiAnswer.ok(view(targets.set(name, request.body(mapper, TargetSet.class))));
            }
            case "DELETE" -> {
                request.allowParameters(Set.of("force"));
                TargetView before = view(changes.current().target(name));
                targets.remove(name, request.flag("force"));
                yield ApiAnswer.ok(before);
            }
            default -> unknown(request);
        };
    }

    private ApiAnswer access(ApiRequest request, String target, String initiator) {
        return switch (request.method()) {
            case "PUT" -> {
                request.allowParameters(Set.of());
                yield ApiAnswer.ok(
                        view(targets.allow(target, initiator, request.optionalBody(mapper, InitiatorAllow.class))));
            }
            case "DELETE" -> {
                request.allowParameters(Set.of("force"));
                yield ApiAnswer.ok(view(targets.deny(target, initiator, request.flag("force"))));
            }
            default -> unknown(request);
        };
    }

    private ApiAnswer mappings(ApiRequest request, int segments) {
        if (segments == 1 && request.method().equals("GET")) {
            return get(request, () -> {
                Inventory inventory = changes.current();
                Views views = new Views(inventory, shelf, List.of());
                return new MappingView.Listing(
                        inventory.mappings().stream().map(views::mapping).toList());
            });
        }
        if (segments == 1 && request.method().equals("POST")) {
            request.allowParameters(Set.of());
            return ApiAnswer.created(view(targets.map(request.body(mapper, MappingCreate.class))));
        }
        if (segments == 3 && request.method().equals("PATCH")) {
            request.allowParameters(Set.of());
            return ApiAnswer.ok(view(targets.protect(
                    request.path().get(1), request.path().get(2), request.body(mapper, MappingSet.class))));
        }
        if (segments == 3 && request.method().equals("DELETE")) {
            request.allowParameters(Set.of("force"));
            Mapping before = targets.unmap(request.path().get(1), request.path().get(2), request.flag("force"));
            return ApiAnswer.ok(view(before));
        }
        return unknown(request);
    }

    private ApiAnswer initiators(ApiRequest request) {
        return get(request, () -> {
            Views views = views();
            return new InitiatorView.Listing(
                    exports.initiators().stream().map(views::initiator).toList());
        });
    }

    private ApiAnswer sessions(ApiRequest request, int segments) {
        if (segments == 1 && request.method().equals("GET")) {
            return get(request, () -> new SessionView.Listing(views().sessions()));
        }
        if (segments == 3 && request.path().getLast().equals("trace")) {
            return get(request, () -> trace(request.id(1)));
        }
        if (segments != 2) {
            return unknown(request);
        }
        request.allowParameters(Set.of());
        long id = request.id(1);
        SessionView session = views().sessions().stream()
                .filter(each -> each.id() == id)
                .findFirst()
                .orElseThrow(() -> InventoryException.notFound("session", Long.toString(id), List.of()));
        return switch (request.method()) {
            case "GET" -> ApiAnswer.ok(session);
            case "DELETE" -> {
                exports.logout(id);
                yield ApiAnswer.ok(session);
            }
            default -> unknown(request);
        };
    }

    private TraceView trace(long id) {
        TraceView trace = exports.trace(id);
        if (trace == null) {
            throw InventoryException.notFound("session", Long.toString(id), List.of());
        }
        return trace;
    }

    private ApiAnswer operations(ApiRequest request, int segments) throws InterruptedException {
        if (segments == 1 && request.method().equals("GET")) {
            return get(request, () -> new OperationView.Listing(operations.list()));
        }
        if (segments == 2 && request.method().equals("GET")) {
            request.allowParameters(Set.of("after", "waitSeconds"));
            long after = request.number("after", Long.MAX_VALUE, Long.MAX_VALUE);
            int waitSeconds = (int) request.number("waitSeconds", 0, WAIT_SECONDS_MAX);
            return ApiAnswer.ok(operations.await(request.id(1), after, waitSeconds));
        }
        if (segments == 3
                && request.method().equals("POST")
                && request.path().getLast().equals("cancel")) {
            request.allowParameters(Set.of());
            return ApiAnswer.ok(operations.cancel(request.id(1)));
        }
        return unknown(request);
    }

    private ApiAnswer get(ApiRequest request, Supplier<Object> body) {
        if (!request.method().equals("GET")) {
            return unknown(request);
        }
        request.allowParameters(Set.of());
        return ApiAnswer.ok(body.get());
    }

    private static ApiAnswer unknown(ApiRequest request) {
        throw request.unsupported();
    }

    private Views views() {
        return new Views(changes.current(), shelf, exports.sessions());
    }

    private TargetView view(TargetRecord target) {
        return views().target(target);
    }

    /** A mapping whose target exists. */
    private MappingView view(Mapping mapping) {
        return new Views(changes.current(), shelf, List.of()).mapping(mapping);
    }
}
