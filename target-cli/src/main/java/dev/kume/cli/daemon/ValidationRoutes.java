package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.ValidationStart;
import java.util.List;
import java.util.Set;

/** {@code /v1/clusters/NAME/validation}. Any thread. */
final class ValidationRoutes {
    private static final int SEGMENTS = 3;

    private final ClusterValidating validating;
    private final JsonMapper mapper = ApiJson.strict();

    ValidationRoutes(ClusterValidating validating) {
        this.validating = validating;
    }

    /** Whether a path under {@code /v1/clusters} is this one. */
    static boolean isMeant(ApiRequest request) {
        List<String> path = request.path();
        return path.size() == SEGMENTS && path.get(2).equals("validation");
    }

    ApiAnswer answer(ApiRequest request) {
        if (!isMeant(request) || !request.method().equals("POST")) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of());
        OperationView operation = validating.start(request.path().get(1), request.body(mapper, ValidationStart.class));
        return ApiAnswer.accepted(operation, ApiPaths.operation(operation.id()));
    }
}
