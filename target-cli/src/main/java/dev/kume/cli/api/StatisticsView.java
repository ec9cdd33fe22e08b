package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, since the daemon started or since the thing that it is counted of began. Clients make rates of it,
 * from one answer to the next. Of what names a session, a target or a node, that is what its initiators did in all
 * their sessions.
 *
 * @param upNanos  how long the daemon has been up, by the clock that never goes back: the time of this look
 * @param disks    by name
 * @param sessions by id; without those of discovery
 * @param targets  by name; only those that initiators have used
 * @param nodes    by name; initiators that are no node of a cluster by their iSCSI names
 * @param server   the daemon as a whole
 */
public record StatisticsView(
        long upNanos, List<Disk> disks, List<Session> sessions, List<Target> targets, List<Node> nodes, Server server) {
    public StatisticsView {
        disks = Lists.orEmpty(disks);
        sessions = Lists.orEmpty(sessions);
        targets = Lists.orEmpty(targets);
        nodes = Lists.orEmpty(nodes);
    }

    /**
     * One disk.
     *
     * @param reservationChanges changes of its persistent reservations and registrations
     * @param fences             how long it took until those that were fenced off could not reach the disk any more
     * @param quiesces           how long the disk took to come to rest, for a reset or to go offline
     */
    public record Disk(String disk, Counts counts, long reservationChanges, Times fences, Times quiesces) {}

    /**
     * One session.
     *
     * @param initiator its iSCSI name
     * @param isid      12 hexadecimal digits
     * @param targetIqn the target's iSCSI name
     * @param portal    the address and port that it came in by
     */
    public record Session(long id, String initiator, String isid, String targetIqn, String portal, Counts counts) {}

    /** One target. */
    public record Target(String targetIqn, Counts counts) {}

    /**
     * One host.
     *
     * @param node    the name of the node, or the iSCSI name of an initiator that is none
     * @param cluster null for an initiator that is no node
     */
    public record Node(String node, @Nullable String cluster, Counts counts) {}

    /**
     * What was done.
     *
     * @param reads        commands that read the medium
     * @param writes       commands that write it
     * @param readBytes    sent to initiators
     * @param writtenBytes taken from initiators
     * @param errors       commands that failed: for what is wrong with the disk or the daemon, and not with the command
     * @param outstanding  commands under way now
     * @param queue        how long commands that use the medium waited until work on them began
     * @param service      how long they took from then on
     * @param aborted      commands that ended without an answer
     * @param operations   by class of operation, each by its name in small letters
     * @param failures     all that did not end in GOOD, by what the initiator was told
     */
    public record Counts(
            long reads,
            long writes,
            long readBytes,
            long writtenBytes,
            long errors,
            long outstanding,
            Times queue,
            Times service,
            long aborted,
            List<Operation> operations,
            List<Failure> failures) {
        public Counts {
            operations = Lists.orEmpty(operations);
            failures = Lists.orEmpty(failures);
        }
    }

    /**
     * The commands of one class, with what so many percent of them did not exceed.
     *
     * @param queueNanos   all together
     * @param serviceNanos all together
     */
    public record Operation(
            String operation,
            long count,
            long queueNanos,
            long queueP50Nanos,
            long queueP99Nanos,
            long serviceNanos,
            long serviceP50Nanos,
            long serviceP99Nanos) {}

    /**
     * Commands that did not end in GOOD.
     *
     * @param status as {@code CHECK CONDITION}
     * @param sense  key, additional sense code and qualifier, as {@code 3/11/00}; null for another status
     */
    public record Failure(String status, @Nullable String sense, long count) {}

    /**
     * How long things took.
     *
     * @param count   so many
     * @param nanos   all together
     * @param buckets how many took how long, the shortest first; empty when there was none
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

    /**
     * The daemon as a whole.
     *
     * @param sessions         of targets
     * @param connections      that are open, logged in or not
     * @param logins           by how they ended; those that never happened are left out
     * @param dataBytes        memory of data on its way between initiators and disks
     * @param dataBytesMax     its bound
     * @param diskThreadsBusy  threads that work for a disk
     * @param diskThreadsMax   their bound
     * @param diskJobsWaiting  disks that wait for a thread
     */
    public record Server(
            int sessions,
            int connections,
            List<Login> logins,
            long dataBytes,
            long dataBytesMax,
            int diskThreadsBusy,
            int diskThreadsMax,
            int diskJobsWaiting) {
        public Server {
            logins = Lists.orEmpty(logins);
        }
    }

    /**
     * Logins that ended in one way.
     *
     * @param status class and detail of the login response, as {@code 2/03}
     * @param result the same in words
     */
    public record Login(String status, String result, long count) {}
}
