package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.LoginRefused;
import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kume cluster validate}: what it does to disks that nobody uses, and that it does nothing to those in use. */
final class ClusterValidationClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String VALIDATION = "/v1/clusters/HV/validation";
    private static final String HV = """
            {"name":"HV","nodes":[{"name":"hv-node1","iqns":["iqn.1991-05.com.microsoft:hv-node1"]},
            {"name":"hv-node2","iqns":["iqn.1991-05.com.microsoft:hv-node2"]}],
            "disks":[{"name":"quorum","role":"witness","size":"16MB","format":"raw","sparse":true},
            {"name":"vms","size":"64MB","format":"vhdx","type":"dynamic"}]}""";

    @TempDir
    Path directory;

    private RunningDaemon daemon;

    @BeforeEach
    void create() throws Exception {
        daemon = RunningDaemon.start(directory);
        ended(ManagementApi.request(daemon.socket(), "POST", "/v1/clusters", HV));
    }

    @AfterEach
    void close() {
        daemon.close();
    }

    private JsonNode ended(JsonNode operation) throws IOException {
        return until(
                "the operation ends",
                () -> daemon.get("/v1/operations/" + operation.path("id").asLong()),
                now -> !now.path("state").asText().equals("running"));
    }

    private JsonNode begin(String request) throws IOException {
        return ManagementApi.request(daemon.socket(), "POST", VALIDATION, request);
    }

    private JsonNode validate(String request) throws IOException {
        JsonNode operation = ended(begin(request));
        assertEquals("done", operation.path("state").asText(), operation::toString);
        return operation.path("result").path("validation");
    }

    private interface Question {
        JsonNode ask() throws IOException;
    }

    private interface Wanted {
        boolean holds(JsonNode answer) throws IOException;
    }

    private static JsonNode until(String what, Question question, Wanted wanted) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            JsonNode answer = question.ask();
            if (wanted.holds(answer)) {
                return answer;
            }
            if (System.nanoTime() > end) {
                return fail("not in time: " + what + ": " + answer);
            }
        }
    }

    private static void assertPasses(JsonNode report) {
        assertEquals(
                "Success",
                report.path("outcome").asText(),
                () -> report.path("verdict") + ": " + report.path("tests").findValuesAsText("reason"));
        assertEquals(11, report.path("tests").size());
    }

    private String target() throws IOException {
        return daemon.get("/v1/targets/hv-node1").path("iqn").asText();
    }

    private List<String> scratchFiles() throws IOException {
        try (Stream<Path> files = Files.list(daemon.file("vms").getParent())) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.contains("scratch"))
                    .sorted()
                    .toList();
        }
    }

    private int keys(String disk) throws IOException {
        return daemon.get("/v1/reservations/" + disk).path("registrations").size();
    }

    @Test
    void idleDisksAreTestedThemselvesAndAreAsTheyWere() throws Exception {
        byte[] before = Files.readAllBytes(daemon.file("quorum"));
        Path file = directory.resolve("hv.html");
        Program.Result result = daemon.kume("cluster", "validate", "HV", "--report", file.toString());
        assertEquals(0, result.exitCode(), result::toString);
        assertTrue(result.out().contains("disk 'quorum' is idle and was tested itself"), result::toString);
        assertTrue(result.out().contains("All 11 tests succeeded"), result::toString);
        assertTrue(Files.readString(file).contains("Cluster HV"));
        assertArrayEquals(before, Files.readAllBytes(daemon.file("quorum")));
        assertEquals(0, keys("quorum") + keys("vms"));
        assertEquals(List.of(), scratchFiles());

        JsonNode one = validate("{\"disk\":\"quorum\"}");
        assertPasses(one);
        assertEquals(1, one.path("disks").size());
        String serial =
                daemon.get("/v1/disks/quorum").path("identity").path("serial").asText();
        assertEquals(serial, one.path("disks").path(0).path("serial").asText());
        assertNothingIsSaidOfTheNodes();
        daemon.stop();
    }

    /** The nodes have done nothing: who has stood in for them is not taken for them. */
    private void assertNothingIsSaidOfTheNodes() throws IOException {
        JsonNode timeline = daemon.get("/v1/clusters/HV/timeline");
        assertEquals(0, timeline.path("moves").size(), timeline::toString);
        timeline.path("events").forEach(event -> assertTrue(event.path("node").isNull(), event::toString));
        daemon.get("/v1/clusters/HV/verify").path("steps").forEach(step -> {
            boolean ofNodes = List.of("disks-seen", "disks-prepared", "taken-over")
                    .contains(step.path("id").asText());
            assertTrue(!ofNodes || !step.path("state").asText().equals("done"), step::toString);
        });
        daemon.get("/v1/clusters/HV/status").path("nodes").forEach(node -> {
            assertTrue(node.path("lastRead").isNull(), node::toString);
            assertTrue(node.path("lastWrite").isNull(), node::toString);
        });
    }

    /** The nodes' secrets are the daemon's to know, also where both sides prove themselves. */
    @Test
    void targetsThatAskForASecret() throws Exception {
        for (String name : List.of("nodes", "kume")) {
            Path secret = Files.writeString(directory.resolve(name), "secret-of-" + name + "-1");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
            daemon.admin("credential", "add", name, "--user", name, "--secret-file", secret.toString(), "--long");
        }
        String body = HV.replace("HV", "HC")
                .replace("hv-node", "hc-node")
                .replace("quorum", "quorum2")
                .replace("vms", "vms2")
                .replaceFirst("\\{", "{\"chap\":[\"nodes\"],\"mutual\":\"kume\",");
        ended(ManagementApi.request(daemon.socket(), "POST", "/v1/clusters", body));
        JsonNode operation =
                ended(ManagementApi.request(daemon.socket(), "POST", VALIDATION.replace("HV", "HC"), "{}"));
        assertPasses(operation.path("result").path("validation"));
        daemon.stop();
    }

    /** A node is logged in and has a key: neither its session nor its key nor its data notice anything. */
    @Test
    void disksInUseAreLeftAlone() throws Exception {
        byte[] before = Files.readAllBytes(daemon.file("quorum"));
        try (RawInitiator node = daemon.login(NODE1, target())) {
            node.clearUnitAttentions(0);
            node.clearUnitAttentions(1);
            byte[] register = PersistentReserve.list(0, 0xB5, false);
            assertTrue(node.command(0, PersistentReserve.out(0, 0), register, 0).good());
            int generation = node.command(0, PersistentReserve.in(0, 24), new byte[0], 24)
                    .fields()
                    .getInt(0);

            JsonNode operation = begin("{}");
            List<String> shown = new ArrayList<>();
            JsonNode sessions = until(
                    "the scratch targets are there",
                    () -> daemon.get("/v1/sessions"),
                    all -> all.toString().contains(":validation-node."));
            try (RawInitiator discovery = RawInitiator.discovery(daemon.portal(), NODE1)) {
                shown.add(discovery.sendTargets());
            }
            String beside = sessions.findValuesAsText("targetIqn").stream()
                    .filter(iqn -> iqn.contains(":validation."))
                    .findFirst()
                    .orElseThrow();
            // Not with the node's own name, and not with that of the validation without its secret.
            assertThrows(LoginRefused.class, () -> daemon.login(NODE1, beside));
            assertThrows(
                    LoginRefused.class, () -> daemon.login("iqn.2026-11.dev.kume:validation-node.hv-node1", beside));
            assertTrue(node.command(0, Cdb.testUnitReady(), new byte[0], 0).good());
            JsonNode ended = ended(operation);

            assertPasses(ended.path("result").path("validation"));
            String notes = ended.path("result").path("validation").path("notes").toString();
            assertTrue(notes.contains("disk 'vms' was left alone, for " + NODE1 + " is logged in"), notes);
            assertFalse(shown.toString().contains("validation"), shown::toString);
            for (int lun = 0; lun <= 1; lun++) {
                assertEquals(
                        "status 00",
                        node.command(lun, Cdb.testUnitReady(), new byte[0], 0).outcome());
            }
            assertEquals(
                    generation,
                    node.command(0, PersistentReserve.in(0, 24), new byte[0], 24)
                            .fields()
                            .getInt(0));
            assertEquals(1, keys("quorum"));
            assertArrayEquals(before, Files.readAllBytes(daemon.file("quorum")));
            assertEquals(List.of(), scratchFiles());
            assertFalse(daemon.get("/v1/targets").toString().contains("validation"));
            assertFalse(daemon.get("/v1/disks").toString().contains("scratch"));
        }
        daemon.stop();
    }

    /** Slow enough to be in the middle of it. */
    @Test
    void aNodeThatComesEndsATestOfIdleDisks() throws Exception {
        JsonNode operation = begin("{\"realTime\":true}");
        until(
                "it has keys on the disk",
                () -> daemon.get("/v1/reservations/vms"),
                now -> !now.path("registrations").isEmpty());
        try (RawInitiator node = daemon.login(NODE1, target())) {
            JsonNode report = ended(operation).path("result").path("validation");
            assertEquals("Canceled", report.path("outcome").asText(), report::toString);
            String why = report.path("tests").path(10).path("reason").asText();
            assertTrue(why.startsWith(NODE1 + " has logged in to " + target()), why);
            assertEquals(0, keys("vms") + keys("quorum"));
            node.clearUnitAttentions(1);
        }
        daemon.stop();
    }

    @Test
    void aCancelLeavesNothingBehind() throws Exception {
        JsonNode operation = begin("{\"realTime\":true}");
        until(
                "it has keys on the disk",
                () -> daemon.get("/v1/reservations/vms"),
                now -> !now.path("registrations").isEmpty());
        daemon.post("/v1/operations/" + operation.path("id").asLong() + "/cancel", "");
        assertEquals("cancelled", ended(operation).path("state").asText());
        assertEquals(0, keys("vms") + keys("quorum"));
        daemon.stop();
    }

    @Test
    void aKillLeavesNoScratchDiskToTheNextStart() throws Exception {
        try (RawInitiator node = daemon.login(NODE1, target())) {
            node.clearUnitAttentions(0);
            begin("{\"realTime\":true}");
            until(
                    "it runs",
                    () -> daemon.get("/v1/sessions"),
                    sessions -> sessions.toString().contains(":validation-node."));
            assertEquals(2, scratchFiles().size());
            daemon.kill();
        }
        daemon.restart();
        assertEquals(List.of(), scratchFiles());
        assertPasses(validate("{}"));
        daemon.stop();
    }
}
