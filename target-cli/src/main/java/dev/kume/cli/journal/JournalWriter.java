package dev.kume.cli.journal;

import dev.kume.cli.log.WatchEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches of events on their way to the files. A device that fails costs a line in the log and, when it goes on
 * failing, the oldest events that wait; nobody else. Confined to the journal's thread.
 */
final class JournalWriter {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final int LINES_WAITING_MAX = 4_096;

    private final JournalFiles files;
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private boolean failing;
    private long lost;

    JournalWriter(JournalFiles files) {
        this.files = files;
    }

    /** Is written with the next {@link #flush}. */
    void add(JournalEvent event) {
        if (waiting.size() == LINES_WAITING_MAX) {
            waiting.removeFirst();
            lost++;
        }
        waiting.add(JournalLines.write(event));
    }

    /** Makes durable what waits; keeps it for a next time when that fails. */
    void flush() {
        if (waiting.isEmpty()) {
            return;
        }
        try {
            files.append(new ArrayList<>(waiting));
            waiting.clear();
            if (failing) {
                WatchEvent.JOURNAL_WRITABLE.log(LOG, lost);
                failing = false;
                lost = 0;
            }
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                WatchEvent.JOURNAL_NOT_WRITABLE.log(LOG, String.valueOf(e));
            }
        }
    }
}
