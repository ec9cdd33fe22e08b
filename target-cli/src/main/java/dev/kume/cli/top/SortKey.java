package dev.kume.cli.top;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What the rows are sorted by: the largest first, names from A; rows that are equal stand by their names. */
public enum SortKey {
    IOPS('i'),
    BYTES('b'),
    LATENCY('l'),
    P99('p'),
    QUEUE('u'),
    ERRORS('e'),
    OWNER('o'),
    NAME('a');

    private static final Comparator<Load> BY_NAME =
            Comparator.comparing(Load::name, String.CASE_INSENSITIVE_ORDER).thenComparing(Load::id);

    private final char key;

    SortKey(char key) {
        this.key = key;
    }

    /** The one with this key on the keyboard; null when there is none. */
    public static @Nullable SortKey ofKey(int typed) {
        for (SortKey each : values()) {
            if (each.key == typed) {
                return each;
            }
        }
        return null;
    }

    /** @param reversed the smallest first; what is not known stays last */
    Comparator<Load> order(boolean reversed) {
        return switch (this) {
            case IOPS -> order(Load::commandsPerSecond, reversed);
            case BYTES -> order(Load::bytesPerSecond, reversed);
            case LATENCY -> order(Load::latencyMillis, reversed);
            case P99 -> order(Load::percentile99Millis, reversed);
            case QUEUE -> order(load -> (double) load.depth(), reversed);
            case ERRORS -> order(load -> (double) load.errors(), reversed);
            case OWNER ->
                words(
                        Comparator.comparing(Load::about, String.CASE_INSENSITIVE_ORDER)
                                .thenComparing(BY_NAME),
                        reversed);
            case NAME -> words(BY_NAME, reversed);
        };
    }

    private static Comparator<Load> words(Comparator<Load> order, boolean reversed) {
        return reversed ? order.reversed() : order;
    }

    private static Comparator<Load> order(ToDoubleFunction<Load> value, boolean reversed) {
        double sign = reversed ? 1 : -1;
        return Comparator.comparingDouble((Load load) -> {
                    double number = value.applyAsDouble(load);
                    return Double.isNaN(number) ? Double.POSITIVE_INFINITY : sign * number;
                })
                .thenComparing(BY_NAME);
    }

    /** {@code iops}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
