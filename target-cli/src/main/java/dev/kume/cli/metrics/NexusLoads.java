package dev.kume.cli.metrics;

import dev.kume.core.measure.LoadFigures;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.LogicalUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What each nexus did over all disks. It never becomes less while the nexus is known anywhere: what it did at a disk
 * that is gone is remembered from the last look. Thread safe.
 */
final class NexusLoads {
    private IdentityHashMap<LogicalUnit, Map<ITNexus, LoadFigures>> seen = new IdentityHashMap<>();
    private final Map<ITNexus, LoadFigures> gone = new HashMap<>();

    /** Looks at all units. */
    synchronized Map<ITNexus, LoadFigures> look(Collection<LogicalUnit> units) {
        IdentityHashMap<LogicalUnit, Map<ITNexus, LoadFigures>> now = new IdentityHashMap<>();
        Map<ITNexus, LoadFigures> sums = new HashMap<>();
        for (LogicalUnit unit : units) {
            Map<ITNexus, LoadFigures> loads = unit.nexuses().loads();
            now.put(unit, loads);
            loads.forEach((nexus, load) -> sums.merge(nexus, load, LoadFigures::plus));
        }
        seen.forEach((unit, loads) -> {
            Map<ITNexus, LoadFigures> left = now.getOrDefault(unit, Map.of());
            loads.forEach((nexus, load) -> {
                if (!left.containsKey(nexus)) {
                    gone.merge(nexus, load.over(), LoadFigures::plus);
                }
            });
        });
        seen = now;
        gone.keySet().retainAll(sums.keySet());
        gone.forEach((nexus, load) -> sums.merge(nexus, load, LoadFigures::plus));
        return sums;
    }
}
