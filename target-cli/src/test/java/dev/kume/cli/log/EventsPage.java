package dev.kume.cli.log;

import dev.kume.protocol.event.EventFacts;
import dev.kume.protocol.event.LogEvent;
import java.util.List;
import java.util.Locale;

/** Writes {@code docs/events.md} from the table of events. */
final class EventsPage {
    private static final String HEAD = """
            # Events of the log

            Every line that the daemon writes about itself has the id of its event, which stays with that event for
            life: search for it here, filter by it, let a monitor wait for it. Words in braces are the fields of the
            line; the JSON format of the log has them by these names. The page is generated from the table of events
            by `EventTableTest`.

            Severity: `info` is the course of things; `warning` is not as it should be, and goes on all the same;
            `error` did not work, and somebody counted on it; `critical` says that data is lost or at risk, and is
            never left out.

            | id | severity | name | line | when, and what to do |
            |---|---|---|---|---|
            """;

    private EventsPage() {}

    static String of(List<LogEvent> events) {
        StringBuilder page = new StringBuilder(HEAD);
        for (LogEvent event : events) {
            EventFacts facts = event.facts();
            page.append("| %s | %s | `%s` | %s | %s |\n"
                    .formatted(
                            facts.id(),
                            facts.severity().name().toLowerCase(Locale.ROOT),
                            event.name(),
                            facts.template(),
                            facts.advice()));
        }
        return page.toString();
    }
}
