package dev.kume.cli.metrics;

import dev.kume.cli.api.StatisticsView;
import dev.kume.core.measure.CommandFailure;
import dev.kume.core.measure.Durations;
import dev.kume.core.measure.Histogram;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.measure.OperationClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is counted as clients of the API see it. */
public final class StatisticsFacts {
    /** Those that use the medium. */
    private static final List<OperationClass> OF_MEDIUM =
            List.of(OperationClass.READ, OperationClass.WRITE, OperationClass.FLUSH, OperationClass.UNMAP);

    private StatisticsFacts() {}

    /** A look of now. */
    public static StatisticsView now(Measurements measurements) {
        Snapshot now = measurements.look();
        List<StatisticsView.Disk> disks = new ArrayList<>();
        now.disks()
                .forEach((name, disk) -> disks.add(new StatisticsView.Disk(
                        name,
                        counts(disk.load()),
                        disk.events().reservationChanges(),
                        times(disk.events().fences()),
                        times(disk.events().quiesces()))));
        List<StatisticsView.Target> targets = new ArrayList<>();
        now.targets().forEach((iqn, load) -> targets.add(new StatisticsView.Target(iqn, counts(load))));
        return new StatisticsView(
                now.upNanos(),
                disks,
                now.sessions().stream().map(StatisticsFacts::session).toList(),
                targets,
                now.nodes().stream()
                        .map(node -> new StatisticsView.Node(node.name(), node.cluster(), counts(node.load())))
                        .toList(),
                server(now));
    }

    private static StatisticsView.Session session(Snapshot.Session session) {
        return new StatisticsView.Session(
                session.view().id(),
                session.view().initiator(),
                session.view().isid(),
                String.valueOf(session.view().targetIqn()),
                session.view().portal(),
                counts(session.load()));
    }

    private static StatisticsView.Server server(Snapshot now) {
        List<StatisticsView.Login> logins = now.server().logins().entrySet().stream()
                .filter(login -> login.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .map(login -> new StatisticsView.Login(
                        Words.status(login.getKey()), login.getKey().words(), login.getValue()))
                .toList();
        return new StatisticsView.Server(
                now.sessions().size(),
                now.server().connections(),
                logins,
                now.server().dataOutBytes(),
                now.server().dataOutBytesMax(),
                now.threads().busy(),
                now.threads().max(),
                now.threads().waiting());
    }

    static StatisticsView.Counts counts(LoadFigures load) {
        Durations queue = Durations.NONE;
        Durations service = Durations.NONE;
        for (OperationClass each : OF_MEDIUM) {
            queue = queue.plus(load.queue().getOrDefault(each, Durations.NONE));
            service = service.plus(load.service().getOrDefault(each, Durations.NONE));
        }
        List<StatisticsView.Operation> operations = new ArrayList<>();
        for (OperationClass each : OperationClass.values()) {
            if (load.commands(each) > 0) {
                operations.add(operation(each, load));
            }
        }
        return new StatisticsView.Counts(
                load.commands(OperationClass.READ),
                load.commands(OperationClass.WRITE),
                load.readBytes(),
                load.writtenBytes(),
                load.failures().entrySet().stream()
                        .filter(failure -> failure.getKey().isOfTheServer())
                        .mapToLong(Map.Entry::getValue)
                        .sum(),
                load.outstanding(),
                times(queue),
                times(service),
                load.aborted(),
                operations,
                failures(load));
    }

    private static StatisticsView.Operation operation(OperationClass of, LoadFigures load) {
        Durations queue = load.queue().getOrDefault(of, Durations.NONE);
        Durations service = load.service().getOrDefault(of, Durations.NONE);
        return new StatisticsView.Operation(
                of.name().toLowerCase(Locale.ROOT),
                service.count(),
                queue.sumNanos(),
                queue.percentileNanos(50),
                queue.percentileNanos(99),
                service.sumNanos(),
                service.percentileNanos(50),
                service.percentileNanos(99));
    }

    private static List<StatisticsView.Failure> failures(LoadFigures load) {
        return load.failures().entrySet().stream()
                .map(each -> failure(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(
                        (StatisticsView.Failure each) -> each.status() + " " + String.valueOf(each.sense())))
                .toList();
    }

    private static StatisticsView.Failure failure(CommandFailure how, long count) {
        return new StatisticsView.Failure(
                Words.status(how.status()), how.isCheckCondition() ? Words.sense(how) : null, count);
    }

    static StatisticsView.Times times(Durations durations) {
        List<StatisticsView.Bucket> buckets = new ArrayList<>();
        long count = durations.count();
        for (int i = 0; i < Histogram.BUCKETS && count > 0; i++) {
            Long bound = i == Histogram.BUCKETS - 1 ? null : Histogram.boundNanos(i);
            buckets.add(new StatisticsView.Bucket(bound, durations.inBucket(i)));
        }
        return new StatisticsView.Times(count, durations.sumNanos(), buckets);
    }
}
