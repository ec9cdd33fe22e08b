package dev.kume.cli.guard;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarms;
import dev.kume.core.volume.Volume;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks after one disk that several hosts may write: two that write one file system side by side, while nobody has
 * reserved the disk, do not know of each other. Looked at by one thread, about once a second; asked by others.
 */
final class WriterGuard {
    /** What lies on a disk is read again after this, when it still matters. */
    private static final long VOLUMES_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final WatchedDisk disk;
    private final Alarms alarms;
    private final Alarm.Key key;
    private final WriteTurns turns = new WriteTurns();
    private Object reservations;

    /** What was found last; null before that. Written by a disk thread. */
    private volatile @Nullable List<Volume> volumes;

    private boolean asked;
    private long askedNanos;

    /** Those of the alarm that stands, who wrote first first; empty when none does. Guarded by this. */
    private List<String> writers = List.of();

    private Set<String> frozen = Set.of();

    /** Those that an administrator has let write side by side, until one of them leaves. Guarded by this. */
    private Set<String> thawed = Set.of();

    WriterGuard(UUID id, WatchedDisk disk, Alarms alarms) {
        this.disk = disk;
        this.alarms = alarms;
        this.key = Alarm.Key.disk(Alarm.Kind.UNRESERVED_WRITERS, id);
        this.reservations = disk.reservations();
    }

    /** Looks what has been written since the last time. */
    synchronized void look(UnreservedWriters mode, long nowNanos) {
        Set<String> hosts = new HashSet<>(disk.hosts());
        List<WriteTurns.Write> writes = disk.writes().stream()
                .filter(write -> hosts.contains(write.host()))
                .toList();
        Object now = disk.reservations();
        boolean changed = reservations != now;
        reservations = now;
        turns.keep(hosts);
        if (!hosts.containsAll(thawed)) {
            thawed = Set.of();
        }
        if (mode == UnreservedWriters.IGNORE || !disk.isShared() || disk.isReserved()) {
            turns.forgetAll(writes);
            over();
        } else if (hosts.size() < 2) {
            turns.forget(writes);
            over();
        } else {
            if (changed) {
                // Somebody registers, or has given the disk back a moment ago: who knows under what it was written?
                turns.forget(writes);
            } else {
                turns.saw(writes, nowNanos);
            }
            decide(mode, hosts, nowNanos);
        }
    }

    private void decide(UnreservedWriters mode, Set<String> hosts, long nowNanos) {
        List<String> sideBySide = turns.sideBySide();
        boolean holds = !frozen.isEmpty() && hosts.containsAll(writers);
        if (sideBySide.isEmpty() && !holds) {
            over();
            return;
        }
        if (!asked || nowNanos - askedNanos > VOLUMES_NANOS) {
            asked = true;
            askedNanos = nowNanos;
            if (writers.isEmpty()) {
                volumes = null; // Another file system may be there by now.
            }
            disk.findVolumes(found -> volumes = List.copyOf(found));
        }
        List<Volume> found = volumes;
        if (found == null) {
            return; // A disk thread is reading; the next look knows.
        }
        if (!isForOneHost(found)) {
            over();
            return;
        }
        if (!sideBySide.isEmpty()) {
            List<String> all = new ArrayList<>(holds ? writers : List.of());
            sideBySide.stream().filter(host -> !all.contains(host)).forEach(all::add);
            writers = List.copyOf(all);
        }
        freeze(mode == UnreservedWriters.FREEZE && !thawed.containsAll(writers) ? others(writers) : Set.of());
        tell(found);
    }

    /** All but the one that wrote first. */
    private static Set<String> others(List<String> writers) {
        return Set.copyOf(writers.subList(1, writers.size()));
    }

    /**
     * A disk with something on it that hosts share by its own means is not judged: nobody can tell from the times of
     * writes what they were about.
     */
    private static boolean isForOneHost(List<Volume> found) {
        return !found.isEmpty()
                && found.stream().noneMatch(volume -> volume.kind().isShared());
    }

    private void tell(List<Volume> found) {
        String what = found.stream().map(Volume::toString).collect(Collectors.joining(", "));
        String text = "%s %s write disk '%s', which has %s, and nobody has reserved it"
                .formatted(String.join(" and ", writers), writers.size() == 2 ? "both" : "all", disk.name(), what);
        if (frozen.isEmpty()) {
            alarms.raise(
                    key,
                    text,
                    "it will be damaged: stop all but one of them at once, and check it; nodes of one cluster use the"
                            + " disk through the cluster, which reserves it");
        } else {
            alarms.raise(
                    key,
                    text + "; writes of " + String.join(" and ", frozen) + " are refused",
                    "stop all but one of them, and check it; the writes are let through when the disk is reserved, when"
                            + " one of the hosts has logged out, or after 'kume disk thaw %s'".formatted(disk.name()));
        }
    }

    private void freeze(Set<String> hosts) {
        if (!frozen.equals(hosts)) {
            frozen = hosts;
            disk.freeze(hosts);
        }
    }

    private void over() {
        writers = List.of();
        freeze(Set.of());
        alarms.clear(key);
    }

    /**
     * Lets all write again whose writes are refused; until one of them has left they are not refused again.
     *
     * @return those that were kept from writing
     */
    synchronized Set<String> thaw() {
        Set<String> before = frozen;
        if (!before.isEmpty()) {
            thawed = Set.copyOf(writers);
            freeze(Set.of());
        }
        return before;
    }
}
