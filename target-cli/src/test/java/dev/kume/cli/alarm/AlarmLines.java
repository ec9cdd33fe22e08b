package dev.kume.cli.alarm;

import java.util.ArrayList;
import java.util.List;

/** What is heard of alarms, as lines: {@code begun TEXT; REMEDY} and {@code over TEXT}. */
public final class AlarmLines implements AlarmListener {
    private final List<String> lines = new ArrayList<>();

    @Override
    public synchronized void begun(Alarm alarm) {
        lines.add("begun " + alarm.text() + "; " + alarm.remedy());
    }

    @Override
    public synchronized void over(Alarm alarm) {
        lines.add("over " + alarm.text());
    }

    /** All so far. */
    public synchronized List<String> all() {
        return List.copyOf(lines);
    }

    /** Forgets them. */
    public synchronized void clear() {
        lines.clear();
    }
}
