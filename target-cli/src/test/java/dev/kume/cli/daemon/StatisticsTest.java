package dev.kume.cli.daemon;

import static dev.kume.cli.daemon.ClusterHost.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.StatisticsView;
import dev.kume.cli.metrics.Metric;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.initiator.Initiator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two nodes on real sockets do to a daemon, as {@code GET /v1/statistics} and {@code /v1/metrics} tell it. */
final class StatisticsTest {
    private static final Limits QUICK_STOP = Limits.of(Map.of(Limit.STOP_SECONDS, 1L));
    private static final long KEY_1 = 0xA1;
    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)*})? (-?[0-9.]+(E-?[0-9]+)?|\\+Inf)");

    @TempDir
    Path folder;

    @Test
    void whatNodesDoIsToldByDiskSessionTargetAndNode() throws Exception {
        try (ClusterHost host =
                new ClusterHost(folder, new ClusterHost.SystemClock(), QUICK_STOP, ArbitrationTimes.WINDOWS)) {
            ClusterHost.Node node1 = host.node(1, Initiator.ISID_WINDOWS).connect();
            ClusterHost.Node node2 = host.node(2, Initiator.ISID_WINDOWS).connect();
            StatisticsView before = host.statistics();
            NodeDisk vms = node1.disk("vms");
            assertTrue(get(vms.register(KEY_1)).isGood());
            assertTrue(get(vms.reserve(KEY_1)).isGood());
            for (int i = 0; i < 3; i++) {
                assertTrue(
                        get(vms.rawWrite(NodeDisk.SCRATCH_X, "text")).result().isGood());
            }
            assertTrue(!get(node2.disk("vms").rawWrite(NodeDisk.SCRATCH_X, "other"))
                    .result()
                    .isGood());
            StatisticsView after = host.statistics();
            assertTrue(after.upNanos() > before.upNanos());
            checkDisks(before, after);
            checkNexuses(after);
            assertEquals(4, after.server().sessions());
            assertEquals(4, after.server().connections());
            assertEquals(
                    List.of(new StatisticsView.Login("0/00", "success", 4)),
                    after.server().logins());
            checkPage(host.metrics());
        }
    }

    private static void checkDisks(StatisticsView before, StatisticsView after) {
        StatisticsView.Disk vms = disk(after, "vms");
        assertEquals(3, vms.counts().writes() - disk(before, "vms").counts().writes());
        assertTrue(vms.counts().writtenBytes() > 0);
        assertEquals(0, vms.counts().outstanding());
        assertEquals(0, vms.counts().errors(), "what an initiator may not do is no error of the disk");
        assertTrue(vms.reservationChanges() >= 2, vms::toString);
        assertTrue(
                vms.counts().failures().contains(new StatisticsView.Failure("RESERVATION CONFLICT", null, 1)),
                vms::toString);
        StatisticsView.Times service = vms.counts().service();
        assertEquals(
                service.count(),
                service.buckets().stream()
                        .mapToLong(StatisticsView.Bucket::count)
                        .sum());
        assertEquals(service.count(), vms.counts().queue().count());
        assertTrue(service.nanos() > 0);
        assertEquals(0, disk(after, "quorum").counts().writes());
        StatisticsView.Operation write = vms.counts().operations().stream()
                .filter(each -> each.operation().equals("write"))
                .findFirst()
                .orElseThrow();
        assertEquals(3, write.count());
        assertTrue(write.serviceP50Nanos() <= write.serviceP99Nanos());
    }

    private static void checkNexuses(StatisticsView view) {
        assertEquals(
                List.of("hv-node1", "hv-node2"),
                view.nodes().stream().map(StatisticsView.Node::node).toList());
        assertEquals("HV", view.nodes().getFirst().cluster());
        assertEquals(3, view.nodes().getFirst().counts().writes());
        assertEquals(0, view.nodes().getLast().counts().writes());
        assertEquals(3, view.targets().getFirst().counts().writes());
        assertEquals(
                3,
                view.sessions().stream()
                        .filter(session -> session.initiator().equals(ClusterHost.initiator(1)))
                        .mapToLong(session -> session.counts().writes())
                        .sum());
        assertEquals(
                view.sessions().size(),
                view.sessions().stream()
                        .map(StatisticsView.Session::id)
                        .distinct()
                        .count());
    }

    private static void checkPage(String page) {
        page.lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> assertTrue(SAMPLE.matcher(line).matches(), line));
        assertTrue(page.contains("kume_disk_io_seconds_count{disk=\"vms\",op=\"write\"} 3\n"), page);
        assertTrue(page.contains("kume_disk_io_seconds_count{disk=\"quorum\",op=\"write\"} 0\n"), "from the beginning");
        assertTrue(page.contains("kume_login_total{result=\"success\",status=\"0/00\"} 4.0\n"), page);
        assertTrue(page.contains("kume_node_sessions{cluster=\"HV\",node=\"hv-node2\"} 2.0\n"), page);
        for (Metric metric : Metric.values()) {
            if (metric != Metric.ALARMS) {
                assertTrue(page.contains("# TYPE " + metric.shownName() + " "), metric.shownName());
            }
        }
    }

    private static StatisticsView.Disk disk(StatisticsView view, String name) {
        return view.disks().stream()
                .filter(disk -> disk.disk().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
