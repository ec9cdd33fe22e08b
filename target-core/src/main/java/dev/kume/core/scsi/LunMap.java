package dev.kume.core.scsi;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The logical units of one target by LUN: immutable, replaced as a whole when a mapping changes. */
public final class LunMap {
    public static final LunMap EMPTY = new LunMap(new TreeMap<>(), Set.of());

    private final int[] luns;
    private final @Nullable LogicalUnit[] byLun;

    /** Those that nobody may write through this target; compared by identity, never changed. */
    private final Set<LogicalUnit> readOnly = Collections.newSetFromMap(new IdentityHashMap<>());

    private LunMap(SortedMap<Integer, LogicalUnit> units, Set<Integer> readOnlyLuns) {
        luns = units.keySet().stream().mapToInt(Integer::intValue).toArray();
        byLun = new LogicalUnit[luns.length == 0 ? 0 : luns[luns.length - 1] + 1];
        units.forEach((lun, unit) -> {
            byLun[lun] = unit;
            if (readOnlyLuns.contains(lun)) {
                readOnly.add(unit);
            }
        });
    }

    /** A map through which every unit may be written. */
    public static LunMap of(Map<Integer, LogicalUnit> units) {
        return of(units, Set.of());
    }

    /** @param readOnlyLuns LUNs whose units this target shows write protected */
    public static LunMap of(Map<Integer, LogicalUnit> units, Set<Integer> readOnlyLuns) {
        return new LunMap(new TreeMap<>(units), readOnlyLuns);
    }

    /** The unit at this LUN, or null; negative numbers (no such LUN format) have none. */
    public @Nullable LogicalUnit get(int lun) {
        return lun >= 0 && lun < byLun.length ? byLun[lun] : null;
    }

    /** True when nobody may write this unit through the target, whatever the unit itself says. Allocates nothing. */
    public boolean isReadOnly(@Nullable LogicalUnit unit) {
        return !readOnly.isEmpty() && readOnly.contains(unit);
    }

    /** All LUNs, ascending. */
    public int[] luns() {
        return luns.clone();
    }

    public int size() {
        return luns.length;
    }

    /** True when both maps show the same units at the same LUNs, written or not. */
    public boolean sameAs(LunMap other) {
        return Arrays.equals(byLun, other.byLun);
    }
}
