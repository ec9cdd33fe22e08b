package dev.kume.cli.metrics;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.measure.Durations;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.measure.OperationClass;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** From what is counted to what the metrics say. Made for one page. */
final class MetricsCollection {
    /** There from the beginning, so that the first of them is seen as one more than none. */
    private static final Set<OperationClass> ALWAYS =
            Set.of(OperationClass.READ, OperationClass.WRITE, OperationClass.FLUSH);

    private static final double NANOS_PER_SECOND = 1e9;

    private final String version;
    private final Map<Metric, Family> families = new EnumMap<>(Metric.class);

    MetricsCollection(String version) {
        this.version = version;
        for (Metric metric : Metric.values()) {
            families.put(metric, new Family(metric));
        }
    }

    List<Family> of(Snapshot now, ProcessFigures process) {
        of(Metric.BUILD_INFO).add(1, version);
        of(Metric.UP_SECONDS).add(now.upNanos() / NANOS_PER_SECOND);
        now.disks().forEach(this::disk);
        now.targets().forEach(this::target);
        now.nodes().forEach(this::node);
        now.sessions().forEach(this::session);
        server(now);
        now.alarms().forEach(this::alarm);
        process(process);
        return List.copyOf(families.values());
    }

    private Family of(Metric metric) {
        return Objects.requireNonNull(families.get(metric));
    }

    private void disk(String name, Snapshot.Disk disk) {
        LoadFigures load = disk.load();
        times(Metric.DISK_QUEUE, Metric.DISK_IO, load, name);
        of(Metric.DISK_READ_BYTES).add(load.readBytes(), name);
        of(Metric.DISK_WRITTEN_BYTES).add(load.writtenBytes(), name);
        of(Metric.DISK_OUTSTANDING).add(load.outstanding(), name);
        of(Metric.DISK_ABORTED).add(load.aborted(), name);
        load.failures()
                .forEach((how, count) -> of(Metric.DISK_FAILURES)
                        .add(count, name, Words.status(how.status()), how.isCheckCondition() ? Words.sense(how) : ""));
        of(Metric.DISK_RESERVATION_CHANGES).add(disk.events().reservationChanges(), name);
        of(Metric.DISK_FENCE).add(disk.events().fences(), name);
        of(Metric.DISK_QUIESCE).add(disk.events().quiesces(), name);
        of(Metric.DISK_ONLINE).add(disk.online() ? 1 : 0, name);
        of(Metric.DISK_SIZE).add(disk.sizeBytes(), name);
    }

    private void target(String iqn, LoadFigures load) {
        sums(Metric.TARGET_QUEUE, Metric.TARGET_IO, load, iqn);
        of(Metric.TARGET_READ_BYTES).add(load.readBytes(), iqn);
        of(Metric.TARGET_WRITTEN_BYTES).add(load.writtenBytes(), iqn);
    }

    private void node(Snapshot.Node node) {
        String cluster = Objects.requireNonNullElse(node.cluster(), "");
        LoadFigures load = node.load();
        times(Metric.NODE_QUEUE, Metric.NODE_IO, load, node.name(), cluster);
        of(Metric.NODE_READ_BYTES).add(load.readBytes(), node.name(), cluster);
        of(Metric.NODE_WRITTEN_BYTES).add(load.writtenBytes(), node.name(), cluster);
        of(Metric.NODE_OUTSTANDING).add(load.outstanding(), node.name(), cluster);
        of(Metric.NODE_SESSIONS).add(node.sessions(), node.name(), cluster);
    }

    private void session(Snapshot.Session session) {
        SessionView view = session.view();
        LoadFigures load = session.load();
        String[] who = {
            view.initiator(), view.isid(), String.valueOf(view.targetIqn()), Integer.toString(view.portalGroupTag())
        };
        sums(Metric.SESSION_QUEUE, Metric.SESSION_IO, load, who);
        of(Metric.SESSION_READ_BYTES).add(load.readBytes(), who);
        of(Metric.SESSION_WRITTEN_BYTES).add(load.writtenBytes(), who);
        of(Metric.SESSION_OUTSTANDING).add(load.outstanding(), who);
    }

    private void times(Metric queue, Metric service, LoadFigures load, String... who) {
        for (OperationClass each : OperationClass.values()) {
            if (isShown(each, load)) {
                String[] labels = with(each, who);
                of(queue).add(load.queue().getOrDefault(each, Durations.NONE), labels);
                of(service).add(load.service().getOrDefault(each, Durations.NONE), labels);
            }
        }
    }

    private void sums(Metric queue, Metric service, LoadFigures load, String... who) {
        for (OperationClass each : OperationClass.values()) {
            if (isShown(each, load)) {
                Durations waited = load.queue().getOrDefault(each, Durations.NONE);
                Durations took = load.service().getOrDefault(each, Durations.NONE);
                String[] labels = with(each, who);
                of(queue).add(waited.count(), waited.sumNanos() / NANOS_PER_SECOND, labels);
                of(service).add(took.count(), took.sumNanos() / NANOS_PER_SECOND, labels);
            }
        }
    }

    private static boolean isShown(OperationClass each, LoadFigures load) {
        return ALWAYS.contains(each) || load.commands(each) > 0;
    }

    private static String[] with(OperationClass last, String... who) {
        String[] labels = new String[who.length + 1];
        System.arraycopy(who, 0, labels, 0, who.length);
        labels[who.length] = last.name().toLowerCase(Locale.ROOT);
        return labels;
    }

    private void server(Snapshot now) {
        of(Metric.SESSIONS).add(now.sessions().size());
        of(Metric.CONNECTIONS).add(now.server().connections());
        now.server().logins().forEach((how, count) -> of(Metric.LOGINS).add(count, Words.status(how), how.words()));
        of(Metric.DATA_BYTES).add(now.server().dataOutBytes());
        of(Metric.DATA_BYTES_MAX).add(now.server().dataOutBytesMax());
        of(Metric.DISK_THREADS_BUSY).add(now.threads().busy());
        of(Metric.DISK_THREADS_MAX).add(now.threads().max());
        of(Metric.DISK_JOBS_WAITING).add(now.threads().waiting());
    }

    private void alarm(AlarmView alarm) {
        AlarmView.Subject subject = alarm.subject();
        String where = subject.cluster() == null ? "" : " of " + subject.cluster();
        of(Metric.ALARMS)
                .add(
                        1,
                        alarm.kind(),
                        alarm.severity(),
                        subject.kind() + " " + subject.name() + where,
                        Objects.requireNonNullElse(alarm.host(), ""));
    }

    private void process(ProcessFigures process) {
        of(Metric.HEAP_USED).add(process.heapUsedBytes());
        of(Metric.HEAP_MAX).add(process.heapLimitBytes());
        process.collectors().forEach(each -> of(Metric.GC).add(each.collections(), each.seconds(), each.name()));
        of(Metric.THREADS).add(process.threads());
        of(Metric.CPU_SECONDS).add(process.cpuSeconds());
        if (process.residentBytes() >= 0) {
            of(Metric.RESIDENT_BYTES).add(process.residentBytes());
        }
    }
}
