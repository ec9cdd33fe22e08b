package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failover cluster, as an administrator types it. */
final class ClusterClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String NODE3 = "iqn.1991-05.com.microsoft:hv-node3.corp.example";

    /** How many new disks the daemon is killed among. */
    private static final int DISKS = 40;

    private static final List<Integer> FILES_BEFORE_KILL = List.of(1, 11, 32);

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("iscsi-ls");
    }

    @Test
    void fromNothingToNodesThatSeeTheSameLuns() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.admin(
                    "cluster",
                    "create",
                    "HV",
                    "--node=hv-node1=" + RunningDaemon.NODE1,
                    "--node=hv-node2=" + RunningDaemon.NODE2,
                    "--witness=quorum=2GB",
                    "--csv=vms=30GB",
                    "--sparse");
            String seen = luns(daemon, RunningDaemon.NODE1);
            assertEquals(2, seen.lines().filter(line -> line.startsWith("Lun:")).count(), seen);
            assertTrue(seen.contains("hv-node1") && !seen.contains("hv-node2"), seen);
            assertEquals(
                    seen.replace("hv-node1", "N"),
                    luns(daemon, RunningDaemon.NODE2).replace("hv-node2", "N"));
            // Refused, and seen: the node is taken by its name alone.
            assertFalse(luns(daemon, NODE3).contains("Lun:"));
            daemon.admin("cluster", "add-node", "HV", "hv-node3");
            assertEquals(seen.replace("hv-node1", "N"), luns(daemon, NODE3).replace("hv-node3", "N"));
            try (var _ = daemon.login(RunningDaemon.NODE2, iqn(daemon, 1))) {
                Program.Result refused = daemon.kume("cluster", "remove-node", "HV", "hv-node2");
                assertEquals(8, refused.exitCode(), refused::toString);
                assertTrue(
                        refused.err()
                                .contains("node 'hv-node2' of cluster 'HV' is in use: is logged in from 127.0.0.1"),
                        refused::toString);
                daemon.admin("cluster", "remove-node", "HV", "hv-node2", "--yes");
                assertFalse(luns(daemon, RunningDaemon.NODE2).contains("Lun:"));
            }
            daemon.stop();
        }
    }

    @Test
    void aKillInTheMiddleLeavesNothing() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            StringBuilder disks = new StringBuilder();
            for (int i = 0; i < DISKS; i++) {
                disks.append(i == 0 ? "" : ",").append("{\"name\":\"d%d\",\"size\":\"4MB\"}".formatted(i));
            }
            String request = "{\"name\":\"HV\",\"nodes\":[{\"name\":\"hv-node1\",\"iqns\":[\"%s\"]}],\"disks\":[%s]}"
                    .formatted(RunningDaemon.NODE1, disks);
            for (int files : FILES_BEFORE_KILL) {
                daemon.post("/v1/clusters", request);
                long end = System.nanoTime() + LIMIT.toNanos();
                while (files("disks") < files && System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                daemon.kill();
                daemon.restart();
                if (!daemon.get("/v1/clusters").path("clusters").isEmpty()) {
                    assertEquals(DISKS, files("disks"));
                    ManagementApi.request(daemon.socket(), "DELETE", "/v1/clusters/HV?deleteFiles=true&force=true", "");
                }
                assertEquals(0, daemon.get("/v1/disks").path("disks").size());
                assertEquals(0, daemon.get("/v1/targets").path("targets").size());
                assertEquals(0, files("disks"), "a file is left behind");
                assertEquals(0, files("unfinished"));
                assertEquals(0, files("units"), "the memory of a disk is left behind");
            }
            daemon.stop();
        }
    }

    private static String iqn(RunningDaemon daemon, int node) throws IOException {
        JsonNode cluster = daemon.get("/v1/clusters/HV");
        return cluster.path("nodes").path(node).path("targetIqn").asText();
    }

    private static String luns(RunningDaemon daemon, String initiator) {
        return Program.run(LIMIT, "iscsi-ls", "-i", initiator, "-s", "iscsi://127.0.0.1:" + daemon.port())
                .out();
    }

    private int files(String name) throws IOException {
        Path path = directory.resolve("state").resolve(name);
        if (!Files.isDirectory(path)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(path)) {
            return (int) files.count();
        }
    }
}
