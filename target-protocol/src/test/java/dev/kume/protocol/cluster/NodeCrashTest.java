package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.cluster.PersistentReserve.Keys;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node goes in the midst of its writes, another one takes over, and the first comes back. */
final class NodeCrashTest {
    private static final long KEY_0 = 0xA0;
    private static final long KEY_1 = 0xB1;
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final int REGISTRATIONS_PREEMPTED = 0x2A05;
    private static final int RESET = 0x29;
    private static final ScsiCommand TEST_UNIT_READY = ScsiCommand.read(0, new byte[6], 0);

    @TempDir
    Path directory;

    private static Plan plan(int paths) {
        return Plan.of(Layout.TARGET_EACH, 2, paths, 1).withTimes(ArbitrationTimes.scaled(Duration.ofMillis(60)));
    }

    /** Small writes, which come with their data, and large ones, which wait for an R2T. */
    @ParameterizedTest
    @ValueSource(ints = {8, 512})
    void afterThePreemptNoWriteOfTheFrozenNodeReachesTheDisk(int blocks) throws IOException {
        for (int round = 0; round < 5; round++) {
            Path rounds = directory.resolve("round" + round);
            Files.createDirectory(rounds);
            try (ClusterRig rig = new ClusterRig(rounds, plan(2))) {
                List<NodeDisk> disk = rig.disk();
                NodeDisk victim = disk.get(0);
                NodeDisk survivor = disk.get(1);
                assertTrue(ClusterRig.get(victim.arbitrate(KEY_0)));
                StampWriter writer = new StampWriter(victim, rig.node(0).loop(), 0, 8, blocks).start();
                awaitWrites(writer, 50L + round);
                rig.machine(0).freeze();

                assertTrue(ClusterRig.get(survivor.arbitrate(KEY_1)));
                List<ByteBuffer> content = writer.read(survivor);
                long slowest = survivor.paths().slowestReservationNanos();
                assertTrue(slowest < PATIENCE_NANOS, () -> "the frozen node held a PREEMPT up, " + slowest + " ns");
                rig.machine(0).thaw();
                ClusterRig.get(writer.ended());
                assertEquals("", writer.failure());
                assertEquals(8, writer.conflicts(), "every write that was under way is refused");
                assertEquals(content, writer.read(survivor));
                assertFalse(ClusterRig.get(survivor.findKey(KEY_0)));
                assertEquals(2, ClusterRig.get(survivor.readKeys()).count(KEY_1));
            }
        }
    }

    private static void awaitWrites(StampWriter writer, long count) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (writer.written() < count) {
            assertTrue(System.nanoTime() - end < 0 && writer.failure().isEmpty(), writer::failure);
            Thread.onSpinWait();
        }
    }

    /** Power on or reset comes first, then the conflict, then what has become of the registrations; each once. */
    @Test
    void aNodeThatComesBackWithItsIsidIsToldInOrder() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, plan(1))) {
            List<NodeDisk> disk = rig.disk();
            assertTrue(ClusterRig.get(disk.get(0).arbitrate(KEY_0)));
            rig.machine(0).crash();
            assertTrue(ClusterRig.get(disk.get(1).arbitrate(KEY_1)));

            InitiatorSession session =
                    ClusterRig.get(rig.machine(0).boot(Initiator.ISID_WINDOWS).connect(rig.target(0), rig.portal()));
            RemoteUnit unit = new RemoteUnit(session, 0);
            ScsiCommand write =
                    ScsiCommand.write(0, new byte[] {0x2A, 0, 0, 0, 0, 9, 0, 0, 1, 0}, NodeDisk.sector("x"));
            ScsiResult first = ClusterRig.get(unit.execute(write));
            if (first.status() == ScsiStatus.CHECK_CONDITION) {
                assertEquals(RESET, first.additionalSense() >> 8, first::toString);
                first = ClusterRig.get(unit.execute(write));
            }
            assertEquals(ScsiStatus.RESERVATION_CONFLICT, first.status(), first::toString);
            ScsiResult attention = ClusterRig.get(unit.execute(TEST_UNIT_READY));
            assertEquals(REGISTRATIONS_PREEMPTED, attention.additionalSense(), attention::toString);
            assertTrue(ClusterRig.get(unit.execute(TEST_UNIT_READY)).isGood());
            assertEquals(
                    ScsiStatus.RESERVATION_CONFLICT,
                    ClusterRig.get(unit.execute(write)).status());
        }
    }

    /** After a boot the ISIDs may be others: the key is there, of a nexus that is not. */
    @Test
    void aNodeThatComesBackWithOtherIsidsTakesItsOwnReservationOver() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, plan(2))) {
            NodeDisk other = rig.disks(1).getFirst();
            assertTrue(ClusterRig.get(rig.disks(0).getFirst().arbitrate(KEY_0)));
            assertEquals(2, ClusterRig.get(other.readKeys()).count(KEY_0));
            for (int boots = 1; boots <= 3; boots++) {
                rig.machine(0).crash();
                rig.machine(0).boot(Initiator.ISID_WINDOWS + 0x10L * boots);
                rig.connect(0);
                NodeDisk back = rig.disks(0).getFirst();
                assertTrue(ClusterRig.get(back.rawWrite(1, "stale")).isConflict());
                assertTrue(ClusterRig.get(back.arbitrate(KEY_0)));
                assertTrue(ClusterRig.get(back.rawWrite(1, "again")).result().isGood());
                Keys keys = ClusterRig.get(other.readKeys());
                assertEquals(List.of(KEY_0, KEY_0), keys.keys(), "those of the paths that are gone are gone");
                assertTrue(ClusterRig.get(other.readReservation()).isHeldBy(KEY_0));
                long holders = ClusterRig.get(other.readFullStatus()).stream()
                        .filter(PersistentReserve.Registered::isHolder)
                        .count();
                assertEquals(1, holders);
            }
        }
    }
}
