package dev.kume.cli.top;

import java.util.Locale;

/** Numbers in few columns; a dash for what is not known. */
final class Numbers {
    private static final double KILO = 1_000;
    private static final double MEGA = 1_000_000;
    private static final double BYTES_PER_MEGABYTE = 1 << 20;

    private Numbers() {}

    /** {@code 0}, {@code 99999}, {@code 123k}, {@code 1.2M}. */
    static String count(double number) {
        if (Double.isNaN(number)) {
            return "-";
        }
        if (number < 100 * KILO) {
            return "%.0f".formatted(number);
        }
        return number < MEGA ? "%.0fk".formatted(number / KILO) : format("%.1fM", number / MEGA);
    }

    /** The same in four columns: {@code 0}, {@code 999}, {@code 12k}, {@code 3M}. */
    static String few(long number) {
        if (number < KILO) {
            return String.valueOf(number);
        }
        double thousands = Math.floor(number / KILO);
        return thousands < KILO ? "%.0fk".formatted(thousands) : "%.0fM".formatted(Math.floor(number / MEGA));
    }

    /** Megabytes: {@code 0.0}, {@code 12.3}, {@code 1234}. */
    static String megabytes(double bytes) {
        if (Double.isNaN(bytes)) {
            return "-";
        }
        double number = bytes / BYTES_PER_MEGABYTE;
        return format(number < 999.95 ? "%.1f" : "%.0f", number);
    }

    /** Milliseconds: {@code 0.004}, {@code 1.23}, {@code 45.6}, {@code 1234}; of a disk that hangs, {@code 250s}. */
    static String millis(double number) {
        if (Double.isNaN(number)) {
            return "-";
        }
        if (number >= 99_999.5) {
            return format("%.0fs", number / KILO);
        }
        String form = number < 0.9995 ? "%.3f" : number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f";
        return format(form, number);
    }

    private static String format(String form, double number) {
        return String.format(Locale.ROOT, form, number);
    }
}
