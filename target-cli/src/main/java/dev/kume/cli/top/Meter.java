package dev.kume.cli.top;

/**
 * What is counted of a disk, a session or a node, since it began.
 *
 * @param id    what it stays known by
 * @param name  for people
 * @param about the last column: who owns the disk, where the session goes, what the node owns
 * @param depth commands under way now
 * @param queue how long commands waited for the disk's turn
 * @param service how long the disk took
 */
public record Meter(
        String id,
        String name,
        String about,
        long reads,
        long writes,
        long readBytes,
        long writtenBytes,
        long errors,
        long depth,
        Latency queue,
        Latency service) {
    /** Both together; who and what it is stays this one's. */
    public Meter plus(Meter other) {
        return new Meter(
                id,
                name,
                about,
                reads + other.reads,
                writes + other.writes,
                readBytes + other.readBytes,
                writtenBytes + other.writtenBytes,
                errors + other.errors,
                depth + other.depth,
                queue.plus(other.queue),
                service.plus(other.service));
    }

    public Meter about(String other) {
        return new Meter(id, name, other, reads, writes, readBytes, writtenBytes, errors, depth, queue, service);
    }

    /** True when something counted less than before: the daemon has started anew, or this is another one. */
    boolean beganAfter(Meter before) {
        return reads < before.reads
                || writes < before.writes
                || readBytes < before.readBytes
                || writtenBytes < before.writtenBytes
                || errors < before.errors
                || service.count() < before.service.count();
    }
}
