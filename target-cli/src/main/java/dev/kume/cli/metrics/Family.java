package dev.kume.cli.metrics;

import dev.kume.core.measure.Durations;
import dev.kume.core.measure.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one metric says at one moment, of all its subjects. Not for use by several threads. */
final class Family {
    /** 16 microseconds: what is quicker is no matter for people. From there on each bound is twice the one before. */
    private static final int FIRST_BUCKET = 7;

    private static final int BUCKETS_APART = 2;

    /** 17 seconds. */
    private static final int LAST_BUCKET = 47;

    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * What it says of one subject.
     *
     * @param durations null for what is one number
     */
    private record Point(double value, long count, @Nullable Durations durations) {}

    private final Metric metric;

    /** The first of each: Prometheus refuses a page that says one thing twice. */
    private final Map<Labels, Point> points = new LinkedHashMap<>();

    Family(Metric metric) {
        this.metric = metric;
    }

    void add(double value, String... labels) {
        put(new Point(value, 0, null), labels);
    }

    /** A count, exact up to 2^53. */
    void add(long value, String... labels) {
        add((double) value, labels);
    }

    void add(Durations durations, String... labels) {
        put(new Point(durations.sumNanos() / NANOS_PER_SECOND, durations.count(), durations), labels);
    }

    /** So many things that took so long together. */
    void add(long count, double seconds, String... labels) {
        put(new Point(seconds, count, null), labels);
    }

    private void put(Point point, String... labels) {
        assert labels.length == metric.labels().size() : metric;
        points.putIfAbsent(Labels.of(metric.labels().toArray(String[]::new), labels), point);
    }

    MetricSnapshot snapshot() {
        return switch (metric.type()) {
            case COUNTER -> counter();
            case GAUGE -> gauge();
            case HISTOGRAM -> histogram();
            case SUMMARY -> summary();
            case INFO -> info();
        };
    }

    private MetricSnapshot counter() {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name(metric.id()).help(metric.help());
        points.forEach((labels, point) -> family.dataPoint(CounterDataPointSnapshot.builder()
                .labels(labels)
                .value(point.value())
                .build()));
        return family.build();
    }

    private MetricSnapshot gauge() {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(metric.id()).help(metric.help());
        points.forEach((labels, point) -> family.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(point.value())
                .build()));
        return family.build();
    }

    private MetricSnapshot histogram() {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(metric.id()).help(metric.help());
        points.forEach((labels, point) -> {
            Durations durations = point.durations();
            family.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(labels)
                    .sum(point.value())
                    .classicHistogramBuckets(buckets(durations == null ? Durations.NONE : durations))
                    .build());
        });
        return family.build();
    }

    private static ClassicHistogramBuckets buckets(Durations durations) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        int from = 0;
        for (int bucket = FIRST_BUCKET; bucket <= LAST_BUCKET; bucket += BUCKETS_APART) {
            buckets.bucket(Histogram.boundNanos(bucket) / NANOS_PER_SECOND, sum(durations, from, bucket));
            from = bucket + 1;
        }
        buckets.bucket(Double.POSITIVE_INFINITY, sum(durations, from, Histogram.BUCKETS - 1));
        return buckets.build();
    }

    private static long sum(Durations durations, int from, int to) {
        long sum = 0;
        for (int bucket = from; bucket <= to; bucket++) {
            sum += durations.inBucket(bucket);
        }
        return sum;
    }

    private MetricSnapshot summary() {
        SummarySnapshot.Builder family =
                SummarySnapshot.builder().name(metric.id()).help(metric.help());
        points.forEach((labels, point) -> family.dataPoint(SummaryDataPointSnapshot.builder()
                .labels(labels)
                .sum(point.value())
                .count(point.count())
                .build()));
        return family.build();
    }

    private MetricSnapshot info() {
        InfoSnapshot.Builder family = InfoSnapshot.builder().name(metric.id()).help(metric.help());
        points.forEach((labels, point) ->
                family.dataPoint(InfoDataPointSnapshot.builder().labels(labels).build()));
        return family.build();
    }
}
