package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SnapshotCreate;
import dev.kume.cli.api.SnapshotView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume snapshot create}. */
@Command(
        name = "create",
        description = {
            "Keep what a disk is now, while it is used: writes wait for some milliseconds.",
            "Of several disks all snapshots are of one moment, and all are taken or none."
        },
        footer = {
            "",
            "Example: kume snapshot create vms before-update",
            "         kume snapshot create --disk vms --disk quorum before-update"
        })
final class SnapshotCreateCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DISK",
            description = "The disk's name; left out where an option says which disks.")
    private @Nullable String first;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "The snapshot's name (default: its time, in UTC).")
    private @Nullable String second;

    @Option(names = "--disk", paramLabel = "DISK", description = "One of several disks; repeat it.")
    private List<String> disks = new ArrayList<>();

    @Option(names = "--target", paramLabel = "TARGET", description = "All disks that this target maps.")
    private @Nullable String target;

    @Option(
            names = "--cluster",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "CLUSTER",
            description = {
                "All disks of this cluster. Without a name, which only works while there are not several clusters: all disks",
                "whose sharing is cluster; with --target, those that it maps."
            })
    private @Nullable String cluster;

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    SnapshotCreateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        boolean chosen = !disks.isEmpty() || target != null || cluster != null;
        if (!chosen && first == null) {
            throw new CliException(ExitCode.USAGE, "name a DISK, or say which disks by --disk, --target or --cluster");
        }
        if (chosen && second != null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "'" + first + "' is one word too many: behind --disk, --target and --cluster only NAME is left;"
                            + " use --disk " + first);
        }
        boolean named = isClusterNamed();
        String name = !chosen ? second : first == null && !named && cluster != null ? nameBehind(cluster) : first;
        Answer started = begin(chosen, named, name);
        new OperationWait(invocation, "Taking snapshots").await(started);
        Answer answer = invocation.api().get(ApiPaths.SNAPSHOTS);
        List<SnapshotView> taken = newest(
                answer.as(SnapshotView.Listing.class).snapshots(),
                started.as(OperationView.class).subject());
        invocation.printChange(Snapshots.treeOf(answer, taken), () -> sentence(taken));
        return 0;
    }

    /** The one word behind --cluster may be the snapshot's name, as long as no cluster is called so. */
    private boolean isClusterNamed() {
        if (cluster == null || cluster.isEmpty()) {
            return false;
        }
        return first != null
                || invocation.api().get(ApiPaths.CLUSTERS).as(ClusterView.Listing.class).clusters().stream()
                        .anyMatch(each -> each.name().equalsIgnoreCase(cluster));
    }

    private static @Nullable String nameBehind(String cluster) {
        return cluster.isEmpty() ? null : cluster;
    }

    private Answer begin(boolean chosen, boolean named, @Nullable String name) {
        boolean isEveryShared = cluster != null && !named;
        return chosen
                ? invocation
                        .api()
                        .post(
                                ApiPaths.SNAPSHOTS,
                                new SnapshotCreate(
                                        disks,
                                        target,
                                        isEveryShared ? Boolean.TRUE : null,
                                        named ? cluster : null,
                                        name,
                                        description))
                : invocation
                        .api()
                        .post(
                                ApiPaths.snapshots(Objects.requireNonNull(first)),
                                new SnapshotCreate(null, null, null, null, name, description));
    }

    /** Other disks may have older ones of that name. */
    private static List<SnapshotView> newest(List<SnapshotView> snapshots, String name) {
        List<SnapshotView> ofName = snapshots.stream()
                .filter(snapshot -> snapshot.name().equals(name))
                .toList();
        Instant last = ofName.stream()
                .map(SnapshotView::created)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
        return ofName.stream()
                .filter(snapshot -> snapshot.created().equals(last))
                .toList();
    }

    private static String sentence(List<SnapshotView> taken) {
        if (taken.isEmpty()) {
            return "The snapshots were taken, and are removed already";
        }
        String of = taken.stream()
                .map(snapshot -> "'" + snapshot.disk() + "'")
                .collect(Collectors.joining(", ", taken.size() == 1 ? "disk " : "disks ", ""));
        Long waited = taken.getFirst().writesWaitedMillis();
        return "Snapshot '" + taken.getFirst().name() + "' of " + of + " taken"
                + (waited == null ? "" : "; writes waited " + waited + " ms");
    }
}
