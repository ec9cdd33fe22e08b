package dev.kume.cli.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.Clock;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.measure.Histogram;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.server.ServerFigures;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The page that Prometheus reads, the port that it is on, and the page of the documentation about both. */
final class MetricsPageTest {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /** A daemon that has nothing and does nothing. */
    private record IdleDaemon() implements MetricsSight {
        @Override
        public Inventory inventory() {
            return Inventory.EMPTY;
        }

        @Override
        public Map<UUID, LogicalUnit> units() {
            return Map.of();
        }

        @Override
        public List<SessionView> sessions() {
            return List.of();
        }

        @Override
        public List<AlarmView> alarms() {
            return List.of();
        }

        @Override
        public ServerFigures server() {
            return ServerFigures.NONE;
        }

        @Override
        public DiskThreads.Use diskThreads() {
            return DiskThreads.Use.NONE;
        }
    }

    /** Time stands still. */
    private record StoppedClock() implements Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }

    private final Clock clock = new StoppedClock();
    private final MetricsPage page = idle();

    /** The page of a daemon that has nothing. */
    static MetricsPage idle() {
        return new MetricsPage(
                new Measurements(new IdleDaemon(), new StoppedClock()),
                "0.1.0",
                () -> new ProcessFigures(
                        1_000, 2_000, List.of(new ProcessFigures.Collector("G1 Young", 3, 0.5)), 20, 1.5, 4_096));
    }

    @Test
    void bucketsGrowAndTheLastHasAll() {
        Histogram histogram = new Histogram();
        histogram.note(900);
        histogram.note(16_000);
        histogram.note(16_001);
        histogram.note(90_000_000_000L);
        Family family = new Family(Metric.DISK_FENCE);
        family.add(histogram.durations(), "vms");
        HistogramSnapshot snapshot = (HistogramSnapshot) family.snapshot();
        ClassicHistogramBuckets buckets = snapshot.getDataPoints().getFirst().getClassicBuckets();
        assertEquals(22, buckets.size());
        assertEquals(1.6e-5, buckets.getUpperBound(0), 1e-12);
        assertEquals(2, buckets.getCount(0), "each is that bound or less");
        assertEquals(3.2e-5, buckets.getUpperBound(1), 1e-12);
        assertEquals(1, buckets.getCount(1));
        assertEquals(16.777216, buckets.getUpperBound(20), 1e-9);
        assertEquals(Double.POSITIVE_INFINITY, buckets.getUpperBound(21));
        assertEquals(1, buckets.getCount(21));
        assertEquals(90.000032901, snapshot.getDataPoints().getFirst().getSum(), 1e-9);
    }

    @Test
    void whatIsSaidTwiceIsSaidOnce() {
        Family family = new Family(Metric.DISK_ONLINE);
        family.add(1, "vms");
        family.add(0, "vms");
        assertEquals(1, family.snapshot().getDataPoints().size());
    }

    @Test
    void aNameIsAnyText() {
        Family family = new Family(Metric.ALARMS);
        family.add(1, "slow-disk", "warning", "disk \"a\\b\"\n", "");
        assertEquals(1, family.snapshot().getDataPoints().size());
    }

    @Test
    void openMetricsIsGivenToWhoAsksForIt() {
        MetricsPage.Rendered rendered = page.render(OPEN_METRICS);
        assertTrue(rendered.contentType().startsWith("application/openmetrics-text"), rendered.contentType());
        assertTrue(StandardCharsets.UTF_8.decode(rendered.content()).toString().endsWith("# EOF\n"));
        assertTrue(page.render(null).contentType().startsWith("text/plain"));
    }

    @Test
    void aPortThatIsTakenIsAnAlarmUntilItIsFree() throws Exception {
        Alarms alarms = new Alarms(clock, new SilentAlarms());
        try (MetricsService service = new MetricsService(page, alarms, Runnable::run, Thread::new)) {
            ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            InetSocketAddress address = new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort());
            service.want(new MetricsSettings(address));
            service.look();
            assertEquals(
                    List.of(Alarm.Key.server("metrics port 127.0.0.1:" + address.getPort())),
                    alarms.list().stream().map(Alarm::key).toList());
            taken.close();
            service.look();
            assertEquals(List.of(), alarms.list());
            assertEquals(200, get(address, "/metrics").status());
            assertTrue(get(address, "/metrics").body().contains("kume_sessions 0.0\n"));
            assertEquals(404, get(address, "/v1/status").status());
            service.apply(MetricsSettings.OFF);
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true);
                free.bind(address);
                assertTrue(free.isBound(), "the port is free again");
            }
        }
    }

    @Test
    void theDocumentationHasEveryMetricAndNoOther() throws IOException {
        Path file = Path.of("../docs/metrics.md");
        String text = Files.readString(file);
        int from = text.indexOf("| metric |");
        int to = text.indexOf("\n\n", from);
        assertTrue(from >= 0 && to > from, "docs/metrics.md has a table that begins with '| metric |'");
        if (Boolean.getBoolean("kume.rewrite")) {
            Files.writeString(file, text.substring(0, from) + table() + text.substring(to));
            return;
        }
        assertEquals(table(), text.substring(from, to), "write it anew: -Dkume.rewrite=true with this test");
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| metric | type | labels | says |\n|---|---|---|---|");
        for (Metric metric : Metric.values()) {
            table.append("\n| `%s` | %s | %s | %s |"
                    .formatted(
                            metric.shownName(),
                            metric.type().word(),
                            String.join(", ", metric.labels()),
                            metric.help()));
        }
        return table.toString();
    }

    private static HttpPage get(InetSocketAddress address, String path) throws IOException {
        return HttpPage.get("http://127.0.0.1:%d%s".formatted(address.getPort(), path));
    }
}
