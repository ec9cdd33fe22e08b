package dev.kume.cli.timeline;

import dev.kume.cli.journal.JournalEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All times known at which the nodes read and wrote one disk. */
final class AccessTimes {
    private final Map<String, NavigableSet<Instant>> reads = new HashMap<>();
    private final Map<String, NavigableSet<Instant>> writes = new HashMap<>();

    void add(String node, JournalEvent.LastAccess access) {
        add(reads, node, access.read());
        add(writes, node, access.write());
    }

    void add(String node, JournalEvent.FirstAccess access) {
        add(access.write() ? writes : reads, node, access.at());
    }

    private static void add(Map<String, NavigableSet<Instant>> times, String node, @Nullable Instant at) {
        if (at != null) {
            times.computeIfAbsent(node, ignored -> new TreeSet<>()).add(at);
        }
    }

    Set<String> writers() {
        return writes.keySet();
    }

    /** The last read or write of a node up to a moment; null when none is known. */
    @Nullable
    Instant last(String node, Instant upTo) {
        Instant read = of(reads, node).floor(upTo);
        Instant write = of(writes, node).floor(upTo);
        return read == null || (write != null && write.isAfter(read)) ? write : read;
    }

    @Nullable
    Instant lastWrite(String node, Instant upTo) {
        return of(writes, node).floor(upTo);
    }

    /** The first write of a node between two moments; null when none is known. */
    @Nullable
    Instant firstWrite(String node, Instant from, Instant to) {
        return first(writes, node, from, to);
    }

    @Nullable
    Instant firstRead(String node, Instant from, Instant to) {
        return first(reads, node, from, to);
    }

    private static @Nullable Instant first(
            Map<String, NavigableSet<Instant>> times, String node, Instant from, Instant to) {
        Instant first = of(times, node).ceiling(from);
        return first == null || first.isAfter(to) ? null : first;
    }

    private static NavigableSet<Instant> of(Map<String, NavigableSet<Instant>> times, String node) {
        return times.getOrDefault(node, new TreeSet<>());
    }
}
