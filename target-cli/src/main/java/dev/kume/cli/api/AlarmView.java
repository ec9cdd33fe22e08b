package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong now.
 *
 * @param kind     {@code host-refused} or {@code unreserved-writers}
 * @param severity {@code warning}, or {@code critical} when data is at risk
 * @param disk     the disk that it is about
 * @param host     the initiator that it is about; null when it is about the disk as such
 * @param since    when it began
 * @param text     what is wrong, one line for people
 * @param remedy   what to do about it
 */
public record AlarmView(
        String kind, String severity, String disk, @Nullable String host, Instant since, String text, String remedy) {
    public static final String CRITICAL = "critical";

    /** Answer of {@code GET /v1/alarms}, the oldest first. */
    public record Listing(List<AlarmView> alarms) {
        public Listing {
            alarms = Lists.orEmpty(alarms);
        }
    }
}
