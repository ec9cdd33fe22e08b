package dev.kume.core.scsi;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The logical units of one target by LUN: immutable, replaced as a whole when a mapping changes. */
public final class LunMap {
    public static final LunMap EMPTY = new LunMap(new TreeMap<>());

    private final int[] luns;
    private final @Nullable LogicalUnit[] byLun;

    private LunMap(SortedMap<Integer, LogicalUnit> units) {
        luns = units.keySet().stream().mapToInt(Integer::intValue).toArray();
        byLun = new LogicalUnit[luns.length == 0 ? 0 : luns[luns.length - 1] + 1];
        units.forEach((lun, unit) -> byLun[lun] = unit);
    }

    public static LunMap of(Map<Integer, LogicalUnit> units) {
        return new LunMap(new TreeMap<>(units));
    }

    /** The unit at this LUN, or null; negative numbers (no such LUN format) have none. */
    public @Nullable LogicalUnit get(int lun) {
        return lun >= 0 && lun < byLun.length ? byLun[lun] : null;
    }

    /** All LUNs, ascending. */
    public int[] luns() {
        return luns.clone();
    }

    public int size() {
        return luns.length;
    }

    /** True when both maps show the same units at the same LUNs. */
    public boolean sameAs(LunMap other) {
        return Arrays.equals(byLun, other.byLun);
    }
}
