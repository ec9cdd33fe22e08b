package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster shared volume: all nodes are registered and write, one is the coordinator and holds the reservation. */
final class SharedVolumeTest {
    private static final int NODES = 4;
    private static final int MOVES = 60;

    @TempDir
    Path directory;

    private static long key(int node) {
        return 0xC500 + node;
    }

    @Test
    void membersWriteWhileTheCoordinatorMovesAndAnExpelledNodeDoesNot() throws IOException {
        Plan plan = Plan.of(Layout.TARGET_EACH, NODES, 2, 1).withTimes(ArbitrationTimes.scaled(Duration.ofMillis(50)));
        try (ClusterRig rig = new ClusterRig(directory, plan)) {
            List<NodeDisk> disk = rig.disk();
            List<StampWriter> writers = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                assertTrue(ClusterRig.get(disk.get(node).register(key(node))).isGood());
                for (int member = 0; member < NODES; member++) {
                    disk.get(node).arbiter().admit(key(member));
                }
            }
            assertTrue(ClusterRig.get(disk.get(0).reserve(key(0))).isGood());
            disk.get(0).arbiter().defend(key(0));
            for (int node = 0; node < NODES; node++) {
                writers.add(new StampWriter(disk.get(node), rig.node(node).loop(), node, 4, 32).start());
            }
            int coordinator = 0;
            for (int move = 0; move < MOVES; move++) {
                int next = (coordinator + 1 + move % (NODES - 1)) % NODES;
                moveCoordinator(disk.get(coordinator), key(coordinator), disk.get(next), key(next));
                coordinator = next;
            }
            assertEquals(
                    2L * NODES, ClusterRig.get(disk.get(0).readKeys()).keys().size(), "the defence spared members");
            expel(disk, writers, coordinator);
        }
    }

    /** RELEASE on one path after the other, until it has met the one that holds; then the next one reserves. */
    private static void moveCoordinator(NodeDisk from, long fromKey, NodeDisk to, long toKey) {
        from.arbiter().stop();
        for (int i = 0; i < 2 && ClusterRig.get(from.readReservation()).isHeldBy(fromKey); i++) {
            assertTrue(ClusterRig.get(from.release(fromKey)).isGood());
        }
        assertTrue(ClusterRig.get(to.reserve(toKey)).isGood());
        assertTrue(ClusterRig.get(from.readReservation()).isHeldBy(toKey));
        to.arbiter().defend(toKey);
    }

    /** One node leaves the membership by PREEMPT: it stops, and nobody else does. */
    private static void expel(List<NodeDisk> disk, List<StampWriter> writers, int coordinator) {
        int victim = (coordinator + 1) % NODES;
        for (int node = 0; node < NODES; node++) {
            disk.get(node).arbiter().expel(key(victim));
        }
        ClusterRig.get(writers.get(victim).ended());
        assertEquals(4, writers.get(victim).conflicts());
        assertTrue(ClusterRig.get(disk.get(coordinator).readReservation()).isHeldBy(key(coordinator)));
        for (int node = 0; node < NODES; node++) {
            StampWriter writer = writers.get(node);
            long before = writer.written();
            ClusterRig.get(writer.stop());
            assertEquals("", writer.failure());
            assertEquals(node == victim ? 4 : 0, writer.conflicts(), "conflicts of node " + node);
            assertTrue(before > MOVES, () -> "hardly a write: " + before);
            writer.verify(disk.get((node + 1) % NODES));
        }
    }
}
