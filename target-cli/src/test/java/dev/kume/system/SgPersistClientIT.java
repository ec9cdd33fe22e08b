package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.SessionSettings;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sg_persist} and its family, on two nodes that have one disk through a target each. There need be no iSCSI in
 * the kernel: the devices are sessions of the built-in initiator, see {@link SgBridge}.
 */
final class SgPersistClientIT {
    private static final int RESERVATION_CONFLICT = 24;
    private static final String KEY_1 = "0xa1";
    private static final String KEY_2 = "0xb2";

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private RunningDaemon daemon;
    private InitiatorHost node1;
    private InitiatorHost node2;
    private SgBridge bridge;
    private Path sda;
    private Path sdb;

    @BeforeEach
    void twoNodesAndTheirDisk() throws Exception {
        Clients.need("sg_persist", "sg_turs", "sg_inq", "sg_raw", "sg_vpd", "sg_luns", "cc");
        daemon = RunningDaemon.start(directory);
        String iqn1 = daemon.provide("one", "16MB", "raw");
        String iqn2 = RunningDaemon.IQN_PREFIX + ":two";
        daemon.post("/v1/targets", """
                {"name":"two","iqn":"%s","initiators":["%s"]}""".formatted(iqn2, RunningDaemon.NODE2));
        daemon.post("/v1/mappings", """
                {"disk":"one","target":"two","lun":7}""");
        Path devices = Files.createTempDirectory("sg");
        assertTrue(devices.toString().length() < 60, () -> UnixDomainSocketAddress.of(devices) + " is too long");
        bridge = new SgBridge(devices);
        node1 = new InitiatorHost(RunningDaemon.NODE1);
        node2 = new InitiatorHost(RunningDaemon.NODE2);
        sda = bridge.device("sda", new RemoteUnit(login(node1, iqn1), 0));
        sdb = bridge.device("sdb", new RemoteUnit(login(node2, iqn2), 7));
    }

