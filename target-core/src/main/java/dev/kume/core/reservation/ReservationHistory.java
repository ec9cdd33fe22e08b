package dev.kume.core.reservation;

import java.util.ArrayList;
import java.util.List;

/**
 * The last changes of a disk's registrations and reservation. Immutable.
 *
 * @param events oldest first, at most {@value #EVENTS_MAX}
 */
public record ReservationHistory(List<ReservationEvent> events) {
    public static final int EVENTS_MAX = 64;

    public static final ReservationHistory EMPTY = new ReservationHistory(List.of());

    public ReservationHistory {
        events = List.copyOf(events);
    }

    /** One more event; the oldest goes when there are too many. */
    public ReservationHistory with(ReservationEvent event) {
        List<ReservationEvent> all = new ArrayList<>(events);
        all.add(event);
        return new ReservationHistory(all.subList(Math.max(0, all.size() - EVENTS_MAX), all.size()));
    }
}
