package dev.kume.core.measure;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers that one thread at a time adds to, and any thread reads. Opaque stores: no fence, no lock, and no half of a
 * number is ever seen.
 */
final class Counter {
    private Counter() {}

    static void add(AtomicLongArray counts, int index, long more) {
        counts.setOpaque(index, counts.getPlain(index) + more);
    }

    static long get(AtomicLongArray counts, int index) {
        return counts.getOpaque(index);
    }
}
