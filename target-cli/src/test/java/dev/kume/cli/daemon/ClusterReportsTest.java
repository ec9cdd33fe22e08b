package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a cluster stands, over the management socket, with a fake server behind it. */
final class ClusterReportsTest {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";
    private static final long ISID = 0x400001370000L;
    private static final long KEY = 0xA1;

    @TempDir
    Path folder;

    private RunningManagement daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = RunningManagement.in(folder);
        long id = daemon.post("/v1/clusters", """
                        {"name":"HV","nodes":[{"name":"hv-node1","iqns":["%s"]},{"name":"hv-node2","iqns":["%s"]}],
                         "disks":[{"name":"vms","role":"data","size":"8MB"}]}""".formatted(NODE1, NODE2))
                .body()
                .path("id")
                .asLong();
        assertEquals("done", daemon.ended(id).state());
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private String iqn(int node) throws Exception {
        return daemon.get(ApiPaths.target("hv-node" + node)).body().path("iqn").asText();
    }

    private void hold(String initiator, String target) {
        ITNexus nexus = new ITNexus(initiator, ISID, target, 1);
        PersistentReservations reservations = new PersistentReservations(
                2,
                true,
                List.of(new Registration(nexus, KEY, false, RunningManagement.NOW)),
                new Reservation(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, nexus, RunningManagement.NOW));
        daemon.exports.states.put(
                "vms",
                new UnitState(
                        null,
                        "fake",
                        BlockGeometry.emulated512(8 << 20),
                        false,
                        ModeState.DEFAULT,
                        null,
                        DurableState.INITIAL.withReservations(reservations)));
    }

    private JsonNode status() throws Exception {
        return daemon.get(ApiPaths.clusterStatus("HV")).body();
    }

    @Test
    void aDeclaredClusterIsUnformed() throws Exception {
        JsonNode status = status();
        assertEquals("unformed", status.path("health").asText());
        assertEquals("never seen", status.path("nodes").path(0).path("state").asText());
        assertEquals("127.0.0.1", status.path("portals").path(0).path("address").asText());
        JsonNode verified = daemon.get(ApiPaths.clusterVerify("hv")).body();
        assertEquals("HV", verified.path("cluster").asText());
        assertEquals(2, verified.path("done").asInt(), "the portal, and no witness to hold");
    }

    @Test
    void theHolderIsShownByItsNode() throws Exception {
        daemon.exports.connect(1, NODE1, iqn(1));
        daemon.exports.connect(2, NODE2, iqn(2));
        hold(NODE1, iqn(1));
        JsonNode owner = status().path("disks").path(0).path("owner");
        assertEquals("hv-node1", owner.path("node").asText());
        assertTrue(owner.path("connected").asBoolean());
        assertEquals("00000000000000a1", owner.path("key").asText());
    }

    /** The node has another initiator name after the restart, and is known by what was learned before it. */
    @Test
    void aKeyKeepsItsNodeOverARestart() throws Exception {
        hold(NODE1, iqn(1));
        daemon.rememberKeys();
        String target = iqn(1);
        daemon.close();
        assertTrue(Files.readString(folder.resolve("state/cluster-keys.yaml")).contains("hv-node1"));
        daemon = RunningManagement.in(folder);
        hold("iqn.1991-05.com.microsoft:win-4711", target);
        JsonNode status = status();
        JsonNode owner = status.path("disks").path(0).path("owner");
        assertEquals("hv-node1", owner.path("node").asText());
        assertTrue(owner.path("byKey").asBoolean());
        assertEquals("failed", status.path("health").asText());
    }

    @Test
    void whatIsNotThereIsNamed() throws Exception {
        assertEquals(3, daemon.get(ApiPaths.clusterStatus("HB")).exitCode());
        assertEquals(3, daemon.get(ApiPaths.clusterVerify("HB")).exitCode());
        assertEquals(2, daemon.post(ApiPaths.clusterStatus("HV"), "{}").exitCode());
        assertEquals(2, daemon.get(ApiPaths.clusterStatus("HV") + "?watch=true").exitCode());
    }
}
