package dev.kume.cli.alarm;

/** Hears of alarms. Called by whoever raises and clears them, one call at a time; must not wait. */
public interface AlarmListener {
    /** It has begun. */
    void begun(Alarm alarm);

    /** It is over. */
    void over(Alarm alarm);
}
