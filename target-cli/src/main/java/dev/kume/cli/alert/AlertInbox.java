package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarms;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the rest of the daemon tells those who look for alerts. Any thread; never waits. */
public final class AlertInbox {
    private final Alarms alarms;
    private final Map<UUID, IoFailures> failures = new ConcurrentHashMap<>();
    private volatile AlertSettings settings = AlertSettings.DEFAULTS;

    /**
     * What has failed of a disk since the daemon started, or since it was quiet.
     *
     * @param lastCause for people
     */
    record IoFailures(long count, String lastCause, long lastNanos) {}

    public AlertInbox(Alarms alarms) {
        this.alarms = alarms;
    }

    public Alarms alarms() {
        return alarms;
    }

    /** What is worth an alarm from now on. */
    public void settings(AlertSettings changed) {
        settings = changed;
    }

    AlertSettings settings() {
        return settings;
    }

    /** A read, write, flush or save of a disk has failed. */
    public void ioFailed(UUID disk, String cause, long nowNanos) {
        failures.merge(
                disk,
                new IoFailures(1, cause, nowNanos),
                (before, added) -> new IoFailures(before.count() + 1, cause, nowNanos));
    }

    @Nullable
    IoFailures failuresOf(UUID disk) {
        return failures.get(disk);
    }

    /** Forgets what has failed of a disk. */
    void quiet(UUID disk) {
        failures.remove(disk);
    }

    /** Forgets all other disks. */
    void keep(Set<UUID> disks) {
        failures.keySet().retainAll(disks);
    }
}
