package dev.kume.cli.daemon;

import dev.kume.cli.metrics.Measurements;
import dev.kume.cli.metrics.MetricsPage;
import dev.kume.cli.metrics.StatisticsFacts;
import java.util.Set;

/** What is counted: {@code /v1/statistics} for clients that make rates, {@code /v1/metrics} as Prometheus has it. */
final class MetricsRoutes {
    private final Measurements measurements;
    private final MetricsPage page;

    MetricsRoutes(Measurements measurements, MetricsPage page) {
        this.measurements = measurements;
        this.page = page;
    }

    ApiAnswer answer(ApiRequest request) {
        if (request.path().size() != 1 || !request.method().equals("GET")) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of());
        return switch (request.path().getFirst()) {
            case "statistics" -> ApiAnswer.ok(StatisticsFacts.now(measurements));
            case "metrics" -> ApiAnswer.ok(page.render(null));
            default -> throw request.unsupported();
        };
    }
}
