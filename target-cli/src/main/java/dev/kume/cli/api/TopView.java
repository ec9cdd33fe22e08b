package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look as a document: what {@code kume top -o json} prints, one for each interval.
 *
 * @param at     when
 * @param by     {@code disk}, {@code session} or {@code node}
 * @param alarms that stand
 * @param rows   in the order that was asked for
 */
public record TopView(Instant at, String by, long alarms, List<Row> rows) {
    public TopView {
        rows = Lists.orEmpty(rows);
    }

    /**
     * One row; a number that is not known yet is null.
     *
     * @param about  who owns the disk, where the session comes in and goes to, how many disks the node owns
     * @param depth  commands under way
     * @param errors commands that failed since the first look
     */
    public record Row(
            String name,
            String about,
            @Nullable Double readsPerSecond,
            @Nullable Double writesPerSecond,
            @Nullable Double readBytesPerSecond,
            @Nullable Double writtenBytesPerSecond,
            @Nullable Double queueMillis,
            @Nullable Double serviceMillis,
            @Nullable Double percentile99Millis,
            long depth,
            long errors) {}
}
