package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.time.Instant;
import java.util.List;

/**
 * What came of a validation.
 *
 * @param title what was validated
 * @param disks those that were tested
 * @param times at which pace owners defended and challengers waited
 * @param notes what else its reader should know
 */
public record ValidationReport(
        String title,
        List<ClusterValidator.Node> nodes,
        List<Disk> disks,
        ArbitrationTimes times,
        List<String> notes,
        Instant begun,
        Instant ended,
        List<TestResult> results) {
    public ValidationReport {
        nodes = List.copyOf(nodes);
        disks = List.copyOf(disks);
        notes = List.copyOf(notes);
        results = List.copyOf(results);
    }

    /** A disk that was tested, and how many paths each node has to it, in the order of the nodes. */
    public record Disk(SeenDisk seen, List<Integer> paths) {}

    static List<Disk> disksOf(StorageCluster cluster) {
        return cluster.shared().stream().map(ValidationReport::disk).toList();
    }

    private static Disk disk(SharedDisk disk) {
        List<Integer> paths = disk.onNodes().stream().map(NodeDisk::pathCount).toList();
        return new Disk(disk.onNodes().getFirst().seen(), paths);
    }

    /** The result of the whole: the worst of its tests. */
    public Outcome outcome() {
        if (count(Outcome.FAILED) > 0) {
            return Outcome.FAILED;
        }
        if (count(Outcome.CANCELED) > 0) {
            return Outcome.CANCELED;
        }
        return count(Outcome.WARNING) > 0 ? Outcome.WARNING : Outcome.SUCCESS;
    }

    /** What it comes to, in one sentence. */
    public String verdict() {
        long failed = count(Outcome.FAILED);
        return switch (outcome()) {
            case SUCCESS ->
                "All %d tests succeeded: this storage can carry a failover cluster of these %d nodes."
                        .formatted(results.size(), nodes.size());
            case WARNING ->
                "No test failed, and %d ended with a warning: this storage can carry a failover cluster, but read the"
                                .formatted(count(Outcome.WARNING))
                        + " warnings first.";
            case FAILED ->
                "%d of %d tests failed: do not put a failover cluster on this storage."
                        .formatted(failed, results.size());
            case CANCELED -> "The validation did not come to its end: it says nothing about this storage.";
        };
    }

    public long count(Outcome outcome) {
        return results.stream().filter(each -> each.outcome() == outcome).count();
    }
}
