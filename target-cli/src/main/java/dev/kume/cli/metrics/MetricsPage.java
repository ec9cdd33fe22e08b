package dev.kume.cli.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the page that Prometheus reads. Any thread; it waits for the event loops. One page at a time is made, since
 * there is much to hold while it is.
 */
public final class MetricsPage {
    private final Measurements measurements;
    private final String version;
    private final Supplier<ProcessFigures> process;
    private final Lock making = new ReentrantLock();
    private final ExpositionFormats formats = ExpositionFormats.init(PrometheusProperties.get());

    /** A page as it goes over the wire. */
    public record Rendered(String contentType, ByteBuffer content) {}

    public MetricsPage(Measurements measurements, String version) {
        this(measurements, version, ProcessFigures::now);
    }

    MetricsPage(Measurements measurements, String version, Supplier<ProcessFigures> process) {
        this.measurements = measurements;
        this.version = version;
        this.process = process;
    }

    /**
     * The page of now.
     *
     * @param accept what the client takes, the header {@code Accept}; it decides between OpenMetrics and plain text
     */
    public Rendered render(@Nullable String accept) {
        making.lock();
        try {
            return make(accept);
        } finally {
            making.unlock();
        }
    }

    private Rendered make(@Nullable String accept) {
        List<Family> families = new MetricsCollection(version).of(measurements.look(), process.get());
        MetricSnapshots page =
                new MetricSnapshots(families.stream().map(Family::snapshot).toList());
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, page, EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new Rendered(writer.getContentType(), ByteBuffer.wrap(out.toByteArray()));
    }
}
