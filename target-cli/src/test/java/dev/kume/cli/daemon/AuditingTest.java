package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.daemon.RunningManagement.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Every change over the management socket, in the audit log. */
final class AuditingTest {
    private static final String SECRET = "do-not-tell-me";
    private static final String OTHER = "nor-this-other1";

    @TempDir
    Path folder;

    @Test
    void aChangeHasWhoFromWhereBeforeAndAfter() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post("/v1/targets", "{\"name\":\"node1\"}");
            daemon.patch("/v1/targets/node1", "{\"enabled\":false}");
            JsonNode changes = changes(daemon, "?for=target/node1");
            assertEquals(2, changes.size());
            JsonNode patch = changes.get(0);
            assertEquals("PATCH", patch.path("method").asText());
            assertEquals("/v1/targets/node1", patch.path("path").asText());
            assertEquals(System.getProperty("user.name"), patch.path("caller").asText());
            assertEquals("local", patch.path("from").asText());
            assertEquals("2026-11-23T08:00:00Z", patch.path("time").asText());
            assertEquals("ok", patch.path("outcome").asText());
            assertTrue(patch.path("before").path("enabled").asBoolean(), patch::toString);
            assertFalse(patch.path("after").path("enabled").asBoolean(true), patch::toString);
            JsonNode create = changes.get(1);
            assertTrue(create.path("before").isNull(), create::toString);
            assertEquals("node1", create.path("after").path("name").asText());
            assertEquals("node1", create.path("request").path("name").asText());
        }
    }

    @Test
    void aRefusalIsWrittenDownToo() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            assertEquals(404, daemon.delete("/v1/targets/nobody").status());
            JsonNode refused = changes(daemon, "").get(0);
            assertEquals("not-found", refused.path("outcome").asText());
            assertTrue(refused.path("error").asText().contains("nobody"), refused::toString);
            assertTrue(refused.path("after").isNull(), refused::toString);
        }
    }

    @Test
    void longWorkHasItsBeginningAndItsEnd() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            Reply begun = daemon.post("/v1/disks", "{\"name\":\"vms\",\"size\":\"4MB\",\"sparse\":true}");
            assertEquals(202, begun.status(), begun::toString);
            daemon.ended(begun.body().path("id").asLong());
            JsonNode changes = endOf(daemon);
            assertEquals("END", changes.get(0).path("method").asText());
            assertEquals("ok", changes.get(0).path("outcome").asText());
            assertEquals("begun", changes.get(1).path("outcome").asText());
            assertEquals(
                    begun.body().path("id").asLong(),
                    changes.get(1).path("operation").asLong());
        }
    }

    @Test
    void whatReadsIsNotWrittenDown() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.get("/v1/disks");
            daemon.post("/v1/config/plan", "{\"text\":\"schemaVersion: 1\\n\"}");
            assertEquals(0, changes(daemon, "").size());
        }
    }

    @Test
    void itIsReadFromATimeOnAndSoManyAtMost() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            for (int i = 0; i < 5; i++) {
                daemon.post("/v1/targets", "{\"name\":\"node%d\"}".formatted(i));
            }
            assertEquals(2, changes(daemon, "?limit=2").size());
            assertEquals(5, changes(daemon, "?since=2026-11-23T08:00:00Z").size());
            assertEquals(0, changes(daemon, "?since=2026-11-23T08:00:01Z").size());
            assertEquals(400, daemon.get("/v1/audit?since=yesterday").status());
            assertEquals(400, daemon.get("/v1/audit?fro=disk/x").status());
        }
    }

    @Test
    void noSecretIsWrittenAnywhereButInItsFile() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger("dev.kume");
        log.start();
        root.addAppender(log);
        root.setLevel(Level.DEBUG);
        try {
            driveAllThatHasSecrets();
        } finally {
            root.detachAppender(log);
            root.setLevel(null);
        }
        assertTrue(log.list.size() > 10, "the log was heard");
        for (ILoggingEvent line : log.list) {
            String text = line.getFormattedMessage() + line.getKeyValuePairs();
            for (String secret : List.of(SECRET, OTHER, base64(SECRET), base64(OTHER))) {
                assertFalse(text.contains(secret), text);
            }
        }
    }

    @Test
    void aTokenIsToldToWhoeverMadeItAndToNobodyElse() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            Reply made = daemon.post("/v1/tokens", "{\"name\":\"backup\",\"role\":\"read\"}");
            String token = made.body().path("token").asText();
            assertTrue(token.length() > 20, made::toString);
            daemon.delete("/v1/tokens/backup");
            JsonNode changes = changes(daemon, "?for=token/backup");
            assertEquals(2, changes.size());
            assertEquals("***", changes.get(1).path("after").path("token").asText());
            assertFalse(changes.toString().contains(token), changes::toString);
        }
    }

    private void driveAllThatHasSecrets() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            String add = "{\"name\":\"%s\",\"user\":\"u\",\"secret\":\"%s\"}";
            assertEquals(
                    201,
                    daemon.post("/v1/credentials", add.formatted("in", base64(SECRET)))
                            .status());
            assertEquals(
                    201,
                    daemon.post("/v1/credentials", add.formatted("out", base64(OTHER)))
                            .status());
            // Refused, and a body that is not understood.
            daemon.post("/v1/credentials", add.formatted("in", base64(SECRET)));
            daemon.post("/v1/credentials", "{\"name\":\"x\",\"sekret\":\"%s\"}".formatted(SECRET));
            daemon.post("/v1/credentials", "{\"secret\":\"%s\"".formatted(SECRET));
            daemon.patch("/v1/credentials/in", "{\"secret\":\"%s\"}".formatted(base64(SECRET + "2")));
            daemon.post("/v1/targets", "{\"name\":\"t\",\"chap\":[\"in\"],\"mutual\":\"out\"}");
            daemon.patch("/v1/discovery", "{\"chap\":[\"in\"]}");
            daemon.post(
                    "/v1/config/apply",
                    "{\"text\":\"schemaVersion: 1\\n# %s\",\"secrets\":[{\"credential\":\"in\",\"secret\":\"%s\"}]}"
                            .formatted(SECRET, base64(SECRET)));
            daemon.patch("/v1/discovery", "{\"chap\":[]}");
            daemon.delete("/v1/targets/t");
            daemon.delete("/v1/credentials/in");
            assertTrue(changes(daemon, "").size() >= 12, "all are there");
            for (Path file : audit()) {
                String text = Files.readString(file);
                for (String secret : List.of(SECRET, OTHER, base64(SECRET), base64(OTHER))) {
                    assertFalse(text.contains(secret), () -> file + " tells " + secret);
                }
            }
            String told = daemon.get("/v1/audit").body().toString();
            assertFalse(told.contains(SECRET) || told.contains(base64(SECRET)), told);
        }
    }

    @Test
    void aChangeIsMadeAlsoWhenItCannotBeWrittenDown() throws Exception {
        Path audit = folder.resolve("state").resolve("audit");
        Files.createDirectories(audit.getParent());
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            Files.writeString(audit, "no directory");
            assertEquals(201, daemon.post("/v1/targets", "{\"name\":\"node1\"}").status());
            assertEquals(
                    List.of(Alarm.Key.server("audit log " + audit.resolve("audit.log"))),
                    daemon.alarms.list().stream().map(Alarm::key).toList());
            Files.delete(audit);
            assertEquals(201, daemon.post("/v1/targets", "{\"name\":\"node2\"}").status());
            assertEquals(List.of(), daemon.alarms.list());
            assertTrue(changes(daemon, "").get(1).path("error").asText().startsWith("1 changes since"));
        }
    }

    private static JsonNode changes(RunningManagement daemon, String query) throws IOException {
        Reply reply = daemon.get("/v1/audit" + query);
        assertEquals(200, reply.status(), reply::toString);
        return reply.body().path("changes");
    }

    /** The end of an operation is seen before it is written down. */
    private static JsonNode endOf(RunningManagement daemon) throws IOException {
        long until = System.nanoTime() + 5_000_000_000L;
        JsonNode changes = changes(daemon, "");
        while (changes.size() < 2) {
            assertTrue(System.nanoTime() < until, changes::toString);
            changes = changes(daemon, "");
        }
        return changes;
    }

    private List<Path> audit() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("state").resolve("audit"))) {
            return new ArrayList<>(files.toList());
        }
    }

    private static String base64(String secret) {
        return Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    }
}
