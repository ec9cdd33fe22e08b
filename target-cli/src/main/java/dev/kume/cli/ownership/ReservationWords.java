package dev.kume.cli.ownership;

import dev.kume.core.reservation.ReservationType;
import java.util.Locale;

/** Reservations in the words of the API. */
public final class ReservationWords {
    private ReservationWords() {}

    /** 16 hexadecimal digits. */
    public static String key(long key) {
        return "%016x".formatted(key);
    }

    /** {@code write exclusive, registrants only}. */
    public static String type(ReservationType type) {
        return type.name()
                .toLowerCase(Locale.ROOT)
                .replace("_registrants_only", ", registrants only")
                .replace("_all_registrants", ", all registrants")
                .replace('_', ' ');
    }
}
