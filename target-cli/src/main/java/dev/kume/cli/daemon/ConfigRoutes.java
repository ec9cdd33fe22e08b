package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigExportView;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.config.ConfigWriter;
import dev.kume.core.inventory.Inventory;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The paths of desired states: {@code /v1/config/...}. Any thread; requests may wait. */
final class ConfigRoutes {
    private static final int HISTORY_USUAL = 20;
    private static final int HISTORY_MAX = 1_000;

    private final Changes changes;
    private final ConfigPlanning planning;
    private final ConfigApplying applying;
    private final ConfigHistory history;
    private final JsonMapper mapper = ApiJson.strict();

    ConfigRoutes(Changes changes, ConfigPlanning planning, ConfigApplying applying, ConfigHistory history) {
        this.changes = changes;
        this.planning = planning;
        this.applying = applying;
        this.history = history;
    }

    ApiAnswer answer(ApiRequest request) {
        String asked = request.method() + " " + String.join("/", request.path());
        return switch (asked) {
            case "POST config/plan" -> {
                request.allowParameters(Set.of());
                ConfigRequest body = request.body(mapper, ConfigRequest.class);
                yield ApiAnswer.ok(planning.view(planning.plan(ConfigPlanning.read(body))));
            }
            case "POST config/apply" -> {
                request.allowParameters(Set.of());
                ConfigRequest body = request.body(mapper, ConfigRequest.class);
                OperationView begun = applying.apply(ConfigPlanning.read(body), body);
                yield ApiAnswer.accepted(begun, ApiPaths.operation(begun.id()));
            }
            case "GET config/history" -> {
                request.allowParameters(Set.of("limit"));
                yield ApiAnswer.ok(history.list((int) request.number("limit", HISTORY_USUAL, HISTORY_MAX)));
            }
            case "GET config/diff" -> {
                request.allowParameters(Set.of("from", "to"));
                yield ApiAnswer.ok(history.diff(version(request, "from"), version(request, "to")));
            }
            case "GET config/export" -> {
                request.allowParameters(Set.of("version"));
                Long version = version(request, "version");
                Inventory inventory = version == null ? changes.current() : history.inventory(version);
                yield ApiAnswer.ok(new ConfigExportView(inventory.version(), ConfigWriter.write(inventory)));
            }
            default -> throw request.unsupported();
        };
    }

    private static @Nullable Long version(ApiRequest request, String name) {
        long version = request.number(name, -1, Long.MAX_VALUE);
        return version < 0 ? null : version;
    }
}
