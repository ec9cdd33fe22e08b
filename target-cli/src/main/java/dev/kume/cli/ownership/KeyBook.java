package dev.kume.cli.ownership;

import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationHistory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which node had which reservation key, so that a key has a node's name also when its registration is gone, its session
 * has ended, or the node has come back under another initiator name. Learned from registrations and from what is
 * remembered of them; bounded, the key that was not seen the longest goes first. Thread safe.
 */
public final class KeyBook {
    private final int keysPerCluster;
    private final Map<String, LinkedHashMap<Seen, String>> clusters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** What was looked at last, by cluster and disk: a look at the same again teaches nothing. */
    private final Map<String, Look> looks = new HashMap<>();

    private long changes;

    /** @param keysPerCluster the most that is remembered of one cluster */
    public KeyBook(int keysPerCluster) {
        this.keysPerCluster = keysPerCluster;
    }

    private record Seen(long key, String initiator) {}

    private record Look(PersistentReservations reservations, ReservationHistory history, ClusterRecord cluster) {}

    /**
     * A key that was seen.
     *
     * @param cluster   the name of the cluster
     * @param key       RESERVATION KEY
     * @param initiator the name it was registered by
     * @param node      the node that had this name then
     */
    public record Entry(String cluster, long key, String initiator, String node) {}

    /** Whose keys were whose, at one moment. */
    public record Keys(Map<Long, List<String>> nodes) {
        /** A cluster of which nothing is remembered. */
        public static final Keys NONE = new Keys(Map.of());

        /** The nodes that had this key, each once; none when it is a stranger's. */
        public List<String> of(long key) {
            return nodes.getOrDefault(key, List.of());
        }
    }

    /** Takes back what was written down. */
    public synchronized void restore(Collection<Entry> entries) {
        for (Entry entry : entries) {
            note(entry.cluster(), new Seen(entry.key(), entry.initiator()), entry.node());
        }
        changes = 0;
    }

    /** Learns the keys of one disk of a cluster. */
    public synchronized void learn(
            ClusterRecord cluster, String disk, PersistentReservations reservations, ReservationHistory history) {
        Look look = new Look(reservations, history, cluster);
        if (look.equals(looks.put(place(cluster, disk), look))) {
            return;
        }
        for (ReservationEvent event : history.events()) {
            event.removed().forEach(each -> learn(cluster, each));
            if (event.by() != null && Hosts.own(event.by()) && registers(event.cause()) && event.actionKey() != 0) {
                learn(cluster, event.actionKey(), event.by().initiatorName());
            }
        }
        reservations.registrations().forEach(each -> learn(cluster, each));
    }

    private static boolean registers(Cause cause) {
        return cause == Cause.REGISTER || cause == Cause.REGISTER_AND_IGNORE_EXISTING_KEY;
    }

    private void learn(ClusterRecord cluster, Registration registration) {
        if (!Hosts.own(registration.nexus())) {
            return;
        }
        learn(cluster, registration.key(), registration.nexus().initiatorName());
    }

    private void learn(ClusterRecord cluster, long key, String initiator) {
        ClusterNode node = cluster.nodeOf(initiator);
        if (node != null) {
            note(cluster.name(), new Seen(key, initiator), node.name());
        }
    }

    private void note(String cluster, Seen seen, String node) {
        LinkedHashMap<Seen, String> known = clusters.computeIfAbsent(cluster, any -> new LinkedHashMap<>());
        String before = known.remove(seen);
        known.put(seen, node);
        if (!node.equals(before)) {
            changes++;
        }
        if (known.size() > keysPerCluster) {
            known.pollFirstEntry();
        }
    }

    /** Forgets clusters that are no more. */
    public synchronized void keep(Collection<ClusterRecord> there) {
        TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> disks = new HashSet<>();
        for (ClusterRecord cluster : there) {
            names.add(cluster.name());
            cluster.disks().forEach(disk -> disks.add(place(cluster, disk.disk())));
        }
        looks.keySet().retainAll(disks);
        if (clusters.keySet().retainAll(names)) {
            changes++;
        }
    }

    private static String place(ClusterRecord cluster, String disk) {
        return cluster.name() + "/" + disk;
    }

    /** What is known of a cluster: by the name that a node has now where its initiator name is still one's. */
    public synchronized Keys keys(ClusterRecord cluster) {
        Map<Long, List<String>> nodes = new HashMap<>();
        clusters.getOrDefault(cluster.name(), new LinkedHashMap<>()).forEach((seen, name) -> {
            ClusterNode node = cluster.nodeOf(seen.initiator());
            List<String> of = nodes.computeIfAbsent(seen.key(), any -> new ArrayList<>());
            String now = node == null ? name : node.name();
            if (!of.contains(now)) {
                of.add(now);
            }
        });
        return new Keys(nodes);
    }

    /** All, by cluster, the key seen last at the end. */
    public synchronized List<Entry> list() {
        List<Entry> all = new ArrayList<>();
        clusters.forEach((cluster, known) ->
                known.forEach((seen, node) -> all.add(new Entry(cluster, seen.key(), seen.initiator(), node))));
        return all;
    }

    /** Grows when there is something new to write down. */
    public synchronized long changes() {
        return changes;
    }
}
