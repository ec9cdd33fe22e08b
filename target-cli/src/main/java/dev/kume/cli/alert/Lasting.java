package dev.kume.cli.alert;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells what lasts from what passes: something counts when it has held for a time at look after look. Confined to the
 * thread that looks.
 */
final class Lasting<K> {
    private final Map<K, Long> since = new HashMap<>();
    private final Set<K> held = new HashSet<>();

    /** It holds at this look; true when it has held for so long. */
    boolean holds(K what, long nowNanos, long forNanos) {
        held.add(what);
        return nowNanos - since.computeIfAbsent(what, any -> nowNanos) >= forNanos;
    }

    /** The look is over: what did not hold begins anew when it does. */
    void looked() {
        since.keySet().retainAll(held);
        held.clear();
    }
}
