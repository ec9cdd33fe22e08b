package dev.kume.protocol.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.ClusterNode.Wire;
import dev.kume.protocol.cluster.ClusterRig;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Mapping;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.cluster.PersistentReserve;
import dev.kume.protocol.cluster.PersistentReserve.Action;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What validation says of targets that are wrong, in ways in which targets have been wrong: it finds each of them. */
final class WrongTargetTest {
    private static final int WRITE_10 = 0x2A;
    private static final ScsiCommand NOTHING = ScsiCommand.read(0, new byte[6], 0);
    private static final ScsiCommand UNKNOWN = ScsiCommand.read(0, new byte[] {(byte) 0xFF, 0, 0, 0, 0, 0}, 0);

    @TempDir
    Path directory;

    private final AtomicInteger mistakes = new AtomicInteger();

    private List<TestResult> validate(Plan plan) throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, plan)) {
            return StorageValidationTest.validate(rig);
        }
    }

    private static Plan twoTargets() {
        return Plan.of(Layout.TARGET_EACH, 2, 1, 1);
    }

    private static void assertFailed(List<TestResult> results, String name, String reason) {
        TestResult result = StorageValidationTest.named(results, name);
        assertEquals(Outcome.FAILED, result.outcome(), result::reason);
        assertTrue(result.reason().contains(reason), result::reason);
    }

    /** After commands like these that ended so, the target says GOOD, or does something else. */
    private Wire after(BiPredicate<ScsiCommand, ScsiResult> mistake, ScsiCommand instead) {
        return (target, unit) -> command -> unit.execute(command).thenCompose(result -> {
            if (mistake.test(command, result)) {
                mistakes.incrementAndGet();
                return unit.execute(instead);
            }
            return CompletableFuture.completedFuture(result);
        });
    }

    private static boolean is(ScsiCommand command, Action action) {
        return command.operationCode() == PersistentReserve.OUT && command.serviceAction() == action.ordinal();
    }

    private static boolean isConflict(ScsiResult result) {
        return result.status() == ScsiStatus.RESERVATION_CONFLICT;
    }

    @Test
    void reservationsOfEachTargetInsteadOfTheDisk() throws IOException {
        Mapping mapping = (rig, target, disk, unit) ->
                target == 0 ? unit : rig.server().unit(disk, unit.state().disk());
        List<TestResult> results = validate(twoTargets().withMapping(mapping));
        assertFailed(results, "SCSI-3", "expected the reservation of another node, saw no reservation");
        assertFailed(results, "Validate Disk Arbitration", "saw the disk taken from it");
        assertFailed(results, "Multiple Arbitration", "expected exactly one winner, saw 2 of them");
        TestResult pools = StorageValidationTest.named(results, "Storage Spaces");
        assertEquals(Outcome.WARNING, pools.outcome(), pools::reason);
        assertEquals(
                Outcome.SUCCESS,
                StorageValidationTest.named(results, "Vital Product Data").outcome());
    }

    @Test
    void anotherSerialNumberThroughEachTarget() throws IOException {
        Mapping mapping = (rig, target, disk, unit) -> target == 0
                ? unit
                : rig.server().unit(disk + "-" + target, unit.state().disk());
        List<TestResult> results = validate(twoTargets().withMapping(mapping));
        assertFailed(results, "Potential", "expected a disk that all nodes see");
        assertEquals(
                Outcome.SUCCESS,
                StorageValidationTest.named(results, "List Disks").outcome());
        assertEquals(
                9,
                results.stream()
                        .filter(each -> each.outcome() == Outcome.CANCELED)
                        .count());
    }

    @Test
    void dataOfEachTargetInsteadOfTheDisk() throws IOException {
        Mapping mapping =
                (rig, target, disk, unit) -> target == 0 ? unit : rig.newUnit(disk, disk + "-copy", 0x5EED_0000);
        List<TestResult> results = validate(twoTargets().withMapping(mapping));
        assertFailed(results, "Disk Failover", "finding the file as it was written from node hv-node1");
        assertFailed(results, "Simultaneous Failover", "finding the file after the move");
    }

    @Test
    void aReservationForWhoeverAsks() throws IOException {
        Wire wire = after((command, result) -> is(command, Action.RESERVE) && isConflict(result), NOTHING);
        List<TestResult> results = validate(twoTargets().withWire(wire));
        assertFailed(results, "SCSI-3", "reserving without a key");
        assertTrue(mistakes.get() > 0);
    }

    @Test
    void writesOfStrangers() throws IOException {
        Wire wire = after((command, result) -> command.operationCode() == WRITE_10 && isConflict(result), NOTHING);
        List<TestResult> results = validate(twoTargets().withWire(wire));
        assertFailed(results, "SCSI-3", "writing without a key from node hv-node1");
        assertFailed(results, "Validate Disk Arbitration", "writing after a lost challenge");
        assertTrue(mistakes.get() > 1);
    }

    /** A target with too few places for registrations: the second path of each node gets none. */
    @Test
    void tooFewRegistrations() throws IOException {
        AtomicInteger sessions = new AtomicInteger();
        Wire wire = (target, unit) -> {
            boolean full = sessions.getAndIncrement() % 2 == 1;
            return command ->
                    unit.execute(full && is(command, Action.REGISTER_AND_IGNORE_EXISTING_KEY) ? UNKNOWN : command);
        };
        List<TestResult> results = validate(Plan.of(Layout.TARGET_EACH, 2, 2, 1).withWire(wire));
        assertFailed(results, "SCSI-3", "registering PR key from node hv-node0");
        assertFailed(results, "Validate Disk Arbitration", "INVALID COMMAND OPERATION CODE");
    }

    /** The owner's defence comes to nothing. */
    @Test
    void preemptThatLeavesRegistrations() throws IOException {
        AtomicInteger preempts = new AtomicInteger();
        Wire wire = (target, unit) -> command -> {
            boolean ignored = is(command, Action.PREEMPT) && preempts.getAndIncrement() < 10_000;
            return unit.execute(ignored ? NOTHING : command);
        };
        List<TestResult> results = validate(twoTargets().withWire(wire));
        assertFailed(results, "Validate Disk Arbitration", "saw the disk taken from it");
        assertTrue(preempts.get() > 0);
    }

    @Test
    void aDiskThatIsTwoDisksOnTwoPaths() throws IOException {
        AtomicInteger sessions = new AtomicInteger();
        Mapping mapping = (rig, target, disk, unit) -> unit;
        Wire wire = (target, unit) -> {
            boolean second = sessions.getAndIncrement() % 2 == 1;
            // The second path reads another block where the partition table is asked for.
            return command -> unit.execute(
                    second && command.operationCode() == 0x28
                            ? ScsiCommand.read(0, new byte[] {0x28, 0, 0, 0, 0, 1, 0, 0, 1, 0}, 512)
                            : command);
        };
        List<TestResult> results = validate(
                Plan.of(Layout.ONE_TARGET, 2, 2, 1).withMapping(mapping).withWire(wire));
        assertFailed(results, "List Disks", "one disk in two ways");
    }
}
