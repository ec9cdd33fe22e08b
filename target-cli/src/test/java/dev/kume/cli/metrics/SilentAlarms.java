package dev.kume.cli.metrics;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.AlarmListener;

/** Nobody hears of the alarms. */
final class SilentAlarms implements AlarmListener {
    @Override
    public void begun(Alarm alarm) {}

    @Override
    public void over(Alarm alarm) {}
}
