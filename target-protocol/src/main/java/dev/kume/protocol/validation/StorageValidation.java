package dev.kume.protocol.validation;

import dev.kume.core.Clock;
import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.cluster.StepFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The storage tests of cluster validation, in their order. The disks are written to. Runs in the caller's thread. */
public final class StorageValidation {
    private static final List<StorageCheck> TESTS = List.of(
            new ListDisksCheck(),
            new ListClusterDisksCheck(),
            new VitalProductDataCheck(),
            new AccessLatencyCheck(),
            new MpioDisksCheck(),
            new ReservationCheck(),
            new DiskArbitrationCheck(),
            new MultipleArbitrationCheck(),
            new DiskFailoverCheck(),
            new SimultaneousFailoverCheck(),
            new StoragePoolReservationCheck());

    private final Clock clock;
    private final RunLog log;
    private final Duration patience;
    private final RandomGenerator random;

    /** The four results of a validation report. */
    public enum Outcome {
        SUCCESS,
        WARNING,
        FAILED,
        /** It depends on a test that has failed. */
        CANCELED
    }

    /**
     * What came of one test.
     *
     * @param reason why it is no success, or empty
     */
    public record Result(
            String name,
            String description,
            Outcome outcome,
            String reason,
            Instant begun,
            Instant ended,
            List<RunLog.Line> lines) {}

    /** @param patience with any one step */
    StorageValidation(Clock clock, RunLog log, Duration patience, RandomGenerator random) {
        this.clock = clock;
        this.log = log;
        this.patience = patience;
        this.random = random;
    }

    public List<Result> run(List<ClusterNode> nodes) {
        StorageCluster cluster = new StorageCluster(nodes);
        List<Result> results = new ArrayList<>();
        for (StorageCheck test : TESTS) {
            results.add(run(test, cluster));
        }
        return results;
    }

    private Result run(StorageCheck test, StorageCluster cluster) {
        int before = log.last();
        Instant begun = clock.now();
        Outcome outcome = Outcome.CANCELED;
        String reason = "no disks that the nodes share are known";
        if (!test.needsSharedDisks() || !cluster.shared().isEmpty()) {
            StorageSteps steps = new StorageSteps(log, patience, random);
            try {
                test.run(cluster, steps);
                outcome = steps.warnings().isEmpty() ? Outcome.SUCCESS : Outcome.WARNING;
                reason = String.join("; ", steps.warnings());
            } catch (StepFailure failure) {
                outcome = test.isAdvice() ? Outcome.WARNING : Outcome.FAILED;
                reason = String.valueOf(failure.getMessage());
                steps.say(reason);
            }
        }
        return new Result(test.name(), test.description(), outcome, reason, begun, clock.now(), log.after(before));
    }
}
