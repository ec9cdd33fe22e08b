package dev.kume.cli.log;

import java.util.Locale;

/** How a line of the log is written. */
public enum LogFormat {
    /** For people: time, level, id, text. */
    TEXT,
    /** For machines: one JSON object a line. */
    JSON;

    /** As {@code kume.yaml} has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static LogFormat ofWord(String word) {
        for (LogFormat format : values()) {
            if (format.word().equals(word)) {
                return format;
            }
        }
        throw new IllegalArgumentException("'%s' is no format of a log; write text or json".formatted(word));
    }
}
