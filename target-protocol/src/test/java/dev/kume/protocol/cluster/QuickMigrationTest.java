package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quick Migration: a disk moves between nodes again and again, with a virtual machine that writes wherever it is. */
final class QuickMigrationTest {
    private static final int MOVES = 100;
    private static final long MOVE_NANOS_MAX = 1_000_000_000L;

    @TempDir
    Path directory;

    @Test
    void aHundredMovesUnderLoadLoseNothingAndTakeNoTime() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 2, 2))) {
            List<NodeDisk> first = rig.disks(0);
            List<NodeDisk> second = rig.disks(1);
            // The other disk gives the target something to do.
            StampWriter load = new StampWriter(first.get(1), rig.node(0).loop(), 0, 8, 8).start();
            StampWriter moreLoad = new StampWriter(second.get(1), rig.node(1).loop(), 1, 8, 8).start();
            long slowest = 0;
            take(first.getFirst(), 1);
            for (int move = 0; move < MOVES; move++) {
                NodeDisk from = (move % 2 == 0 ? first : second).getFirst();
                NodeDisk to = (move % 2 == 0 ? second : first).getFirst();
                StampWriter machine = new StampWriter(from, rig.node(move % 2).loop(), 2, 4, 16).start();
                ClusterRig.get(from.writeFile(0, "saved state " + move));
                ClusterRig.get(machine.stop());
                assertEquals("", machine.failure());
                assertEquals(0, machine.conflicts());

                long begun = System.nanoTime();
                ClusterRig.get(from.takeOffline());
                assertTrue(ClusterRig.get(from.stopDefence()).isGood());
                take(to, 2 + move);
                slowest = Math.max(slowest, System.nanoTime() - begun);

                assertTrue(ClusterRig.get(to.verifyFile(0, "saved state " + move)));
                machine.verify(to);
                assertTrue(ClusterRig.get(from.rawWrite(1, "no more")).isConflict());
            }
            for (StampWriter each : List.of(load, moreLoad)) {
                ClusterRig.get(each.stop());
                assertEquals("", each.failure());
                assertEquals(0, each.conflicts());
            }
            long longest = slowest;
            assertTrue(longest < MOVE_NANOS_MAX, () -> "a move of %d ms".formatted(longest / 1_000_000));
        }
    }

    private static void take(NodeDisk disk, long key) {
        assertTrue(ClusterRig.get(disk.arbitrate(key)));
        ClusterRig.get(disk.bringOnline());
    }
}
