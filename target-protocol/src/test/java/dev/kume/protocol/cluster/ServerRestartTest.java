package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server goes and comes while nodes use their disk: keys and reservation are there, and nobody is told off. */
final class ServerRestartTest {
    private static final int RESTARTS = 6;
    private static final long KEY_0 = 0xA0;
    private static final long KEY_1 = 0xB1;

    @TempDir
    Path directory;

    @Test
    void keysAndReservationOutliveTheServerAndTheOwnerStaysTheOwner() throws IOException {
        Plan plan = Plan.of(Layout.TARGET_EACH, 2, 2, 1)
                .withTimes(ArbitrationTimes.scaled(Duration.ofMillis(300)))
                .withMemory();
        try (ClusterRig rig = new ClusterRig(directory, plan)) {
            List<NodeDisk> disk = rig.disk();
            NodeDisk owner = disk.get(0);
            NodeDisk other = disk.get(1);
            assertTrue(ClusterRig.get(owner.arbitrate(KEY_0)));
            int generation = ClusterRig.get(other.readKeys()).generation();
            StampWriter writer = new StampWriter(owner, rig.node(0).loop(), 0, 4, 16).start();
            for (int restart = 0; restart < RESTARTS; restart++) {
                rig.restart();
                long before = writer.written();
                PersistentReserve.Keys keys = ClusterRig.get(read(other));
                assertEquals(List.of(KEY_0, KEY_0), keys.keys());
                assertTrue(keys.generation() - generation >= 0, "the generation never goes back");
                generation = keys.generation();
                assertTrue(ClusterRig.get(other.readReservation()).isHeldBy(KEY_0));
                assertTrue(ClusterRig.get(other.rawWrite(1, "stranger")).isConflict());
                assertTrue(ClusterRig.get(owner.rawWrite(2, "owner")).result().isGood());
                awaitMore(writer, before);
                assertTrue(owner.arbiter().isOwner());
            }
            assertEquals(false, ClusterRig.get(other.arbitrate(KEY_1)), "the owner still defends");
            ClusterRig.get(writer.stop());
            assertEquals("", writer.failure());
            assertEquals(0, writer.conflicts());
            writer.verify(other);
            assertTrue(ClusterRig.get(owner.stopDefence()).isGood());
            rig.restart();
            assertEquals(List.of(), ClusterRig.get(read(other)).keys());
        }
    }

    /** Reservation commands need a path; an ordinary one waits for it. */
    private static CompletableFuture<PersistentReserve.Keys> read(NodeDisk disk) {
        return disk.rawRead(0).thenCompose(access -> disk.readKeys());
    }

    private static void awaitMore(StampWriter writer, long before) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (writer.written() <= before) {
            assertTrue(System.nanoTime() - end < 0 && writer.failure().isEmpty(), writer::failure);
            Thread.onSpinWait();
        }
    }
}
