package dev.kume.cli.top;

import java.util.List;
import java.util.Map;

/**
 * What the daemon counts, at one look.
 *
 * @param takenNanos when it was counted, by the clock that never goes back
 * @param server   the name of its host
 * @param state    {@code ready}, {@code draining} or {@code stopping}
 * @param meters   of each view
 * @param alarms   that stand
 * @param critical of these
 */
public record Sample(
        long takenNanos,
        String server,
        String state,
        long uptimeSeconds,
        Map<View, List<Meter>> meters,
        int alarms,
        int critical) {
    public Sample {
        meters = Map.copyOf(meters);
    }

    public List<Meter> meters(View view) {
        return meters.getOrDefault(view, List.of());
    }
}
