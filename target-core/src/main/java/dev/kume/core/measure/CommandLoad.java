package dev.kume.core.measure;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of one nexus at one logical unit came to. One thread at a time adds: the loop that has the session
 * of the nexus. Any thread reads.
 */
public final class CommandLoad {
    private static final OperationClass[] CLASSES = OperationClass.values();

    /** Beyond the ways to fail that there are in SCSI's tables for one device, nothing new is kept apart. */
    private static final int FAILURES_MAX = 256;

    private static final int BEGUN = 0;
    private static final int ENDED = 1;
    private static final int ABORTED = 2;
    private static final int BYTES_IN = 3;
    private static final int BYTES_OUT = 4;
    private static final int NUMBERS = 5;

    private static final class OfClass {
        final Histogram queue = new Histogram();
        final Histogram service = new Histogram();
    }

    private final AtomicLongArray numbers = new AtomicLongArray(NUMBERS);

    /** Made when the first command of a class ends. */
    private final @Nullable OfClass[] classes = new OfClass[CLASSES.length];

    private final Map<CommandFailure, LongAdder> failures = new ConcurrentHashMap<>();

    /** A command has come. */
    public void begins() {
        Counter.add(numbers, BEGUN, 1);
    }

    /** A command that came has ended, answered or not. */
    public void ends() {
        Counter.add(numbers, ENDED, 1);
    }

    /** A command ended without being carried out to its end. */
    public void aborted() {
        Counter.add(numbers, ABORTED, 1);
    }

    /**
     * A command that was begun has ended.
     *
     * @param queueNanos   from its arrival to the begin of its work
     * @param serviceNanos from there to its answer
     */
    public void carriedOut(OperationClass what, long queueNanos, long serviceNanos) {
        OfClass times = classes[what.ordinal()];
        if (times == null) {
            times = new OfClass();
            classes[what.ordinal()] = times;
        }
        times.queue.note(queueNanos);
        times.service.note(serviceNanos);
    }

    /** Data for the initiator, off the medium. */
    public void read(long bytes) {
        Counter.add(numbers, BYTES_OUT, bytes);
    }

    /** Data of the initiator, for the medium. */
    public void written(long bytes) {
        Counter.add(numbers, BYTES_IN, bytes);
    }

    /** A command has not ended well. Not of the data path: it may allocate. */
    public void failed(CommandFailure how) {
        LongAdder count = failures.get(how);
        if (count == null) {
            if (failures.size() >= FAILURES_MAX) {
                return;
            }
            count = failures.computeIfAbsent(how, any -> new LongAdder());
        }
        count.increment();
    }

    /** What it says now. */
    public LoadFigures figures() {
        // First what has ended, so that what came meanwhile counts as outstanding and never as less than nothing.
        long ended = Counter.get(numbers, ENDED);
        LoadFigures.Builder figures = new LoadFigures.Builder();
        for (OperationClass each : CLASSES) {
            OfClass times = classes[each.ordinal()];
            if (times != null) {
                figures.times(each, times.queue.durations(), times.service.durations());
            }
        }
        Map<CommandFailure, Long> failed = new HashMap<>();
        failures.forEach((how, count) -> failed.put(how, count.sum()));
        return figures.bytes(Counter.get(numbers, BYTES_OUT), Counter.get(numbers, BYTES_IN))
                .aborted(Counter.get(numbers, ABORTED))
                .outstanding(Math.max(0, Counter.get(numbers, BEGUN) - ended))
                .failures(failed)
                .build();
    }
}
