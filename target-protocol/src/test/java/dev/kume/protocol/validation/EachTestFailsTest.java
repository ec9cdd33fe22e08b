package dev.kume.protocol.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.ClusterRig;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.cluster.PersistentReserve;
import dev.kume.protocol.cluster.PersistentReserve.Action;
import dev.kume.protocol.cluster.PersistentReserve.Request;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import dev.kume.protocol.validation.TestResult.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A mistake of a target for each of the tests, made only while one test runs: that one fails, in its own way, and those
 * after it find an orderly disk again.
 */
final class EachTestFailsTest {
    private static final List<String> IDS = List.of(
            "list-disks",
            "potential-cluster-disks",
            "vital-product-data",
            "access-latency",
            "mpio-disks",
            "persistent-reservation",
            "arbitration",
            "multiple-arbitration",
            "disk-failover",
            "simultaneous-failover",
            "storage-spaces-reservation");

    private static final int TEST_UNIT_READY = 0x00;
    private static final int INQUIRY = 0x12;
    private static final int READ_10 = 0x28;
    private static final int WRITE_10 = 0x2A;
    private static final int FILE_BLOCKS = 128;
    private static final long SLOW_NANOS = 3_100_000_000L;
    private static final ScsiCommand NOTHING = ScsiCommand.read(0, new byte[6], 0);
    private static final ScsiCommand UNKNOWN = ScsiCommand.read(0, new byte[] {(byte) 0xFF, 0, 0, 0, 0, 0}, 0);

    @TempDir
    Path directory;

    private String running = "";

    /** What the target does in place of a command of this node. */
    @FunctionalInterface
    private interface Instead {
        ScsiCommand of(int node, ScsiCommand command, ValidatedRig validated);
    }

    /** What it does beside a command of this node that ended so, and whose end counts then. */
    @FunctionalInterface
    private interface Afterwards {
        ScsiCommand of(ScsiCommand command, ScsiResult result);
    }