    private InitiatorSession login(InitiatorHost node, String iqn) throws Exception {
        return node.login(daemon.portal(), iqn, SessionSettings.windows()).get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void end() throws Exception {
        if (node1 != null) {
            node1.close();
            node2.close();
            assertEquals(List.of(), node1.violations());
            assertEquals(List.of(), node2.violations());
            bridge.close();
            assertEquals(List.of(), bridge.complaints());
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    private String persist(Path device, Object... words) {
        return bridge.run("sg_persist", "--no-inquiry", List.of(words), device).outOfSuccess();
    }

    private void refused(Path device, Object... words) {
        Program.Result result = bridge.run("sg_persist", "--no-inquiry", List.of(words), device);
        assertEquals(RESERVATION_CONFLICT, result.exitCode(), result::toString);
    }

    private int write(Path device) throws IOException {
        Path block = Files.write(directory.resolve("block"), new byte[512]);
        return bridge.run(
                        "sg_raw", "-s", "512", "-i", block, device, List.of("2a 00 00 00 00 05 00 00 01 00".split(" ")))
                .exitCode();
    }

    private void turs(Path device) {
        for (int i = 0; i < 4 && bridge.run("sg_turs", device).exitCode() != 0; i++) {
            // Each takes one unit attention away.
        }
        bridge.run("sg_turs", device).outOfSuccess();
    }

    @Test
    void bothDevicesAreOneDisk() {
        turs(sda);
        turs(sdb);
        assertTrue(bridge.run("sg_inq", sda).outOfSuccess().contains("Vendor identification: KUME"));
        for (String page : new String[] {"di", "sn", "bl", "sv"}) {
            assertEquals(
                    bridge.run("sg_vpd", "-p", page, sda).outOfSuccess(),
                    bridge.run("sg_vpd", "-p", page, sdb).outOfSuccess());
        }
        assertTrue(bridge.run("sg_luns", sdb).outOfSuccess().contains("0007000000000000"));
    }

    @Test
    void aWalkThroughAllServiceActions() throws Exception {
        turs(sda);
        turs(sdb);
        assertTrue(persist(sda, "-i", "-k").contains("NO registered reservation keys"));
        String capabilities = persist(sda, "-i", "-c");
        assertTrue(capabilities.contains("Type Mask Valid(TMV): 1"), capabilities);
        assertTrue(capabilities.contains("Write Exclusive, registrants only: 1"), capabilities);

        persist(sda, "-o", "-G", "-S", KEY_1);
        persist(sdb, "-o", "-I", "-S", KEY_2, "-Z");
        String keys = persist(sda, "-i", "-k");
        assertTrue(keys.contains(KEY_1) && keys.contains(KEY_2), keys);
        assertEquals(keys, persist(sdb, "-i", "-k"));
        persist(sda, "-o", "-R", "-T", "5", "-K", KEY_1);
        refused(sdb, "-o", "-R", "-T", "5", "-K", KEY_2);
        String reservation = persist(sdb, "-i", "-r");
        assertTrue(reservation.contains("Key=" + KEY_1), reservation);
        assertTrue(reservation.contains("Write Exclusive, registrants only"), reservation);
        String status = persist(sdb, "-i", "-s");
        assertTrue(status.contains(RunningDaemon.NODE1 + ",i,0x") && status.contains(RunningDaemon.NODE2), status);

        persist(sdb, "-o", "-I", "-S", "0");
        assertEquals(RESERVATION_CONFLICT, write(sdb));
        assertEquals(0, write(sda));
        refused(sdb, "-o", "-P", "-T", "5", "-K", KEY_2, "-S", KEY_1);
        persist(sdb, "-o", "-I", "-S", KEY_2);
        persist(sdb, "-o", "-A", "-T", "5", "-K", KEY_2, "-S", KEY_1);
        assertEquals(RESERVATION_CONFLICT, write(sda));
        assertEquals(0, write(sdb));
        assertEquals(6, bridge.run("sg_turs", sda).exitCode(), "a unit attention");
        assertEquals(0, bridge.run("sg_turs", sda).exitCode());

        persist(sdb, "-o", "-L", "-T", "5", "-K", KEY_2);
        assertTrue(persist(sda, "-i", "-r").contains("there is NO reservation held"));
        persist(sda, "-o", "-I", "-S", KEY_1);
        persist(sda, "-o", "-C", "-K", KEY_1);
        assertEquals(6, bridge.run("sg_turs", sdb).exitCode(), "RESERVATIONS PREEMPTED");
        assertTrue(persist(sdb, "-i", "-k").contains("NO registered reservation keys"));
    }

    @Test
    void theAdministratorSeesWhoHoldsTheDiskAndCanBreakIt() throws Exception {
        turs(sda);
        turs(sdb);
        String disk = daemon.get("/v1/disks").path("disks").path(0).path("name").asText();
        persist(sda, "-o", "-I", "-S", KEY_1);
        persist(sdb, "-o", "-I", "-S", KEY_2);
        persist(sda, "-o", "-R", "-T", "5", "-K", KEY_1);
        assertTrue(daemon.admin("reservation", "list").contains(RunningDaemon.NODE1));
        String shown = daemon.admin("reservation", "show", disk);
        assertTrue(shown.contains("write exclusive, registrants only"), shown);
        assertTrue(shown.contains(RunningDaemon.NODE2) && shown.contains("connected from 127.0.0.1"), shown);
        assertTrue(shown.contains("RESERVE") && shown.contains("REGISTER AND IGNORE EXISTING KEY"), shown);

        Program.Result guarded = daemon.kume("reservation", "clear", disk, "--yes");
        assertEquals(8, guarded.exitCode(), guarded::toString);
        daemon.admin("reservation", "clear", disk, "--force", "--yes");
        assertEquals(6, bridge.run("sg_turs", sda).exitCode(), "RESERVATIONS PREEMPTED");
        assertEquals(6, bridge.run("sg_turs", sdb).exitCode(), "RESERVATIONS PREEMPTED");
        assertTrue(persist(sdb, "-i", "-k").contains("NO registered reservation keys"));
        assertTrue(daemon.log().contains("an administrator cleared its reservation"), daemon.log());
        assertTrue(daemon.admin("reservation", "show", disk).contains("CLEARED by administrator"));
    }

    /** What a registration with APTPL leaves is there after the process was killed; so is everything else. */
    @Test
    void theReservationOutlivesTheDaemon() throws Exception {
        turs(sda);
        turs(sdb);
        persist(sda, "-o", "-I", "-S", KEY_1, "-Z");
        persist(sda, "-o", "-R", "-T", "5", "-K", KEY_1);
        String before = persist(sdb, "-i", "-s");
        daemon.kill();
        daemon.restart();
        turs(sdb);
        turs(sda);
        assertEquals(before, persist(sdb, "-i", "-s"));
        assertEquals(RESERVATION_CONFLICT, write(sdb));
        assertEquals(0, write(sda));
        assertFalse(persist(sda, "-i", "-r").contains("NO reservation"));
    }

    /**
     * Pacemaker's agent itself, where it is installed. It wants block devices, and a folder of its own for each node in
     * place of {@code /run}, where it keeps its key.
     */
    @Test
    void fenceScsiFencesANode() throws Exception {
        assumeTrue(!Program.find("fence_scsi").isEmpty(), "fence-agents is not installed");
        assumeTrue("root".equals(System.getProperty("user.name")), "device nodes are root's");
        for (Path device : List.of(sda, sdb)) {
            Program.run(Duration.ofSeconds(5), "sh", "-c", "rm \"$0\" && mknod \"$0\" b 7 99", device.toString())
                    .outOfSuccess();
        }
        fence(0, "two", sdb, "on", KEY_2);
        fence(0, "one", sda, "on", KEY_1);
        fence(0, "one", sda, "status", KEY_2);
        assertEquals(0, write(sda));
        assertEquals(0, write(sdb));

        fence(0, "one", sda, "off", KEY_2);
        fence(2, "one", sda, "status", KEY_2);
        assertEquals(RESERVATION_CONFLICT, write(sdb));
        assertEquals(0, write(sda));
        assertTrue(persist(sda, "-i", "-r").contains("Key=" + KEY_1), "it went over to the one that fenced");

        fence(0, "two", sdb, "on", KEY_2);
        turs(sdb);
        assertEquals(0, write(sdb));
    }

    private void fence(int exitCode, String node, Path device, String action, String key) {
        Path run = directory.resolve("run-of-" + node);
        Program.Result result = bridge.run(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mkdir -p \"$0\" && mount --bind \"$0\" /run && exec fence_scsi \"$@\"",
                run,
                "--action=" + action,
                "--key=" + key.substring(2),
                "--devices=" + device);
        assertEquals(exitCode, result.exitCode(), result::toString);
    }
}
