package dev.kume.protocol.simulation;

import dev.kume.core.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * All that runs, in one thread: event loops, disk threads, and what happens at a time. Chance decides who is next, and
 * the clock moves as things run; when nothing can run it jumps to the next time at which something happens.
 */
final class World implements Clock {
    private static final long STEP_NANOS_MAX = 20_000;
    private static final int DEPTH_MAX = 5;

    private record Event(long atNanos, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    final long seed;
    final RandomGenerator random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private List<SimulatedLoop> loops = List.of();
    private ArrayDeque<Runnable> diskThreads = new ArrayDeque<>();
    private @Nullable SimulatedLoop current;
    private long nanos = 1;
    private long lastNumber;
    private long steps;
    private long hash;
    private int depth;
    private @Nullable Throwable failure;
    private final ArrayDeque<String> story = new ArrayDeque<>();

    World(long seed) {
        this.seed = seed;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    // ---- time and chance --------------------------------------------------------------------------------------------

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    double seconds() {
        return nanos / 1e9;
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** One of these, all equally likely. */
    <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    void after(long delay, TimeUnit unit, Runnable action) {
        events.add(new Event(nanos + unit.toNanos(delay), ++lastNumber, action));
    }

    /** Some time from now, most often soon. */
    void soon(long mostNanos, Runnable action) {
        long within = oneIn(8) ? mostNanos : mostNanos / 16;
        after(random.nextLong(within + 1), TimeUnit.NANOSECONDS, action);
    }

    // ---- what runs --------------------------------------------------------------------------------------------------

    /** The loops and disk threads of the daemon that runs now. */
    void run(List<SimulatedLoop> newLoops, ArrayDeque<Runnable> newDiskThreads) {
        loops = newLoops;
        diskThreads = newDiskThreads;
    }

    boolean isCurrent(SimulatedLoop loop) {
        return current == loop;
    }

    boolean onLoop() {
        return current != null;
    }

    /** In the middle of a disk operation the rest of the world goes on; not while a loop does it. */
    void goOnMeanwhile(int stepsMax) {
        if (onLoop() || depth >= DEPTH_MAX) {
            return;
        }
        depth++;
        for (int left = random.nextInt(stepsMax + 1); left > 0; left--) {
            step();
        }
        depth--;
    }

    /** True at the outermost level, where the daemon may be taken away. */
    boolean atTop() {
        return depth == 0;
    }

    /** Runs something; false when nothing will ever happen again. */
    boolean step() {
        nanos += random.nextLong(STEP_NANOS_MAX);
        if (runOne()) {
            return true;
        }
        Event next = events.peek();
        if (next == null) {
            return false;
        }
        nanos = Math.max(nanos, next.atNanos());
        return runOne();
    }

    private boolean runOne() {
        List<SimulatedLoop> ready = new ArrayList<>(loops.size());
        for (SimulatedLoop loop : loops) {
            if (loop.hasWork()) {
                ready.add(loop);
            }
        }
        boolean disk = !diskThreads.isEmpty();
        Event due = events.peek();
        boolean event = due != null && due.atNanos() <= nanos;
        int choices = ready.size() + (disk ? 1 : 0) + (event ? 1 : 0);
        if (choices == 0) {
            return false;
        }
        int choice = random.nextInt(choices);
        steps++;
        mix(nanos * 31 + choice);
        if (choice < ready.size()) {
            as(ready.get(choice), ready.get(choice)::runOne);
        } else if (disk && choice == ready.size()) {
            as(null, diskThreads.remove());
        } else {
            as(null, events.remove().action());
        }
        return true;
    }

    /** Lets the daemon alone run until it has nothing to do. */
    void runDaemonDry() {
        boolean ran;
        do {
            ran = false;
            for (SimulatedLoop loop : loops) {
                while (loop.hasWork()) {
                    as(loop, loop::runOne);
                    ran = true;
                }
            }
            Runnable job = diskThreads.poll();
            if (job != null) {
                as(null, job);
                ran = true;
            }
        } while (ran);
    }

    void asLoop(SimulatedLoop loop, Runnable action) {
        as(loop, action);
    }

    private void as(@Nullable SimulatedLoop loop, Runnable action) {
        SimulatedLoop before = current;
        current = loop;
        try {
            action.run();
        } catch (RuntimeException | Error bug) {
            fail(bug);
        } finally {
            current = before;
        }
    }

    // ---- what happened ----------------------------------------------------------------------------------------------

    /** Folds something that happened into the hash by which two runs are compared. */
    void mix(long what) {
        hash = (hash ^ what) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 29;
    }

    void tell(String what) {
        mix(what.hashCode());
        story.add("%12.6f  %s".formatted(seconds(), what));
        if (story.size() > 400) {
            story.remove();
        }
    }

    /** Keeps the first failure: what throws inside of the target might be taken for a bug of the target. */
    void fail(Throwable bug) {
        if (failure == null) {
            failure = bug;
        }
    }

    void check(boolean isSo, String otherwise) {
        if (!isSo) {
            AssertionError error = new AssertionError(otherwise);
            fail(error);
            throw error;
        }
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    List<String> story() {
        return List.copyOf(story);
    }

    long hash() {
        return hash;
    }

    long steps() {
        return steps;
    }
}
