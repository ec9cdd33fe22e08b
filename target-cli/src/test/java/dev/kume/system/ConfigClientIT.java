package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.SessionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A desired state with the real command line, a real daemon and real initiators: from nothing, twice, killed, back. */
final class ConfigClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PLAN_HAS_CHANGES = 12;
    private static final int DISKS = 24;

    private static final String CLUSTER = """
            schemaVersion: 1
            credentials:
              - { name: nodes, user: hv, secretFile: nodes.secret }
            clusters:
              - name: HV
                nodes:
                  - { name: hv-node1, iqn: "iqn.1991-05.com.microsoft:hv-node1" }
                  - { name: hv-node2, iqn: "iqn.1991-05.com.microsoft:hv-node2" }
                disks:
                  - { name: quorum, role: witness, size: 8MB, sparse: true }
                  - { name: vms, role: csv, size: 16MB, format: vhdx, type: dynamic }
            """;

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("iscsi-ls");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private void secret() throws IOException {
        Path secret = file("nodes.secret", "secret-of-16-byt\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }

    private static List<String> luns(RunningDaemon daemon, String initiator) {
        String url = "iscsi://127.0.0.1:%d".formatted(daemon.port());
        return Program.run(LIMIT, "iscsi-ls", "-s", "-i", initiator, url)
                .outOfSuccess()
                .lines()
                .filter(line -> line.startsWith("Lun:"))
                .map(line -> line.split(" ")[0])
                .toList();
    }

    @Test
    void fromNothingToTwoNodesAndBack() throws Exception {
        secret();
        String cluster = file("cluster.yaml", CLUSTER).toString();
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            Program.Result plan = daemon.kume("config", "plan", "-f", cluster, "--exit-code");
            assertEquals(PLAN_HAS_CHANGES, plan.exitCode(), plan::toString);
            assertTrue(plan.out().contains("+ cluster 'HV'"), plan::toString);
            String applied = daemon.admin("config", "apply", "-f", cluster);
            assertTrue(applied.contains("6 changes"), applied);
            for (String node : List.of(RunningDaemon.NODE1, RunningDaemon.NODE2)) {
                assertEquals(List.of("Lun:0", "Lun:1"), luns(daemon, node));
            }
            Program.Result again = daemon.kume("config", "apply", "-f", cluster);
            assertEquals(0, again.exitCode(), again::toString);
            assertTrue(again.err().contains("Nothing to do"), again::toString);
            assertEquals(1, daemon.get("/v1/status").path("inventoryVersion").asInt());
            Path export = directory.resolve("export.yaml");
            daemon.admin("config", "export", "-f", export.toString());
            assertFalse(Files.readString(export).contains("secret-of"), "no secret leaves");
            assertEquals(
                    0,
                    daemon.kume("config", "plan", "-f", export.toString(), "--exit-code")
                            .exitCode());
            backAndForth(daemon);
            assertFalse(daemon.log().contains("secret-of"), "no secret is logged");
            daemon.stop();
        }
    }

    /** While a node is logged on: the plan names it, and nothing happens without a yes. */
    private void backAndForth(RunningDaemon daemon) throws Exception {
        String iqn = daemon.get("/v1/targets/hv-node2").path("iqn").asText();
        try (InitiatorHost host = new InitiatorHost(RunningDaemon.NODE2)) {
            InitiatorSession session =
                    host.login(daemon.portal(), iqn, SessionSettings.windows()).get(10, TimeUnit.SECONDS);
            String one = CLUSTER.replaceAll(".*hv-node2.*\n", "");
            String smaller = file("one.yaml", one).toString();
            Program.Result asked = daemon.kume("config", "apply", "-f", smaller);
            assertEquals(2, asked.exitCode(), asked::toString);
            assertTrue(asked.err().contains("1 session of " + RunningDaemon.NODE2 + " is dropped"), asked::toString);
            assertEquals(InitiatorSession.State.LOGGED_IN, session.state());
            daemon.admin("config", "apply", "-f", smaller, "--yes");
            assertTrue(
                    daemon.get("/v1/sessions").path("sessions").isEmpty(),
                    () -> "the session is gone: " + session.state());
        }
        Program.Result stale = daemon.kume(
                "config", "apply", "-f", directory.resolve("cluster.yaml").toString(), "--plan-version", "1");
        assertEquals(4, stale.exitCode(), stale::toString);
        daemon.admin("config", "rollback", "1");
        assertEquals(List.of("Lun:0", "Lun:1"), luns(daemon, RunningDaemon.NODE2));
        assertEquals(3, daemon.get("/v1/config/history").path("versions").size());
        String diff = daemon.admin("config", "diff", "1", "3");
        assertEquals("", diff);
        String history = daemon.admin("config", "history");
        assertTrue(history.contains("3*"), history);
    }

    @Test
    void killedInTheMiddleItIsTheOldStateOrTheNewOne() throws Exception {
        StringBuilder many = new StringBuilder("schemaVersion: 1\ndisks:\n");
        for (int i = 0; i < DISKS; i++) {
            many.append("  - { name: disk%d, size: 4MB, format: vhd }%n".formatted(i));
        }
        String yaml = many.toString().replace("\"", "\\\"").replace("\n", "\\n");
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            List<Integer> made = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                JsonNode operation = ManagementApi.request(
                        daemon.socket(), "POST", "/v1/config/apply", "{\"text\":\"%s\"}".formatted(yaml));
                String path = "/v1/operations/" + operation.path("id").asLong();
                // Another moment each time: at once, when some files are there, and when most of them are.
                long bytes = round * (DISKS << 22) / 3L;
                JsonNode now = operation;
                while (now.path("doneBytes").asLong() < bytes
                        && now.path("state").asText().equals("running")) {
                    now = daemon.get(path + "?after=" + now.path("revision").asLong() + "&waitSeconds=5");
                }
                daemon.kill();
                daemon.restart();
                int disks = daemon.get("/v1/disks").path("disks").size();
                assertTrue(disks == 0 || disks == DISKS, disks + " disks");
                made.add(disks);
                try (Stream<Path> files = Files.list(directory.resolve("state/disks"))) {
                    assertEquals(
                            disks,
                            files.filter(each -> !each.toString().endsWith(".kume-atomic"))
                                    .count());
                }
                if (disks == DISKS) {
                    break;
                }
            }
            assertEquals(0, made.getFirst(), made::toString);
            daemon.stop();
        }
    }
}
