package dev.kume.core.measure;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * What commands came to, of one nexus, one disk or whatever they are summed up by.
 *
 * @param queue        how long commands waited until work on them began; without a class there was none
 * @param service      how long they took from then on
 * @param readBytes    off the medium, for initiators
 * @param writtenBytes of initiators, for the medium
 * @param aborted      commands that ended without an answer
 * @param outstanding  commands that have come and not ended
 * @param failures     commands by the way in which they did not end well
 */
public record LoadFigures(
        Map<OperationClass, Durations> queue,
        Map<OperationClass, Durations> service,
        long readBytes,
        long writtenBytes,
        long aborted,
        long outstanding,
        Map<CommandFailure, Long> failures) {
    public static final LoadFigures NONE = new Builder().build();

    public LoadFigures {
        queue = Map.copyOf(queue);
        service = Map.copyOf(service);
        failures = Map.copyOf(failures);
    }

    /** Commands of this class that were begun and have ended. */
    public long commands(OperationClass of) {
        return service.getOrDefault(of, Durations.NONE).count();
    }

    public LoadFigures plus(LoadFigures other) {
        Map<OperationClass, Durations> queues = new EnumMap<>(OperationClass.class);
        Map<OperationClass, Durations> services = new EnumMap<>(OperationClass.class);
        for (LoadFigures each : new LoadFigures[] {this, other}) {
            each.queue.forEach((of, times) -> queues.merge(of, times, Durations::plus));
            each.service.forEach((of, times) -> services.merge(of, times, Durations::plus));
        }
        Map<CommandFailure, Long> failed = new HashMap<>(failures);
        other.failures.forEach((how, count) -> failed.merge(how, count, Long::sum));
        return new LoadFigures(
                queues,
                services,
                readBytes + other.readBytes,
                writtenBytes + other.writtenBytes,
                aborted + other.aborted,
                outstanding + other.outstanding,
                failed);
    }

    /** The same without what is not summed up but is now: nothing is under way any more. */
    public LoadFigures over() {
        return new LoadFigures(queue, service, readBytes, writtenBytes, aborted, 0, failures);
    }

    /** Collects figures. */
    static final class Builder {
        private final Map<OperationClass, Durations> queue = new EnumMap<>(OperationClass.class);
        private final Map<OperationClass, Durations> service = new EnumMap<>(OperationClass.class);
        private long readBytes;
        private long writtenBytes;
        private long aborted;
        private long outstanding;
        private Map<CommandFailure, Long> failures = Map.of();

        Builder times(OperationClass of, Durations queued, Durations served) {
            queue.put(of, queued);
            service.put(of, served);
            return this;
        }

        Builder bytes(long read, long written) {
            readBytes = read;
            writtenBytes = written;
            return this;
        }

        Builder aborted(long commands) {
            aborted = commands;
            return this;
        }

        Builder outstanding(long commands) {
            outstanding = commands;
            return this;
        }

        Builder failures(Map<CommandFailure, Long> commands) {
            failures = commands;
            return this;
        }

        LoadFigures build() {
            return new LoadFigures(queue, service, readBytes, writtenBytes, aborted, outstanding, failures);
        }
    }
}
