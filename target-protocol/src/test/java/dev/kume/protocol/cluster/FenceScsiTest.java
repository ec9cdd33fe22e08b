package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pacemaker's agents fence Linux nodes. */
final class FenceScsiTest {
    private static final int NODES = 3;

    /** The ISIDs of open-iscsi begin so; the rest it takes at random for each session. */
    private static final long ISID_OPEN_ISCSI = 0x00_023D_0000_00L;

    @TempDir
    Path directory;

    private ClusterRig rig;

    private void open(Layout layout) throws IOException {
        rig = new ClusterRig(directory, Plan.of(layout, NODES, 0, 1));
        for (int node = 0; node < NODES; node++) {
            boot(node, 0);
        }
    }

    @AfterEach
    void close() throws IOException {
        if (rig != null) {
            rig.close();
        }
    }

    /** A Linux node with two sessions, with ISIDs that it never had. */
    private void boot(int node, int times) {
        rig.machine(node).boot(ISID_OPEN_ISCSI | (long) (times * NODES + node + 1) << 16);
        ClusterRig.get(rig.node(node).connect(rig.target(node), rig.portal()));
        ClusterRig.get(rig.node(node).connect(rig.target(node), rig.portal()));
    }

    private List<ScsiDevice> paths(int node) {
        int lun = rig.target(node).equals(rig.target(0)) ? 0 : node;
        return rig.node(node).sessions().stream()
                .map(session -> (ScsiDevice) new RemoteUnit(session, lun))
                .toList();
    }

    private FenceScsi agent(int node, boolean everyPath, boolean aptpl) {
        List<ScsiDevice> paths = everyPath ? paths(node) : paths(node).subList(0, 1);
        return new FenceScsi(paths, key(node), aptpl, Duration.ofSeconds(20));
    }

    private static long key(int node) {
        return FenceScsi.key("hacluster", node);
    }

    private int write(int node) {
        byte[] cdb = {0x2A, 0, 0, 0, 0, 9, 0, 0, 1, 0};
        ScsiDevice path = paths(node).getFirst();
        int status = ScsiStatus.CHECK_CONDITION;
        // The kernel retries unit attentions.
        for (int i = 0; i < 5 && status == ScsiStatus.CHECK_CONDITION; i++) {
            status = ClusterRig.get(path.execute(ScsiCommand.write(0, cdb, NodeDisk.sector("node " + node))))
                    .status();
        }
        return status;
    }

    @Test
    void keysAreThoseOfTheAgent() {
        // fb0c begins what md5sum says of the name.
        assertEquals(0xFB0C_0012L, FenceScsi.key("hacluster", 12));
    }

    @ParameterizedTest
    @CsvSource({"ONE_TARGET, false, false", "TARGET_EACH, false, true", "TARGET_EACH, true, false"})
    void onFencesStrangersAndOffFencesANode(Layout layout, boolean everyPath, boolean aptpl) throws IOException {
        open(layout);
        for (int node = 0; node < NODES; node++) {
            agent(node, everyPath, aptpl).on();
        }
        FenceScsi agent = agent(0, everyPath, aptpl);
        for (int node = 0; node < NODES; node++) {
            assertTrue(agent.status(key(node)));
            assertEquals(ScsiStatus.GOOD, write(node));
        }
        assertTrue(agent.readReservation().isHeldBy(key(0)));

        agent(1, everyPath, aptpl).off(key(2));
        assertFalse(agent.status(key(2)));
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, write(2));
        assertEquals(ScsiStatus.GOOD, write(0));
        assertEquals(ScsiStatus.GOOD, write(1));

        // The victim is the one that holds: the reservation goes over with the PREEMPT.
        agent(1, everyPath, aptpl).off(key(0));
        assertTrue(agent(1, everyPath, aptpl).readReservation().isHeldBy(key(1)));
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, write(0));
        assertEquals(ScsiStatus.GOOD, write(1));

        agent(2, everyPath, aptpl).on();
        assertEquals(ScsiStatus.GOOD, write(2));
        agent(0, everyPath, aptpl).on();
        assertEquals(ScsiStatus.GOOD, write(0));
        assertEquals(NODES * (everyPath ? 2L : 1L), agent.readKeys().keys().size());
    }

    /** The node was not fenced, and comes back with sessions that nobody knows; as holder and as one of the rest. */
    @Test
    void onDropsWhatAnEarlierLifeOfTheNodeLeft() throws IOException {
        open(Layout.TARGET_EACH);
        for (int node = 0; node < NODES; node++) {
            agent(node, true, false).on();
        }
        for (int node = 0; node < 2; node++) {
            rig.machine(node).crash();
            boot(node, 1);
            assertEquals(ScsiStatus.RESERVATION_CONFLICT, write(node));
            agent(node, true, false).on();
            assertEquals(ScsiStatus.GOOD, write(node));
            assertEquals(2, agent(2, true, false).readKeys().count(key(node)), "those of the new sessions alone");
        }
        assertTrue(agent(2, true, false).readReservation().isHeld());
        agent(2, true, false).off(key(0));
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, write(0));
    }

    @Test
    void releaseOnEveryPathFindsTheHolder() throws IOException {
        open(Layout.TARGET_EACH);
        agent(0, true, false).on();
        agent(1, true, false).on();
        assertThrows(StepFailure.class, () -> agent(1, true, false).releaseAsMultipath());
        agent(0, true, false).releaseAsMultipath();
        assertFalse(agent(1, true, false).readReservation().isHeld());
        assertEquals(ScsiStatus.GOOD, write(2), "nothing is reserved any more");
        agent(1, true, false).on();
        assertTrue(agent(0, true, false).readReservation().isHeldBy(key(1)));
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, write(2));
    }
}
