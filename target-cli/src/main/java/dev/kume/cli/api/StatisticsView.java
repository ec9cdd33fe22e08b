package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, since the daemon started or since the thing that it is counted of began. Clients make rates of it,
 * from one answer to the next.
 *
 * @param disks    by name
 * @param sessions by id; without those of discovery
 */
public record StatisticsView(List<Disk> disks, List<Session> sessions) {
    public StatisticsView {
        disks = Lists.orEmpty(disks);
        sessions = Lists.orEmpty(sessions);
    }

    /** One disk. */
    public record Disk(String disk, Counts counts) {}

    /**
     * One session.
     *
     * @param initiator its iSCSI name
     * @param targetIqn the target's iSCSI name
     * @param portal    the address and port that it came in by
     */
    public record Session(long id, String initiator, String targetIqn, String portal, Counts counts) {}

    /**
     * What was done.
     *
     * @param reads        commands that read the medium
     * @param writes       commands that write it
     * @param readBytes    sent to initiators
     * @param writtenBytes taken from initiators
     * @param errors       commands that ended in CHECK CONDITION for a failure
     * @param outstanding  commands under way now
     * @param queue        how long commands waited for the disk's turn
     * @param service      how long the disk took
     */
    public record Counts(
            long reads,
            long writes,
            long readBytes,
            long writtenBytes,
            long errors,
            long outstanding,
            Times queue,
            Times service) {}

    /**
     * How long things took.
     *
     * @param count   so many
     * @param nanos   all together
     * @param buckets how many took how long, the shortest first
     */
    public record Times(long count, long nanos, List<Bucket> buckets) {
        public Times {
            buckets = Lists.orEmpty(buckets);
        }
    }

    /**
     * Those that took no longer than this, and longer than the bucket before has.
     *
     * @param upToNanos null for all that took longer than any other bucket has
     */
    public record Bucket(@Nullable Long upToNanos, long count) {}
}
