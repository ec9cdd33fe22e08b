package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Requests to the management API that begin long work, and the end of that. */
final class Operation {
    private static final long LIMIT_NANOS = 60_000_000_000L;

    private Operation() {}

    /** Follows the operation that a request has begun; its last state. Other answers are an end already. */
    static JsonNode end(RunningDaemon daemon, JsonNode begun) throws IOException {
        long end = System.nanoTime() + LIMIT_NANOS;
        JsonNode operation = begun;
        while (operation.path("state").asText().equals("running")) {
            assertTrue(System.nanoTime() < end, "an operation does not end: " + operation);
            operation = daemon.get("/v1/operations/%d?after=%d&waitSeconds=10"
                    .formatted(
                            operation.path("id").asLong(),
                            operation.path("revision").asLong()));
        }
        return operation;
    }

    /** Sends a request whose work must succeed; its end. */
    static JsonNode done(RunningDaemon daemon, String path, String json) throws IOException {
        JsonNode end = end(daemon, post(daemon, path, json));
        assertEquals("done", end.path("state").asText("done"), () -> path + " " + json + ": " + end);
        return end;
    }

    static JsonNode post(RunningDaemon daemon, String path, String json) throws IOException {
        return ManagementApi.request(daemon.socket(), "POST", path, json);
    }

    static void delete(RunningDaemon daemon, String path) throws IOException {
        end(daemon, ManagementApi.request(daemon.socket(), "DELETE", path, ""));
    }

    /** Waits for all that runs, whoever began it. */
    static void awaitAll(RunningDaemon daemon) throws IOException {
        for (JsonNode operation : daemon.get("/v1/operations").path("operations")) {
            JsonNode end = end(daemon, operation);
            String state = end.path("state").asText();
            assertTrue(!state.equals("failed"), () -> "an operation has failed: " + end);
        }
    }
}
