package dev.kume.cli.command;

import dev.kume.cli.api.AlarmView;
import java.util.Locale;

/** Alarms as people read them. */
final class Alarms {
    private Alarms() {}

    /** {@code CRITICAL since TIME: what is wrong; what to do}. */
    static String line(AlarmView alarm) {
        return alarm.severity().toUpperCase(Locale.ROOT) + " since " + alarm.since() + ": " + alarm.text() + "; "
                + alarm.remedy();
    }
}
