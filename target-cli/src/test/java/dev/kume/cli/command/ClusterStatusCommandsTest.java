package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.ownership.SampleScene;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see of a cluster's status, its steps and its script. */
final class ClusterStatusCommandsTest {
    private static final int COLUMNS = 80;

    @TempDir
    private Path folder;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void start() throws IOException {
        Path socket = folder.resolve("admin.sock");
        daemon = new FakeDaemon(socket);
        kume = new CommandRun().server(socket);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void status(SampleScene scene) throws IOException {
        daemon.answers("GET /v1/clusters/HV/status", 200, ApiJson.lenient().writeValueAsString(scene.status()));
    }

    private void steps(SampleScene scene) throws IOException {
        daemon.answers("GET /v1/clusters/HV/verify", 200, ApiJson.lenient().writeValueAsString(scene.steps()));
    }

    @Test
    void aHealthyClusterIsShort() throws Exception {
        status(SampleScene.formed(2)
                .used("vms", 1, 1, Duration.ofSeconds(4), null)
                .used("shared", 2, 1, null, Duration.ofMinutes(3)));
        assertEquals(0, kume.run("cluster", "status", "HV"));
        assertEquals("""
                HV is healthy at 2026-11-27T12:00:00Z
                  2 nodes connected, 3 disks held

                NODE      STATE      PATHS  SEEN  I/O  FROM
                hv-node1  connected      2   now   4s  192.168.10.11 by 192.168.10.1:3260
                                                       192.168.20.11 by 192.168.20.1:3260
                hv-node2  connected      2   now   3m  192.168.10.12 by 192.168.10.1:3260
                                                       192.168.20.12 by 192.168.20.1:3260

                DISK    ROLE     LUN  OWNER     FOR  REGISTERED
                quorum  witness    0  hv-node1   3m  hv-node1
                vms     data       1  hv-node1   3m  hv-node1
                shared  csv        2  hv-node1   3m  hv-node1, hv-node2
                """, kume.out());
    }

    @Test
    void whatIsWrongComesWithItsRemedy() throws Exception {
        status(SampleScene.formed(2).logout(2, 2).offline("vms", "/disks/vms: no such file"));
        assertEquals(0, kume.run("cluster", "status", "HV"));
        assertEquals("""
                HV is failed at 2026-11-27T12:00:00Z
                  disk vms is offline: /disks/vms: no such file

                NODE      STATE      PATHS  SEEN  I/O  FROM
                hv-node1  connected      2   now    -  192.168.10.11 by 192.168.10.1:3260
                                                       192.168.20.11 by 192.168.20.1:3260
                hv-node2  connected      1   now    -  192.168.10.12 by 192.168.10.1:3260

                DISK    ROLE     LUN  OWNER      FOR  REGISTERED
                quorum  witness    0  hv-node1    3m  hv-node1
                vms     data       1  (offline)   3m  hv-node1
                shared  csv        2  hv-node1    3m  hv-node1, hv-node2 (stale)

                problem  disk vms is offline: /disks/vms: no such file
                         -> kume disk online vms
                warning  hv-node2 has one path, and there are 2 portals: one cable, switch or
                         port less, and it loses its disks
                         -> run on it what 'kume cluster script HV --powershell --node hv-node2'
                            prints (Linux: --bash)
                note     hv-node2 is registered with disk shared by a path that it does not have
                         now
                         -> nothing: the path comes back, or the node drops it; 'kume
                            reservation show DISK' shows it
                """, kume.out());
    }

    @Test
    void sixtyFourNodesStayWithinEightyColumns() throws Exception {
        SampleScene scene = SampleScene.formed(64);
        status(scene);
        assertEquals(0, kume.run("cluster", "status", "HV"));
        List<String> lines = kume.out().lines().toList();
        assertTrue(lines.contains("shared  csv        2  hv-node1   3m  64 of 64"), kume.out());
        assertTrue(lines.stream().allMatch(line -> line.length() <= COLUMNS), kume.out());
        assertEquals(
                64, lines.stream().filter(line -> line.startsWith("hv-node")).count());
    }

    @Test
    void scriptsGetTheRecord() throws Exception {
        status(SampleScene.formed(2));
        assertEquals(0, kume.run("cluster", "status", "HV", "-o", "json"));
        ClusterStatusView shown = ApiJson.lenient().readValue(kume.out(), ClusterStatusView.class);
        assertEquals(SampleScene.formed(2).status(), shown);
    }

    @Test
    void watchGoesOnUntilItIsInterrupted() throws Exception {
        status(SampleScene.formed(2));
        status(SampleScene.formed(2).logout(2, 2));
        interruptedAfterTheSecond();
        assertEquals(0, kume.run("cluster", "status", "HV", "--watch", "1"));
        assertTrue(kume.out().startsWith("HV is healthy at "), kume.out());
        assertTrue(kume.out().contains("\n\nHV is degraded at "), kume.out());
        assertEquals(2, daemon.asked().size());
        assertTrue(kume.interruptActions.isEmpty());
    }

    /** The interrupt comes when the daemon has been asked twice. */
    private void interruptedAfterTheSecond() {
        kume.interrupts(action -> {
            Thread interrupt = Thread.ofVirtual().start(() -> {
                while (daemon.asked().size() < 2) {
                    Thread.onSpinWait();
                }
                action.run();
            });
            return () -> assertTrue(interrupt.isVirtual());
        });
    }

    @Test
    void onATerminalItIsRedrawnInPlace() throws Exception {
        status(SampleScene.formed(2));
        status(SampleScene.formed(2));
        interruptedAfterTheSecond();
        kume.types("");
        assertEquals(0, kume.run("cluster", "status", "HV", "--watch=1"));
        assertTrue(kume.out().startsWith("\u001b[H\u001b[JHV is healthy"), kume.out());
        assertTrue(kume.out().contains("\u001b[J\u001b[HHV is healthy"), kume.out());
    }

    @Test
    void watchWantsATimeThatMakesSense() {
        assertEquals(2, kume.run("cluster", "status", "HV", "--watch", "0"));
        assertEquals("kume: --watch 0 is not from 1 to 3600 seconds\n", kume.err());
    }

    @Test
    void watchOfAClusterThatIsNotThereEndsAtOnce() {
        daemon.answers(
                "GET /v1/clusters/HB/status",
                404,
                "{\"error\":{\"code\":\"not-found\",\"message\":\"there is no cluster 'HB'\",\"remedy\":\"did you mean"
                        + " HV?\",\"exitCode\":3,\"suggestions\":[\"HV\"]}}");
        assertEquals(3, kume.run("cluster", "status", "HB", "--watch"));
        assertEquals("kume: there is no cluster 'HB'; did you mean HV?\n", kume.err());
    }

    @Test
    void openStepsAreTenAndHaveANextCommand() throws Exception {
        steps(SampleScene.connected(2).logout(2, 2));
        assertEquals(10, kume.run("cluster", "verify", "HV"));
        assertTrue(kume.out().startsWith("""
                [x] a portal is open: 192.168.10.1:3260 and 192.168.20.1:3260
                [x] each node has looked for targets: 2 nodes seen
                [x] each node is logged in to its own target: 2 nodes logged in
                [ ] each node has a path through each portal: hv-node2 has none through
                    192.168.20.1:3260
                    -> kume cluster script HV --powershell --node hv-node2 (or --bash), and run
                       it there
                """), kume.out());
        assertTrue(kume.out().endsWith("3 of 10 steps are done\n"), kume.out());
    }

    @Test
    void stepsThatAreDoneAreZero() throws Exception {
        SampleScene scene =
                SampleScene.formed(2).preempt("vms", 2).register("vms", 2, 1).register("vms", 2, 2);
        for (String disk : List.of("quorum", "vms", "shared")) {
            scene.used(disk, 1, 1, Duration.ZERO, null).used(disk, 2, 1, Duration.ZERO, null);
        }
        steps(scene);
        assertEquals(0, kume.run("cluster", "verify", "HV"));
        assertTrue(kume.out().endsWith("10 of 10 steps are done\n"), kume.out());
    }

    @Test
    void theScriptIsOfOneLanguageAndANodeOfTheCluster() throws Exception {
        status(SampleScene.declared(2));
        assertEquals(0, kume.run("cluster", "script", "HV", "--bash", "--node", "HV-NODE2"));
        assertTrue(kume.out().contains("only_node='hv-node2'"), kume.out());
        assertEquals(3, kume.run("cluster", "script", "HV", "--powershell", "--node", "hv-node9"));
        assertEquals("kume: cluster 'HV' has no node 'hv-node9'; it has hv-node1, hv-node2\n", kume.err());
        assertEquals(2, kume.run("cluster", "script", "HV"));
        assertEquals(2, kume.run("cluster", "script", "HV", "--bash", "--powershell"));
    }

    @Test
    void withoutAPortalThereIsNoScript() throws Exception {
        ClusterStatusView closed = SampleScene.declared(2).status();
        daemon.answers(
                "GET /v1/clusters/HV/status",
                200,
                ApiJson.lenient()
                        .writeValueAsString(new ClusterStatusView(
                                closed.cluster(),
                                closed.health(),
                                closed.reasons(),
                                closed.at(),
                                List.of(),
                                closed.nodes(),
                                closed.disks(),
                                closed.advice())));
        assertEquals(1, kume.run("cluster", "script", "HV", "--bash"));
        assertTrue(kume.err().startsWith("kume: no portal is open"), kume.err());
    }
}
