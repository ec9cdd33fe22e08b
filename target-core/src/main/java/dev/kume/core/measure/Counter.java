package dev.kume.core.measure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers that one thread at a time adds to, and any thread reads. Opaque stores: no fence, no lock, and no half of a
 * number is ever seen.
 */
final class Counter {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private Counter() {}

    static void add(long[] counts, int index, long more) {
        LONGS.setOpaque(counts, index, (long) LONGS.getOpaque(counts, index) + more);
    }

    static long get(long[] counts, int index) {
        return (long) LONGS.getOpaque(counts, index);
    }
}