    /**
     * One mistake and what is said of it.
     *
     * @param during the test while which it is made
     */
    private record Fault(
            String id, String during, String step, String expected, String seen, Instead instead, Afterwards after) {
        Fault(String id, String step, String expected, String seen, Instead instead) {
            this(id, id, step, expected, seen, instead, (command, result) -> null);
        }

        Fault(String id, String step, String expected, String seen, Afterwards after) {
            this(id, id, step, expected, seen, (node, command, rig) -> command, after);
        }

        Fault duringListDisks() {
            return new Fault(id, "list-disks", step, expected, seen, instead, after);
        }

        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Fault> faults() {
        return Stream.concat(ofIdentity(), ofReservations());
    }

    private static Stream<Fault> ofIdentity() {
        return Stream.of(
                new Fault(
                        "list-disks",
                        "looking for disks from node hv-node0",
                        "an answer",
                        "READ failed: status 02, sense 5 2000",
                        (node, command, rig) -> command.operationCode() == READ_10 ? UNKNOWN : command),
                new Fault(
                                "potential-cluster-disks",
                                "comparing the disks of the nodes",
                                "a disk that all nodes see and nobody else uses",
                                "signature 5eed0000, and node hv-node1 sees serial serial-vdisk0",
                                (node, command, rig) ->
                                        node == 1 && command.operationCode() == READ_10 ? read(1, 1) : command)
                        .duringListDisks(),
                new Fault(
                                "vital-product-data",
                                "reading VPD page 83h from node hv-node0",
                                "a designator of the logical unit",
                                "none",
                                (node, command, rig) -> command.operationCode() == INQUIRY
                                                && command.cdbView().get(2) == (byte) 0x83
                                        ? UNKNOWN
                                        : command)
                        .duringListDisks(),
                new Fault(
                        "access-latency",
                        "raw write from node hv-node0",
                        "an answer within 3000 ms",
                        "one after 31",
                        (node, command, rig) -> {
                            rig.skewNanos.addAndGet(command.operationCode() == WRITE_10 ? SLOW_NANOS : 0);
                            return command;
                        }),
                new Fault(
                        "mpio-disks",
                        "asking each path from node hv-node1",
                        "1 usable path(s)",
                        "0",
                        (node, command, rig) ->
                                node == 1 && command.operationCode() == TEST_UNIT_READY ? UNKNOWN : command));
    }

    private static Stream<Fault> ofReservations() {
        return Stream.of(
                new Fault(
                        "persistent-reservation",
                        "reserving without a key from node hv-node1",
                        "RESERVATION CONFLICT",
                        "GOOD",
                        (command, result) -> is(command, Action.RESERVE) && isConflict(result) ? NOTHING : null),
                new Fault(
                        "arbitration",
                        "challenging the owner from node hv-node1",
                        "to lose against an owner that defends the disk",
                        "the disk taken from it",
                        (node, command, rig) -> is(command, Action.PREEMPT) ? NOTHING : command),
                new Fault(
                        "multiple-arbitration",
                        "arbitrating from all nodes at once",
                        "exactly one winner",
                        "2 of them",
                        (node, command, rig) -> is(command, Action.PREEMPT) ? NOTHING : command),
                new Fault(
                        "disk-failover",
                        "finding the file as it was written from node hv-node1",
                        "yes",
                        "no",
                        (node, command, rig) ->
                                node == 1 && isFile(command, READ_10) ? read(1_000, FILE_BLOCKS) : command),
                new Fault(
                        "simultaneous-failover",
                        "taking a disk that was given up from node hv-node1",
                        "the disk",
                        "somebody else's",
                        (node, command, rig) -> node == 1 && is(command, Action.RESERVE)
                                ? new Request(Action.RELEASE, 0xBAD, 0).command()
                                : command),
                new Fault(
                        "storage-spaces-reservation",
                        "changing the key from node hv-node1",
                        "GOOD",
                        "ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE (5/20h/00h)",
                        (command, result) -> is(command, Action.REGISTER) && result.isGood() ? UNKNOWN : null));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void inItsOwnWay(Fault fault) throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 1, 1))) {
            ValidatedRig validated = new ValidatedRig(rig);
            validated.progress = (number, name) -> running = IDS.get(number);
            validated.wire = (target, unit) -> {
                int node = target.endsWith("0") ? 0 : 1;
                return command -> {
                    if (!running.equals(fault.during())) {
                        return unit.execute(command);
                    }
                    return unit.execute(fault.instead().of(node, command, validated))
                            .thenCompose(result -> {
                                ScsiCommand beside = fault.after().of(command, result);
                                return beside == null
                                        ? CompletableFuture.completedFuture(result)
                                        : unit.execute(beside);
                            });
                };
            };
            ValidationReport report = validated.run();

            TestResult failed = ValidatedRig.named(report, fault.id());
            boolean isAdvice = fault.id().equals("storage-spaces-reservation");
            assertEquals(isAdvice ? Outcome.WARNING : Outcome.FAILED, failed.outcome(), failed::reason);
            Finding finding = failed.finding();
            assertNotNull(finding, failed::reason);
            assertTrue(finding.step().startsWith(fault.step()), finding::toString);
            assertTrue(finding.expected().contains(fault.expected()), finding::toString);
            assertTrue(finding.seen().contains(fault.seen()), finding::toString);
            assertTrue(
                    failed.reason().endsWith(finding.meaning())
                            && finding.meaning().length() > 40,
                    failed::reason);
            for (TestResult other : report.results()) {
                boolean depends = IDS.indexOf(fault.id()) < 2 && IDS.indexOf(other.id()) > IDS.indexOf(fault.id());
                if (!other.id().equals(fault.id())) {
                    // Without disks the list of shared ones fails too, and the rest has nothing to work on.
                    boolean follows = depends && other.id().equals("potential-cluster-disks");
                    assertEquals(
                            follows ? Outcome.FAILED : depends ? Outcome.CANCELED : Outcome.SUCCESS,
                            other.outcome(),
                            () -> other.name() + ": " + other.reason());
                }
            }
            assertEquals(isAdvice ? Outcome.WARNING : Outcome.FAILED, report.outcome());
        }
    }

    private static boolean is(ScsiCommand command, Action action) {
        return command.operationCode() == PersistentReserve.OUT && command.serviceAction() == action.ordinal();
    }

    private static boolean isConflict(ScsiResult result) {
        return result.status() == ScsiStatus.RESERVATION_CONFLICT;
    }

    private static boolean isFile(ScsiCommand command, int operationCode) {
        return command.operationCode() == operationCode && command.cdbView().getShort(7) == FILE_BLOCKS;
    }

    private static ScsiCommand read(int lba, int blocks) {
        byte[] cdb = {0x28, 0, 0, 0, (byte) (lba >> 8), (byte) lba, 0, 0, (byte) blocks, 0};
        return ScsiCommand.read(0, cdb, blocks * 512);
    }
}
