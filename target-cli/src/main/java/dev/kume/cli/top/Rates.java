package dev.kume.cli.top;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns what is counted into what is done, from look to look. Not for use by several threads. */
public final class Rates {
    private static final double NANOS_PER_SECOND = 1e9;

    private Map<String, Meter> before = Map.of();
    private final Map<String, Long> errors = new HashMap<>();
    private long beforeNanos;
    private boolean looked;

    /** What has been done since the look before. */
    public List<Load> look(List<Meter> meters, long nowNanos) {
        double seconds = (nowNanos - beforeNanos) / NANOS_PER_SECOND;
        Map<String, Meter> now = new HashMap<>();
        List<Load> loads = new ArrayList<>();
        for (Meter meter : meters) {
            now.put(meter.id(), meter);
            Meter old = before.get(meter.id());
            if (old == null || seconds <= 0 || meter.beganAfter(old)) {
                long sinceBegin = looked ? meter.errors() : 0;
                loads.add(Load.unknown(meter, errors.merge(meter.id(), sinceBegin, Long::sum)));
            } else {
                long more = errors.merge(meter.id(), meter.errors() - old.errors(), Long::sum);
                loads.add(Load.between(old, meter, seconds, more));
            }
        }
        errors.keySet().retainAll(now.keySet());
        before = now;
        beforeNanos = nowNanos;
        looked = true;
        return loads;
    }

    /** The daemon was away: what is seen next is seen for the first time. */
    public void forget() {
        before = Map.of();
    }
}
