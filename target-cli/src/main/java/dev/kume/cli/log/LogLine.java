package dev.kume.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.kume.protocol.event.EventFacts;
import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One line on its way out.
 *
 * @param event   null for what libraries write, and for lines that help to find a bug
 * @param level   of a line without an event its level, in the words of severities where there is one
 * @param source  the class that wrote it
 * @param fields  by their names, in their order
 * @param stack   of the exception that belongs to it
 */
record LogLine(
        Instant time,
        @Nullable LogEvent event,
        String level,
        String source,
        String message,
        Map<String, String> fields,
        @Nullable String stack) {
    private static final String DEBUG = "DEBUG";

    /** Fields that say whom a line is about. */
    private static final List<String> SUBJECTS =
            List.of("disk", "snapshot", "initiator", "target", "portal", "server", "name", "alarm", "request");

    static LogLine of(ILoggingEvent from) {
        LogEvent event = null;
        Map<String, String> fields = new LinkedHashMap<>();
        List<KeyValuePair> pairs = Objects.requireNonNullElse(from.getKeyValuePairs(), List.of());
        for (KeyValuePair pair : pairs) {
            if (pair.key.equals(LogEvent.KEY) && pair.value instanceof LogEvent found) {
                event = found;
            } else {
                fields.put(pair.key, String.valueOf(pair.value));
            }
        }
        String logger = from.getLoggerName();
        IThrowableProxy thrown = from.getThrowableProxy();
        return new LogLine(
                from.getInstant(),
                event,
                event == null ? level(from) : event.facts().severity().name(),
                logger.substring(logger.lastIndexOf('.') + 1),
                String.valueOf(from.getFormattedMessage()),
                fields,
                thrown == null ? null : ThrowableProxyUtil.asString(thrown));
    }

    /** A line of the log about itself. */
    static LogLine of(Instant time, LogEvent event, @Nullable Object... values) {
        EventFacts facts = event.facts();
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < facts.fields().size(); i++) {
            fields.put(facts.fields().get(i), String.valueOf(values[i]));
        }
        return new LogLine(time, event, facts.severity().name(), "", event.text(values), fields, null);
    }

    private static String level(ILoggingEvent from) {
        return switch (from.getLevel().levelInt) {
            case ch.qos.logback.classic.Level.ERROR_INT -> Severity.ERROR.name();
            case ch.qos.logback.classic.Level.WARN_INT -> Severity.WARNING.name();
            case ch.qos.logback.classic.Level.INFO_INT -> Severity.INFO.name();
            default -> DEBUG;
        };
    }

    boolean isCritical() {
        return level.equals(Severity.CRITICAL.name());
    }

    /** The id of its event; of a line without one, who wrote it. */
    String id() {
        return event == null ? source : event.facts().id();
    }

    /** The same with another level. */
    LogLine withLevel(String other) {
        return new LogLine(time, event, other, source, message, fields, stack);
    }

    /** Whom it is about: lines of one event about one subject are alike. */
    String subject() {
        List<String> parts = new ArrayList<>();
        for (String name : SUBJECTS) {
            String value = fields.get(name);
            if (value != null) {
                parts.add(value);
            }
        }
        String peer = fields.get("peer");
        if (peer != null) {
            // Each connection of a host comes from another port.
            parts.add(peer.replaceFirst(":[0-9]+$", ""));
        }
        return String.join(" ", parts);
    }
}
