package dev.kume.system;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Looks for a moment at which each of many things was as it was found. Of a thing it is known that it was so between
 * two times, or between others; when there is no time that is possible for all of them, what was found is no state
 * that ever was.
 */
final class CommonMoment {
    /** A time from which, or until which, a thing may have been as it was found. */
    private record Bound(long nanos, boolean begin, int thing) {}

    private final List<Bound> bounds = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    /** One of the things. */
    final class Thing {
        private final int number;

        private Thing(int number) {
            this.number = number;
        }

        /** It was so for sure at no time before the first and after the second, as {@link System#nanoTime} tells. */
        void between(long fromNanos, long toNanos) {
            if (fromNanos <= toNanos) {
                bounds.add(new Bound(fromNanos, true, number));
                bounds.add(new Bound(toNanos, false, number));
            }
        }
    }

    Thing of(String name) {
        names.add(name);
        return new Thing(names.size() - 1);
    }

    /** Nothing when there is such a moment; otherwise what does not fit at the best one. */
    List<String> whatDoesNotFit() {
        List<Bound> inOrder = new ArrayList<>(bounds);
        inOrder.sort(Comparator.comparingLong(Bound::nanos).thenComparing(bound -> !bound.begin()));
        int[] open = new int[names.size()];
        int fitting = 0;
        int best = -1;
        TreeSet<Integer> missing = new TreeSet<>();
        for (Bound bound : inOrder) {
            int thing = bound.thing();
            if (bound.begin()) {
                fitting += open[thing]++ == 0 ? 1 : 0;
            } else {
                fitting -= --open[thing] == 0 ? 1 : 0;
            }
            if (fitting > best) {
                best = fitting;
                missing.clear();
                for (int each = 0; each < open.length; each++) {
                    if (open[each] == 0) {
                        missing.add(each);
                    }
                }
            }
        }
        return missing.stream().map(names::get).toList();
    }
}
