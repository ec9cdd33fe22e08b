package dev.kume.cli.command;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.output.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Alarms as people read them. */
final class Alarms {
    /** More on one screen are read by nobody. */
    private static final int LINES_MAX = 20;

    private Alarms() {}

    /** {@code CRITICAL since TIME: what is wrong; what to do}, and how many are left out. */
    static List<String> lines(List<AlarmView> alarms) {
        List<String> lines = new ArrayList<>();
        alarms.stream().limit(LINES_MAX).map(Alarms::line).forEach(lines::add);
        if (alarms.size() > LINES_MAX) {
            lines.add("and %,d more: kume alarm list".formatted(alarms.size() - LINES_MAX));
        }
        return lines;
    }

    private static String line(AlarmView alarm) {
        return alarm.severity().toUpperCase(Locale.ROOT) + " since " + alarm.since() + ": " + alarm.text() + "; "
                + alarm.remedy();
    }

    /** All of them, as a list. */
    static Table table(List<AlarmView> alarms, Instant now) {
        Table table = new Table()
                .column("SEVERITY")
                .column("KIND")
                .column("ABOUT")
                .number("SINCE")
                .column("WHAT");
        for (AlarmView alarm : alarms) {
            table.row(
                    alarm.severity(),
                    alarm.kind(),
                    about(alarm.subject()),
                    Ages.since(alarm.since(), now),
                    alarm.text() + "; " + alarm.remedy());
        }
        return table;
    }

    /** {@code disk vms}, {@code node hv-node1 of HV}. */
    static String about(AlarmView.Subject subject) {
        String cluster = subject.cluster() == null ? "" : " of " + subject.cluster();
        return subject.kind().replace('-', ' ') + " " + subject.name() + cluster;
    }
}
