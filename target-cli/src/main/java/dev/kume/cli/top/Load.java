package dev.kume.cli.top;

/**
 * What something does now: its rates between two looks. A number that is not known yet is not a number.
 *
 * @param errors since the first look
 */
public record Load(
        String id,
        String name,
        String about,
        double readsPerSecond,
        double writesPerSecond,
        double readBytesPerSecond,
        double writtenBytesPerSecond,
        double queueMillis,
        double serviceMillis,
        double percentile99Millis,
        long depth,
        long errors) {
    private static final int PERCENTILE = 99;

    /** Between two looks at the same thing. */
    static Load between(Meter before, Meter now, double seconds, long errors) {
        Latency queue = now.queue().since(before.queue());
        Latency service = now.service().since(before.service());
        return new Load(
                now.id(),
                now.name(),
                now.about(),
                (now.reads() - before.reads()) / seconds,
                (now.writes() - before.writes()) / seconds,
                (now.readBytes() - before.readBytes()) / seconds,
                (now.writtenBytes() - before.writtenBytes()) / seconds,
                queue.meanMillis(),
                service.meanMillis(),
                service.percentileMillis(PERCENTILE),
                now.depth(),
                errors);
    }

    /** Of something that is seen for the first time, or has begun to count anew. */
    static Load unknown(Meter now, long errors) {
        double nan = Double.NaN;
        return new Load(now.id(), now.name(), now.about(), nan, nan, nan, nan, nan, nan, nan, now.depth(), errors);
    }

    public double commandsPerSecond() {
        return readsPerSecond + writesPerSecond;
    }

    public double bytesPerSecond() {
        return readBytesPerSecond + writtenBytesPerSecond;
    }

    /** Waiting and service together. */
    public double latencyMillis() {
        return Double.isNaN(queueMillis) ? serviceMillis : queueMillis + serviceMillis;
    }
}
