package dev.kume.cli.alarm;

import dev.kume.cli.log.LogTroubles;

/** A log that cannot be written, as an alarm: nobody would read it there. */
public final class LogAlarms implements LogTroubles {
    private final Alarms alarms;

    public LogAlarms(Alarms alarms) {
        this.alarms = alarms;
    }

    @Override
    public void begun(String place, String reason) {
        alarms.raise(
                Alarm.Key.server(place),
                "%s cannot be written: %s".formatted(place, reason),
                "free space there, or look after it; disks are served all the same, and it is tried again");
    }

    @Override
    public void over(String place) {
        alarms.clear(Alarm.Key.server(place));
    }
}
