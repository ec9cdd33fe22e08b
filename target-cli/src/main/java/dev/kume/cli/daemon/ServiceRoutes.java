package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DrainStart;
import dev.kume.cli.api.ErrorCode;
import java.util.Set;

/** The paths of the daemon as a service: {@code /v1/service/...}. Any thread; requests may wait. */
final class ServiceRoutes {
    private static final int WAIT_SECONDS_MAX = 30;

    /** What may still be asked for while the daemon drains. */
    private static final Set<String> WHILE_DRAINING = Set.of("service", "sessions", "operations");

    private final Reload reload;
    private final Drain drain;
    private final JsonMapper mapper = ApiJson.strict();

    ServiceRoutes(Reload reload, Drain drain) {
        this.reload = reload;
        this.drain = drain;
    }

    /** Refuses a change while the daemon drains. */
    void admit(ApiRequest request) {
        String noun = request.path().isEmpty() ? "" : request.path().getFirst();
        if (drain.hasBegun() && !request.method().equals("GET") && !WHILE_DRAINING.contains(noun)) {
            throw stopping();
        }
    }

    ApiAnswer answer(ApiRequest request) throws InterruptedException {
        String asked = request.method() + " " + String.join("/", request.path());
        return switch (asked) {
            case "POST service/reload" -> {
                request.allowParameters(Set.of());
                if (drain.hasBegun()) {
                    throw stopping();
                }
                yield ApiAnswer.ok(reload.run());
            }
            case "POST service/drain" -> {
                request.allowParameters(Set.of());
                yield ApiAnswer.accepted(
                        drain.begin(request.body(mapper, DrainStart.class).timeoutSeconds()), ApiPaths.DRAIN);
            }
            case "GET service/drain" -> {
                request.allowParameters(Set.of("after", "waitSeconds"));
                long after = request.number("after", 0, Long.MAX_VALUE);
                yield ApiAnswer.ok(drain.await(after, (int) request.number("waitSeconds", 0, WAIT_SECONDS_MAX)));
            }
            default ->
                throw new ApiException(
                        ErrorCode.UNSUPPORTED,
                        "this daemon does not know %s".formatted(asked.replace(" ", " /v1/")),
                        "see docs/api.md; client and daemon may be of different versions");
        };
    }

    private static ApiException stopping() {
        return new ApiException(ErrorCode.STOPPING, "the daemon drains", "start it again and repeat");
    }
}
