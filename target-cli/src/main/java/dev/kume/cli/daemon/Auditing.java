package dev.kume.cli.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.AuditView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.audit.AuditLog;
import dev.kume.cli.audit.Change;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.Clock;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes every request that changes something into the audit log, before it is answered. Any thread; may wait. */
final class Auditing {
    private static final Logger LOG = LoggerFactory.getLogger(Auditing.class);

    /** Requests that are no GET and change nothing. */
    private static final Set<String> READS = Set.of("config/plan");

    /** Nouns whose things have a page: {@code /v1/disks/NAME}. */
    private static final Set<String> PAGES =
            Set.of("disks", "targets", "clusters", "credentials", "reservations", "sessions", "tokens");

    private static final int LISTED = 100;
    private static final int LISTED_MAX = 1_000;
    private static final int OPERATIONS_MAX = 256;
    private static final int ACCEPTED = 202;

    private final AuditLog log;
    private final Clock clock;
    private final JsonMapper mapper = ApiJson.lenient();

    /** Changes whose long work goes on. */
    private final Map<Long, Change> running = new LinkedHashMap<>();

    /** Long work that ended before its request was answered. */
    private final Map<Long, OperationView> early = new LinkedHashMap<>();

    Auditing(AuditLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Whoever carries requests out. */
    @FunctionalInterface
    interface Answers {
        ApiAnswer answer(ApiRequest request) throws InterruptedException;
    }

    /** Has a request carried out and, when it is for a change, written down with what came of it. */
    ApiAnswer answer(ApiRequest request, Answers answers) throws InterruptedException {
        if (request.method().equals("GET") || READS.contains(String.join("/", request.path()))) {
            return answers.answer(request);
        }
        Change change = Change.of(
                request.caller(),
                request.method(),
                request.path(),
                shown(request),
                body(request),
                before(request, answers));
        try {
            ApiAnswer answer = answers.answer(request);
            made(change, answer);
            return answer;
        } catch (InterruptedException e) {
            refused(change, ApiError.of(ErrorCode.STOPPING, "the daemon is stopping", null));
            throw e;
        } catch (ApiException e) {
            refused(change, e.error());
            throw e;
        } catch (RuntimeException e) {
            // Looked at once: a bug has its lines in the log.
            ApiError error = Errors.of(e);
            refused(change, error);
            throw new ApiException(error);
        }
    }

    private void made(Change change, ApiAnswer answer) {
        if (answer.body() instanceof OperationView operation && answer.status() == ACCEPTED) {
            write(change.begun(clock.now(), operation.id()));
            begun(change, operation.id());
            return;
        }
        boolean gone = change.method().equals("DELETE") && change.path().size() <= 3;
        write(change.done(clock.now(), gone ? null : mapper.valueToTree(answer.body())));
    }

    private void refused(Change change, ApiError error) {
        write(change.refused(clock.now(), error));
    }

    private void write(AuditView change) {
        log.write(change);
        String error = change.error();
        if (error != null) {
            ServiceEvent.CHANGE_REFUSED.log(LOG, change.caller(), change.from(), change.what(), error);
        } else {
            ServiceEvent.CHANGE_MADE.log(LOG, change.caller(), change.from(), change.what(), change.outcome());
        }
    }

    // ---- long work --------------------------------------------------------------------------------------------------

    private void begun(Change change, long operation) {
        OperationView ended;
        synchronized (running) {
            ended = early.remove(operation);
            if (ended == null) {
                put(running, operation, change);
            }
        }
        if (ended != null) {
            write(change.ended(clock.now(), ended));
        }
    }

    /** Long work has ended. */
    void ended(OperationView operation) {
        Change change;
        synchronized (running) {
            change = running.remove(operation.id());
            if (change == null) {
                put(early, operation.id(), operation);
            }
        }
        if (change != null) {
            write(change.ended(clock.now(), operation));
        }
    }

    private static <T> void put(Map<Long, T> into, long id, T value) {
        into.put(id, value);
        if (into.size() > OPERATIONS_MAX) {
            into.remove(into.keySet().iterator().next());
        }
    }

    // ---- what it was ------------------------------------------------------------------------------------------------

    private @Nullable JsonNode before(ApiRequest request, Answers answers) throws InterruptedException {
        List<String> path = request.path();
        String noun = path.isEmpty() ? "" : path.getFirst();
        if (noun.equals("discovery")) {
            return page(request, List.of(noun), answers);
        }
        if (noun.equals("mappings") && path.size() == 3) {
            JsonNode all = page(request, List.of(noun), answers);
            for (JsonNode mapping : all == null ? List.<JsonNode>of() : all.path("mappings")) {
                if (mapping.path("disk").asText().equals(path.get(1))
                        && mapping.path("target").asText().equals(path.get(2))) {
                    return mapping;
                }
            }
            return null;
        }
        return PAGES.contains(noun) && path.size() > 1 ? page(request, path.subList(0, 2), answers) : null;
    }

    /** A page, or null when there is none: whoever asked for the change is told why. */
    private @Nullable JsonNode page(ApiRequest request, List<String> path, Answers answers)
            throws InterruptedException {
        try {
            ApiRequest get = new ApiRequest("GET", path, Map.of(), "", request.caller());
            return mapper.valueToTree(answers.answer(get).body());
        } catch (RuntimeException e) {
            return null;
        }
    }

    private @Nullable JsonNode body(ApiRequest request) {
        try {
            return request.body().isBlank() ? null : mapper.readTree(request.body());
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static String shown(ApiRequest request) {
        String query = request.query().entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(value -> entry.getKey() + "=" + value))
                .collect(Collectors.joining("&"));
        return "/v1/" + String.join("/", request.path()) + (query.isEmpty() ? "" : "?" + query);
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    /** {@code GET /v1/audit}: {@code since}, {@code for} and {@code limit} say what of it is of interest. */
    ApiAnswer list(ApiRequest request) {
        if (!request.method().equals("GET") || request.path().size() != 1) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of("since", "for", "limit"));
        Instant since = since(request.parameter("since"));
        String subject = request.parameter("for");
        int limit = (int) request.number("limit", LISTED, LISTED_MAX);
        try {
            return ApiAnswer.ok(new AuditView.Listing(log.newest(
                    change -> !change.time().isBefore(since)
                            && (subject == null || change.subjects().contains(subject)),
                    limit)));
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.FAILED, "the audit log cannot be read: " + Causes.of(e), "look after its file system");
        }
    }

    private static Instant since(@Nullable String text) {
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new ApiException(
                    ErrorCode.INVALID, "since=%s is not a time".formatted(text), "write it as 2026-11-23T07:00:00Z");
        }
    }
}
