package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster stands at one moment: who is connected, who owns what, and what to do about what is wrong.
 *
 * @param cluster its name
 * @param health  one of the words below
 * @param reasons why it is that word, the worst first
 * @param at      the moment
 * @param portals where its nodes can connect
 * @param nodes   in the order of the cluster
 * @param disks   in the order of the cluster
 * @param advice  what is wrong or worth knowing, the worst first, each with a remedy
 */
public record ClusterStatusView(
        String cluster,
        String health,
        List<String> reasons,
        Instant at,
        List<Portal> portals,
        List<Node> nodes,
        List<Disk> disks,
        List<Advice> advice) {
    /** Nothing is wrong. */
    public static final String HEALTHY = "healthy";

    /** It works, and something that should help when the next thing fails is missing. */
    public static final String DEGRADED = "degraded";

    /** Something does not work now. */
    public static final String FAILED = "failed";

    /** No node has registered with any of its disks yet. */
    public static final String UNFORMED = "unformed";

    public ClusterStatusView {
        reasons = Lists.orEmpty(reasons);
        portals = Lists.orEmpty(portals);
        nodes = Lists.orEmpty(nodes);
        disks = Lists.orEmpty(disks);
        advice = Lists.orEmpty(advice);
    }

    /**
     * An address on which the nodes' targets can be reached.
     *
     * @param name    of the portal in {@code kume.yaml}
     * @param address without the port
     * @param port    TCP
     * @param network the network of that address, such as {@code 192.168.10.0/24}; null when the host does not say
     */
    public record Portal(
            String name, String address, int port, @Nullable String network) {}

    /**
     * A node.
     *
     * @param name      in the cluster
     * @param iqns      its initiator names
     * @param target    the name of the target that it logs in to
     * @param targetIqn that target's iSCSI name
     * @param state     one of the words below
     * @param paths     its sessions with that target, by id
     * @param addresses where it is connected from, else where it was last seen
     * @param lastSeen  now when it is connected, else when it last tried; null when it has never been seen
     * @param lastRead  of any disk of the cluster; null when none is remembered
     * @param lastWrite of any disk of the cluster; null when none is remembered
     * @param refusal   why its last login was refused; null when it was not
     * @param chapUsers the user names by which it proves itself; none when it need not
     */
    public record Node(
            String name,
            List<String> iqns,
            String target,
            String targetIqn,
            String state,
            List<Path> paths,
            List<String> addresses,
            @Nullable Instant lastSeen,
            @Nullable Instant lastRead,
            @Nullable Instant lastWrite,
            @Nullable String refusal,
            List<String> chapUsers) {
        public static final String CONNECTED = "connected";

        /** It has been logged in, or has looked for targets, and is not there now. */
        public static final String AWAY = "away";

        /** It tried and was not let in. */
        public static final String REFUSED = "refused";

        public static final String NEVER_SEEN = "never seen";

        public Node {
            iqns = Lists.orEmpty(iqns);
            paths = Lists.orEmpty(paths);
            addresses = Lists.orEmpty(addresses);
            chapUsers = Lists.orEmpty(chapUsers);
        }
    }

    /**
     * A session of a node with its target.
     *
     * @param session    its id
     * @param initiator  the initiator name that it came under
     * @param isid       12 hexadecimal digits
     * @param address    where it comes from, with the port
     * @param portal     the address and port it came in by
     * @param portalName of that portal; null when it is gone
     * @param network    the network that both ends are on; null when they are not on one
     * @param since      when it logged in
     */
    public record Path(
            long session,
            String initiator,
            String isid,
            String address,
            String portal,
            @Nullable String portalName,
            @Nullable String network,
            Instant since) {}

    /**
     * A disk.
     *
     * @param name          of the disk
     * @param role          {@code witness}, {@code data} or {@code csv}
     * @param lun           in the targets of all nodes
     * @param size          for people
     * @param sizeBytes     the same
     * @param serial        as hosts read it
     * @param naa           as hosts read it, 32 hexadecimal digits
     * @param vendor        as hosts read it
     * @param product       as hosts read it
     * @param offlineReason why it is offline; null when it is not
     * @param owner         who holds it; null when nobody does
     * @param nodes         how each node stands with it, in the order of the cluster
     * @param strangers     registered nexuses of no node
     * @param lastChange    what was last done to its reservation; null when nothing is remembered
     */
    public record Disk(
            String name,
            String role,
            int lun,
            String size,
            long sizeBytes,
            String serial,
            String naa,
            String vendor,
            String product,
            @Nullable String offlineReason,
            @Nullable Owner owner,
            List<Share> nodes,
            List<Stranger> strangers,
            @Nullable Change lastChange) {
        public Disk {
            nodes = Lists.orEmpty(nodes);
            strangers = Lists.orEmpty(strangers);
        }
    }

    /**
     * Who holds a disk, by its reservation. Of a cluster shared volume it is the coordinator.
     *
     * @param node      null when the holder is of no node and its key was never one's
     * @param initiator the holder's initiator name
     * @param isid      12 hexadecimal digits
     * @param key       16 hexadecimal digits; null of the old RESERVE
     * @param type      {@code write exclusive, registrants only} and so on
     * @param code      TYPE, such as 5; 0 of the old RESERVE
     * @param since     when it came to hold the disk; null of the old RESERVE
     * @param connected the node has a session now
     * @param byKey     true when the node is known by the key alone, which it had under another initiator name
     */
    public record Owner(
            @Nullable String node,
            String initiator,
            String isid,
            @Nullable String key,
            String type,
            int code,
            @Nullable Instant since,
            boolean connected,
            boolean byKey) {}

    /**
     * How a node stands with a disk.
     *
     * @param node       its name
     * @param state      one of the words below
     * @param paths      its sessions now
     * @param registered those of them that are registered
     * @param missing    where those come from that should be and are not: {@code 192.168.10.11 by 192.168.10.1:3260}
     * @param stale      its registrations without a session, while it has other sessions
     * @param keys       its keys, each once, 16 hexadecimal digits
     * @param lastRead   null when none is remembered
     * @param lastWrite  null when none is remembered
     */
    public record Share(
            String node,
            String state,
            int paths,
            int registered,
            List<String> missing,
            int stale,
            List<String> keys,
            @Nullable Instant lastRead,
            @Nullable Instant lastWrite) {
        /** Registered on all its paths. */
        public static final String COMPLETE = "complete";

        /** Not registered on a path on which it should be. */
        public static final String MISSING = "missing";

        /** Registered on all its paths, and with what is left of an earlier session as well. */
        public static final String STALE = "stale";

        /** Registered, and not connected. */
        public static final String AWAY = "away";

        /** Not registered, and need not be. */
        public static final String NONE = "none";

        public Share {
            missing = Lists.orEmpty(missing);
            keys = Lists.orEmpty(keys);
        }
    }

    /**
     * A registered nexus of no node.
     *
     * @param key       16 hexadecimal digits
     * @param node      the node that once had this key, under another name; null when none had
     * @param connected a session of it is logged in now
     * @param holder    it holds the disk
     */
    public record Stranger(
            String initiator, String key, @Nullable String node, boolean connected, boolean holder) {}

    /**
     * What was last done to a reservation.
     *
     * @param by     the node, or the initiator name of a stranger, or {@code administrator}
     * @param action service action, such as {@code PREEMPT AND ABORT}
     * @param from   the nodes whose registrations it removed, by name or by their keys
     */
    public record Change(Instant at, String by, String action, List<String> from) {
        public Change {
            from = Lists.orEmpty(from);
        }
    }

    /**
     * Something to know, and what to do about it.
     *
     * @param level  one of the words below
     * @param about  {@code node hv-node2}, {@code disk vms} or {@code cluster HV}
     * @param text   a sentence without its full stop
     * @param remedy what to do
     */
    public record Advice(String level, String about, String text, String remedy) {
        /** It makes the cluster {@link #FAILED}. */
        public static final String PROBLEM = "problem";

        /** It makes the cluster {@link #DEGRADED}. */
        public static final String WARNING = "warning";

        /** It changes nothing. */
        public static final String NOTE = "note";
    }
}
