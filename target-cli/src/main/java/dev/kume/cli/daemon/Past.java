package dev.kume.cli.daemon;

import dev.kume.cli.journal.JournalEvent;
import java.time.Instant;
import java.util.List;

/**
 * What the journal knows.
 *
 * @param until  the moment at which it was asked
 * @param events of all clusters
 */
record Past(Instant until, List<JournalEvent> events) {
    Past {
        events = List.copyOf(events);
    }
}
