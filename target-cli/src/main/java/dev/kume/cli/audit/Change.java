package dev.kume.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.access.Caller;
import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.AuditView;
import dev.kume.cli.api.OperationView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change that is being made, on its way into the audit log.
 *
 * @param path    without the version
 * @param shown   path and parameters as they were sent
 * @param request the body without secrets
 * @param before  the thing as it was, without secrets
 */
public record Change(
        Caller caller,
        String method,
        List<String> path,
        String shown,
        @Nullable JsonNode request,
        @Nullable JsonNode before) {
    public Change {
        path = List.copyOf(path);
    }

    /** @param body as it was sent; null for none */
    public static Change of(
            Caller caller,
            String method,
            List<String> path,
            String shown,
            @Nullable JsonNode body,
            @Nullable JsonNode before) {
        JsonNode kept = Redaction.request(path.isEmpty() ? "" : path.getFirst(), body);
        return new Change(caller, method, path, shown, kept, Redaction.view(before));
    }

    /** It was made. */
    public AuditView done(Instant now, @Nullable JsonNode after) {
        return view(now, AuditView.OK, null, null, Redaction.view(after));
    }

    /** It is long work, and has begun. */
    public AuditView begun(Instant now, long operation) {
        return view(now, AuditView.BEGUN, null, operation, null);
    }

    /** It was not made. */
    public AuditView refused(Instant now, ApiError error) {
        return view(now, error.code().word(), error.line(), null, null);
    }

    /** The long work has ended. */
    public AuditView ended(Instant now, OperationView operation) {
        ApiError error = operation.error();
        return new AuditView(
                now,
                caller.name(),
                caller.from(),
                AuditView.END,
                "/v1/operations/" + operation.id(),
                Subjects.of(path, request),
                error == null ? AuditView.OK : error.code().word(),
                error == null ? null : error.line(),
                operation.id(),
                null,
                null,
                null);
    }

    private AuditView view(
            Instant now, String outcome, @Nullable String error, @Nullable Long operation, @Nullable JsonNode after) {
        return new AuditView(
                now,
                caller.name(),
                caller.from(),
                method,
                shown,
                Subjects.of(path, request),
                outcome,
                error,
                operation,
                request,
                before,
                after);
    }
}
