package dev.kume.protocol.event;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * An event of the log: a row of one of the enums that {@code docs/events.md} is made of. Whoever has something to tell
 * an administrator adds a row and logs it; values come in the order of the fields in the row's text, and an exception
 * whose stack matters after them.
 */
public interface LogEvent {
    /** The key under which the event itself goes with its line. */
    String KEY = "event";

    /** Its row. */
    EventFacts facts();

    /** Its word, unique within its enum. */
    String name();

    /** Writes a line. */
    default void log(Logger log, @Nullable Object... values) {
        EventFacts facts = facts();
        if (!log.isEnabledForLevel(facts.severity().level())) {
            return;
        }
        List<String> fields = facts.fields();
        LoggingEventBuilder line = log.atLevel(facts.severity().level()).addKeyValue(KEY, this);
        for (int i = 0; i < Math.min(fields.size(), values.length); i++) {
            line = line.addKeyValue(fields.get(i), EventText.shown(values[i]));
        }
        if (values.length > fields.size() && values[fields.size()] instanceof Throwable cause) {
            line = line.setCause(cause);
        }
        line.log(facts.text().format(values));
    }

    /** The line without a log. */
    default String text(@Nullable Object... values) {
        return facts().text().format(values);
    }
}
