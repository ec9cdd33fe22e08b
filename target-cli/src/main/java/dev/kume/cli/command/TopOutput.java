package dev.kume.cli.command;

import dev.kume.cli.top.Load;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look as a document: what {@code kume top -o json} prints, one for each interval.
 *
 * @param at   when
 * @param by   {@code disk}, {@code session} or {@code node}
 * @param rows in the order that was asked for
 */
record TopOutput(Instant at, String by, long alarms, List<Row> rows) {
    /** One row; a number that is not known yet is null. */
    record Row(
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
            long errors) {
        static Row of(Load load) {
            return new Row(
                    load.name(),
                    load.about(),
                    known(load.readsPerSecond()),
                    known(load.writesPerSecond()),
                    known(load.readBytesPerSecond()),
                    known(load.writtenBytesPerSecond()),
                    known(load.queueMillis()),
                    known(load.serviceMillis()),
                    known(load.percentile99Millis()),
                    load.depth(),
                    load.errors());
        }

        private static @Nullable Double known(double number) {
            return Double.isNaN(number) ? null : number;
        }
    }
}
