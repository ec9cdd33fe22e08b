package dev.kume.cli.metrics;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.log.ServiceEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics where {@code kume.yaml} wants them. A port that cannot be had becomes an alarm and is tried again; it
 * never keeps the daemon from serving disks. Thread safe.
 */
public final class MetricsService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsService.class);

    private final MetricsPage page;
    private final Alarms alarms;
    private final Executor workers;
    private final ThreadFactory threads;
    private MetricsSettings settings = MetricsSettings.OFF;
    private @Nullable MetricsListener listener;
    private Alarm.@Nullable Key alarm;
    private boolean closed;

    /**
     * @param workers make pages, and may wait
     * @param threads makes the thread of the event loop
     */
    public MetricsService(MetricsPage page, Alarms alarms, Executor workers, ThreadFactory threads) {
        this.page = page;
        this.alarms = alarms;
        this.workers = workers;
        this.threads = threads;
    }

    /** Says what is wanted, without waiting: {@link #look} makes it true. For the start, which has better to do. */
    public synchronized void want(MetricsSettings wanted) {
        settings = wanted;
    }

    /** Serves where these settings say. */
    public synchronized void apply(MetricsSettings wanted) {
        if (!wanted.equals(settings)) {
            settings = wanted;
            stop();
            clearAlarm();
        }
        look();
    }

    /** Tries again what has failed. */
    public synchronized void look() {
        InetSocketAddress address = settings.listen();
        if (closed || address == null || listener != null) {
            return;
        }
        String where = MetricsSettings.text(address);
        try {
            MetricsListener opened = new MetricsListener(address, page, workers, threads);
            listener = opened;
            clearAlarm();
            InetSocketAddress bound = Objects.requireNonNullElse(opened.address(), address);
            ServiceEvent.METRICS_LISTEN.log(LOG, MetricsSettings.text(bound));
        } catch (IOException e) {
            Alarm.Key key = Alarm.Key.server("metrics port " + where);
            alarm = key;
            alarms.raise(
                    key,
                    "metrics cannot be read at %s: %s".formatted(where, e.getMessage()),
                    "free the port, or give another one or none as metrics.listen of kume.yaml and run "
                            + "'kume service reload'; it is tried again every ten seconds");
        }
    }

    private void clearAlarm() {
        Alarm.Key raised = alarm;
        if (raised != null) {
            alarms.clear(raised);
            alarm = null;
        }
    }

    private void stop() {
        MetricsListener last = listener;
        listener = null;
        if (last != null) {
            last.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop();
    }
}
