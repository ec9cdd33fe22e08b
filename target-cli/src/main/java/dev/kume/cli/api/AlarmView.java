package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong now.
 *
 * @param kind     as {@code host-refused}; {@code docs/alerts.md} lists them
 * @param severity {@code warning}, or {@code critical} when data is at risk or cannot be reached
 * @param subject  what it is about
 * @param disk     the disk that it is about; null when it is about something else
 * @param host     the initiator that it is about; null when it is about the subject as such
 * @param since    when it began
 * @param text     what is wrong, one line for people
 * @param remedy   what to do about it
 */
public record AlarmView(
        String kind,
        String severity,
        Subject subject,
        @Nullable String disk,
        @Nullable String host,
        Instant since,
        String text,
        String remedy) {
    public static final String CRITICAL = "critical";
    public static final String WARNING = "warning";

    /**
     * What an alarm is about.
     *
     * @param kind    {@code disk}, {@code host}, {@code cluster}, {@code node}, {@code session}, {@code portal},
     *                {@code file-system} or {@code server}
     * @param name    its name; of a part of the server what it is, as {@code metrics port 127.0.0.1:9326}
     * @param cluster the cluster of a node; null otherwise
     */
    public record Subject(
            String kind, String name, @Nullable String cluster) {}

    /** Answer of {@code GET /v1/alarms}, the oldest first. */
    public record Listing(List<AlarmView> alarms) {
        public Listing {
            alarms = Lists.orEmpty(alarms);
        }
    }
}
