package dev.kume.cli.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Whether hosts write one disk side by side, told from the times of their writes. One thread.
 *
 * <p>A disk that goes from one host to another has writes of the first, then writes of the second: that is a failover,
 * and no matter how near the two are. Two hosts are side by side when one has written, then the other, and then the
 * first again, all within a minute.
 */
final class WriteTurns {
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Of one disk; the oldest are forgotten first. */
    private static final int EVENTS_MAX = 512;

    /**
     * What is known of one host's writes when somebody looks.
     *
     * @param sinceNanos where the burst began that the last one belongs to
     */
    record Write(String host, long sinceNanos, long lastNanos) {}

    private record Event(String host, long nanos) {}

    /** By time. */
    private final List<Event> events = new ArrayList<>();

    /** The last write of each host that has been looked at. */
    private final Map<String, Long> seen = new HashMap<>();

    /** When each host was first seen to write, for who came first. */
    private final Map<String, Long> first = new HashMap<>();

    /** What was written until now is no evidence; who came first is known of it. */
    void forget(List<Write> until) {
        events.clear();
        seen.clear();
        until.forEach(write -> {
            first.putIfAbsent(write.host(), write.sinceNanos());
            see(write);
        });
    }

    /** What was written until now was under a reservation: nobody came first. */
    void forgetAll(List<Write> until) {
        events.clear();
        seen.clear();
        first.clear();
        until.forEach(this::see);
    }

    private void see(Write write) {
        seen.merge(write.host(), write.lastNanos(), (one, other) -> one - other > 0 ? one : other);
    }

    /** Only these are there now; of the others nothing is kept. */
    void keep(Set<String> hosts) {
        first.keySet().retainAll(hosts);
        seen.keySet().retainAll(hosts);
        events.removeIf(event -> !hosts.contains(event.host()));
    }

    /** Takes in what there is; a host that has several paths may be there more than once. */
    void saw(List<Write> writes, long nowNanos) {
        Map<String, Long> before = Map.copyOf(seen);
        for (Write write : writes) {
            first.putIfAbsent(write.host(), write.sinceNanos());
            Long last = before.get(write.host());
            if (last == null || write.sinceNanos() - last > 0) {
                events.add(new Event(write.host(), write.sinceNanos()));
            }
            if (last == null || write.lastNanos() - last > 0) {
                events.add(new Event(write.host(), write.lastNanos()));
            }
            see(write);
        }
        events.sort((one, other) -> Long.compare(one.nanos() - other.nanos(), 0));
        events.removeIf(event -> nowNanos - event.nanos() > WINDOW_NANOS);
        if (events.size() > EVENTS_MAX) {
            events.subList(0, events.size() - EVENTS_MAX).clear();
        }
    }

    /** Hosts that have written side by side in the last minute, who wrote first first; none when all took turns. */
    List<String> sideBySide() {
        Set<String> hosts = new LinkedHashSet<>();
        Map<String, Integer> lastAt = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            Integer before = lastAt.put(event.host(), i);
            for (int between = before == null ? i : before + 1; between < i; between++) {
                Event other = events.get(between);
                if (other.nanos() - events.get(before).nanos() > 0 && event.nanos() - other.nanos() > 0) {
                    hosts.add(event.host());
                    hosts.add(other.host());
                }
            }
        }
        return hosts.stream()
                .sorted((one, other) -> Long.compare(firstOf(one) - firstOf(other), 0))
                .toList();
    }

    private long firstOf(String host) {
        return first.getOrDefault(host, 0L);
    }
}
