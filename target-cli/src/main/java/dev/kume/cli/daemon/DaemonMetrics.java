package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.metrics.Measurements;
import dev.kume.cli.metrics.MetricsPage;
import dev.kume.cli.metrics.MetricsService;
import dev.kume.core.io.DiskThreads;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** What the daemon counts, as it has it: for the management API, and for Prometheus on a port of its own. */
final class DaemonMetrics {
    private final MetricsPage page;
    private final MetricsRoutes routes;
    private final MetricsService service;

    /** @param workers make pages, and may wait */
    DaemonMetrics(
            Changes changes,
            Exports exports,
            Supplier<DiskThreads.Use> diskThreads,
            HostSystem system,
            Alarms alarms,
            Executor workers) {
        Measurements measurements = new Measurements(new MetricsFacts(changes, exports, diskThreads), system.clock());
        this.page = new MetricsPage(measurements, system.version());
        this.routes = new MetricsRoutes(measurements, page);
        this.service = new MetricsService(
                page,
                alarms,
                workers,
                Thread.ofPlatform().name("kume-metrics").daemon(true).factory());
    }

    MetricsRoutes routes() {
        return routes;
    }

    /** The page of now, as text; it waits for the event loops. */
    String page() {
        return StandardCharsets.UTF_8.decode(page.render(null).content()).toString();
    }

    MetricsService service() {
        return service;
    }
}
