package dev.kume.protocol.validation;

import dev.kume.core.Clock;
import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.Member;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import dev.kume.protocol.validation.TestResult.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The storage tests of cluster validation, in their order. Runs in the caller's thread. Whatever happens, it leaves no
 * key and no reservation of its own behind that it can reach.
 */
public final class StorageValidation {
    private static final List<StorageCheck> CHECKS = List.of(
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

    /** How many tests there are. */
    public static final int TESTS = CHECKS.size();

    /** How long each step of the tidying up afterwards may take. */
    private static final Duration TIDY_PATIENCE = Duration.ofSeconds(2);

    private static final String NO_DISKS = "it needs the disks that all nodes see, and none is known";

    private final Clock clock;
    private final RunLog log;
    private final Duration patience;
    private final RandomGenerator random;
    private final Stop stop;
    private final Consent consent;
    private final Progress progress;

    private boolean agreed;

    /** Why the tests that are left are not done, or empty. */
    private String ended = "";

    /** Hears before each test which it is. */
    @FunctionalInterface
    public interface Progress {
        Progress NONE = (number, name) -> {};

        /** @param number from 0 */
        void begins(int number, String name);
    }

    /** For disks that may be written, and nobody who stops it. */
    public StorageValidation(Clock clock, RunLog log, Duration patience, RandomGenerator random) {
        this(clock, log, patience, random, new Stop(), Consent.GIVEN, Progress.NONE);
    }

    /** @param patience with any one step; longer than an arbitration takes */
    public StorageValidation(
            Clock clock,
            RunLog log,
            Duration patience,
            RandomGenerator random,
            Stop stop,
            Consent consent,
            Progress progress) {
        this.clock = clock;
        this.log = log;
        this.patience = patience;
        this.random = random;
        this.stop = stop;
        this.consent = consent;
        this.progress = progress;
    }

    /** Tests the disks of nodes that are logged in. */
    public List<TestResult> run(List<ClusterNode> nodes) {
        return run(new StorageCluster(
                nodes.stream().map(node -> new Member(node, List.of())).toList()));
    }

    List<TestResult> run(StorageCluster cluster) {
        List<TestResult> results = new ArrayList<>();
        for (StorageCheck check : CHECKS) {
            progress.begins(results.size(), check.name());
            if (check.changesDisks() && cluster.mayChange() && !cluster.shared().isEmpty() && ended.isEmpty()) {
                agree(cluster);
            }
            results.add(run(check, cluster));
        }
        return results;
    }

    /** Asks before the first test that changes disks, and takes away what an earlier run has left. */
    private void agree(StorageCluster cluster) {
        if (agreed) {
            return;
        }
        List<SeenDisk> disks = cluster.shared().stream()
                .map(disk -> disk.onNodes().getFirst().seen())
                .toList();
        if (consent.mayWrite(disks)) {
            agreed = true;
            tidy(cluster);
        } else {
            cluster.leaveAlone();
        }
    }

    private TestResult run(StorageCheck check, StorageCluster cluster) {
        int before = log.last();
        Instant begun = clock.now();
        String hindrance = hindrance(check, cluster);
        Outcome outcome = Outcome.CANCELED;
        String reason = hindrance;
        Finding finding = null;
        if (hindrance.isEmpty()) {
            StorageSteps steps = new StorageSteps(log, patience, random, stop);
            try {
                check.run(cluster, steps);
                outcome = steps.warnings().isEmpty() ? Outcome.SUCCESS : Outcome.WARNING;
                reason = String.join("; ", steps.warnings());
            } catch (StepFailure failure) {
                outcome = outcome(check, failure);
                finding = finding(failure, steps.meaning());
                reason = failure.getMessage() + (finding == null ? "" : "; " + steps.meaning());
                steps.say(reason);
                tidy(cluster);
            }
        }
        return new TestResult(
                check.id(),
                check.name(),
                check.description(),
                outcome,
                reason,
                finding,
                begun,
                clock.now(),
                log.after(before));
    }

    private String hindrance(StorageCheck check, StorageCluster cluster) {
        if (!ended.isEmpty()) {
            return ended;
        }
        if (stop.isAsked()) {
            ended = stop.reason();
            return ended;
        }
        if (check.needsSharedDisks() && cluster.shared().isEmpty()) {
            return NO_DISKS;
        }
        return check.changesDisks() && !cluster.mayChange() ? "nobody has agreed to changes on the disk" : "";
    }

    private Outcome outcome(StorageCheck check, StepFailure failure) {
        switch (failure.kind()) {
            case STOPPED -> {
                ended = String.valueOf(failure.getMessage());
                return Outcome.CANCELED;
            }
            case SILENT -> {
                ended = "the target does not answer any more: " + failure.getMessage();
                return Outcome.FAILED;
            }
            case WRONG -> {
                return check.isAdvice() ? Outcome.WARNING : Outcome.FAILED;
            }
        }
        throw new AssertionError(failure.kind());
    }

    private static @Nullable Finding finding(StepFailure failure, String meaning) {
        return failure.kind() == StepFailure.Kind.STOPPED
                ? null
                : new Finding(failure.step(), failure.expected(), failure.seen(), meaning);
    }

    // ---- tidying up -------------------------------------------------------------------------------------------------

    /** No defence, no key, no reservation of this run; what does not work is in the log. */
    private void tidy(StorageCluster cluster) {
        StorageSteps steps = new StorageSteps(log, TIDY_PATIENCE, random, new Stop());
        for (SharedDisk disk : cluster.shared()) {
            disk.onNodes().forEach(each -> each.arbiter().stop());
            boolean answers = true;
            for (NodeDisk each : disk.onNodes()) {
                answers = answers
                        && attempt(
                                steps, () -> steps.await(StorageSteps.from("unregistering", each), each.unregister()));
            }
            if (answers) {
                attempt(steps, () -> clearLeftovers(steps, disk.onNodes().getFirst()));
            }
        }
    }

    /** False when nobody answers: then there is no use in going on. */
    private static boolean attempt(StorageSteps steps, Runnable action) {
        try {
            action.run();
            return true;
        } catch (StepFailure failure) {
            steps.say("could not tidy up: " + failure.getMessage());
            return failure.kind() != StepFailure.Kind.SILENT;
        }
    }

    /** Keys of a run that ended without a word stand for ports that are no more. */
    private static void clearLeftovers(StorageSteps steps, NodeDisk disk) {
        List<Long> keys = steps.await(StorageSteps.from("reading the keys", disk), disk.readKeys())
                .keys();
        if (!keys.isEmpty() && keys.stream().allMatch(StorageSteps::isOurs)) {
            steps.say("clearing what is left of a validation", disk);
            steps.await(StorageSteps.from("clearing", disk), disk.clearReservations(steps.newKey()));
            steps.await(StorageSteps.from("unregistering", disk), disk.unregister());
        }
    }
}
