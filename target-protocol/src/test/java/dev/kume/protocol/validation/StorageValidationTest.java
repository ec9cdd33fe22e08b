package dev.kume.protocol.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.ClusterRig;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.server.LoopbackTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The storage tests of cluster validation end in success, whichever way nodes and disks are put together. */
final class StorageValidationTest {
    @TempDir
    Path directory;

    static List<TestResult> validate(ClusterRig rig) {
        return new StorageValidation(LoopbackTarget.CLOCK, rig.log(), Duration.ofSeconds(30), new Random(7))
                .run(rig.nodes());
    }

    static TestResult named(List<TestResult> results, String name) {
        return results.stream()
                .filter(result -> result.name().contains(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "ONE_TARGET, 2, 1, 1, false",
        "TARGET_EACH, 2, 1, 1, true",
        "ONE_TARGET, 2, 2, 2, true",
        "TARGET_EACH, 3, 2, 2, false",
        "TARGET_EACH, 4, 1, 4, false",
        "ONE_TARGET, 4, 2, 1, false",
    })
    void everyTestEndsInSuccess(Layout layout, int nodes, int paths, int disks, boolean durable) throws IOException {
        Plan plan = Plan.of(layout, nodes, paths, disks);
        try (ClusterRig rig = new ClusterRig(directory, durable ? plan.withMemory() : plan)) {
            List<TestResult> results = validate(rig);
            assertEquals(11, results.size());
            for (TestResult result : results) {
                assertEquals(Outcome.SUCCESS, result.outcome(), () -> result.name() + ": " + result.reason());
                assertTrue(!result.lines().isEmpty(), () -> result.name() + " says nothing");
            }
        }
    }

    /** As many as anybody has; {@code scripts/test --full} takes the time. */
    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void eightNodesWithFourPathsToSixteenDisks() throws IOException {
        Plan plan = Plan.of(Layout.TARGET_EACH, 8, 4, 16).withTimes(ArbitrationTimes.scaled(Duration.ofSeconds(1)));
        try (ClusterRig rig = new ClusterRig(directory, plan)) {
            for (TestResult result : validate(rig)) {
                assertEquals(Outcome.SUCCESS, result.outcome(), () -> result.name() + ": " + result.reason());
            }
        }
    }

    @Test
    void aDiskThatIsReservedByStrangersIsLeftAlone() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 1, 2))) {
            NodeDisk taken = rig.disks(1).getFirst();
            ClusterRig.get(taken.register(0xF0));
            ClusterRig.get(taken.reserve(0xF0));
            List<TestResult> results = validate(rig);
            TestResult list = named(results, "Potential");
            assertEquals(Outcome.WARNING, list.outcome(), list::reason);
            assertTrue(list.reason().contains(taken.seen().serial()), list::reason);
            assertEquals(Outcome.SUCCESS, named(results, "SCSI-3").outcome());
            assertTrue(ClusterRig.get(taken.readReservation()).isHeldBy(0xF0));

            // ClearPR makes it an ordinary disk again, from whichever node.
            ClusterRig.get(rig.disks(0).getFirst().clearReservations(0xF1));
            assertEquals(Outcome.SUCCESS, named(validate(rig), "Potential").outcome());
        }
    }
}
