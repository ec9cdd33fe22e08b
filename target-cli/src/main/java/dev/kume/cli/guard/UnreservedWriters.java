package dev.kume.cli.guard;

import java.util.Locale;

/** What is done about two hosts that write one file system while nobody has reserved the disk. */
public enum UnreservedWriters {
    /** Nothing is looked at. */
    IGNORE,
    /** An alarm. */
    ALARM,
    /** An alarm, and the host that came later does not write until it is over. */
    FREEZE;

    /** The word of {@code kume.yaml}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its word, or {@link IllegalArgumentException}. */
    public static UnreservedWriters ofWord(String word) {
        for (UnreservedWriters each : values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException("unreservedWriters is '%s'; write ignore, alarm or freeze".formatted(word));
    }
}
