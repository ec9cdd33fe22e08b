package dev.kume.cli.journal;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.NexusActivity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who has read and written a disk last, and first after its owner changed. Confined to the journal's thread. */
final class AccessWatch {
    /** Who has written nothing for so long has not been waiting for it. */
    private static final Duration WATCH = Duration.ofMinutes(15);

    private final ServerSight sight;
    private final Consumer<JournalEvent> journal;

    /** The last access of each nexus that is written down already, by the clock that never goes back. */
    private final Map<UUID, Map<ITNexus, Long>> written = new HashMap<>();

    private final Map<UUID, Watch> watches = new HashMap<>();

    private record Watch(Instant since, Set<String> readers, Set<String> writers) {}

    AccessWatch(ServerSight sight, Consumer<JournalEvent> journal) {
        this.sight = sight;
        this.journal = journal;
    }

    /** Forgets all other disks. */
    void keep(Set<UUID> disks) {
        written.keySet().retainAll(disks);
        watches.keySet().retainAll(disks);
    }

    /** Writes down the last access of these initiators, where it is not yet. */
    void last(UUID disk, Instant now, Collection<String> initiators) {
        last(disk, now, initiators::contains);
    }

    void last(UUID disk, Instant now, Predicate<String> initiators) {
        first(disk, initiators);
        Map<ITNexus, Long> before = written.getOrDefault(disk, Map.of());
        Map<ITNexus, Long> after = new HashMap<>();
        for (NexusActivity each : sight.activity(disk)) {
            ITNexus nexus = each.nexus();
            Long known = before.get(nexus);
            long last = each.lastNanos();
            if (initiators.test(nexus.initiatorName())
                    && last != NexusActivity.Access.NEVER
                    && (known == null || known != last)) {
                Instant read = each.reads().last();
                Instant write = each.writes().last();
                journal.accept(new JournalEvent.LastAccess(now, disk, nexus, read, write));
                after.put(nexus, last);
            } else if (known != null) {
                after.put(nexus, known);
            }
        }
        written.put(disk, after);
    }

    /** The owner of a disk has changed: from now on each node's first access is of interest. */
    void watch(UUID disk, Instant since) {
        watches.put(disk, new Watch(since, new HashSet<>(), new HashSet<>()));
    }

    /** Writes down what has come for the first time. */
    void look(Instant now, Set<String> initiators) {
        watches.keySet().forEach(disk -> first(disk, initiators::contains));
        watches.values().removeIf(watch -> watch.since().plus(WATCH).isBefore(now));
    }

    private void first(UUID disk, Predicate<String> initiators) {
        Watch watch = watches.get(disk);
        if (watch == null) {
            return;
        }
        Map<String, JournalEvent.FirstAccess> reads = new HashMap<>();
        Map<String, JournalEvent.FirstAccess> writes = new HashMap<>();
        for (NexusActivity each : sight.activity(disk)) {
            if (initiators.test(each.nexus().initiatorName())) {
                first(disk, each, each.reads().since(), watch, watch.readers(), reads, false);
                first(disk, each, each.writes().since(), watch, watch.writers(), writes, true);
            }
        }
        reads.values().forEach(journal);
        writes.values().forEach(journal);
        watch.readers().addAll(reads.keySet());
        watch.writers().addAll(writes.keySet());
    }

    /** Of several paths of a node the first one counts. */
    private static void first(
            UUID disk,
            NexusActivity activity,
            @Nullable Instant since,
            Watch watch,
            Set<String> seen,
            Map<String, JournalEvent.FirstAccess> found,
            boolean write) {
        String initiator = activity.nexus().initiatorName();
        if (since != null && !since.isBefore(watch.since()) && !seen.contains(initiator)) {
            found.merge(
                    initiator,
                    new JournalEvent.FirstAccess(since, disk, activity.nexus(), write),
                    (one, other) -> one.at().isAfter(other.at()) ? other : one);
        }
    }
}
