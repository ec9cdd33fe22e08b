package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.journal.JournalEvent;
import dev.kume.cli.journal.JournalEvent.ReservationChanged;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent.Cause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who had one disk when, and how it came to that: follows its registrations and its reservation, as nodes and not as
 * paths. Arbitration is read as Windows and fence_scsi do it: who registers while another node holds the disk
 * challenges it; who preempts the holder has taken it; a holder that preempts the challenger has kept it.
 */
final class DiskStory {
    private final TimelineNames.Disk disk;
    private final TimelineNames names;
    private final Consumer<TimelineView.Event> events;
    private final AccessTimes accesses = new AccessTimes();
    private final List<Change> changes = new ArrayList<>();
    private final List<Owned> owned = new ArrayList<>();

    private final Set<ITNexus> registered = new HashSet<>();
    private @Nullable String holder;
    private @Nullable Instant heldSince;
    private @Nullable Left left;
    private @Nullable Challenge challenge;

    private record Challenge(String node, Instant at) {}

    /** The owner is gone, and nobody has come. */
    private record Left(String node, Instant at, boolean itself) {}

    /** The disk has changed hands, or a challenge has come to its end. */
    record Change(
            String kind,
            String from,
            String to,
            @Nullable Instant challenged,
            @Nullable Instant released,
            Instant taken,
            boolean removed) {}

    /** A node has the disk for a time. */
    record Owned(String node, Instant from, @Nullable Instant to) {}

    DiskStory(TimelineNames.Disk disk, TimelineNames names, Consumer<TimelineView.Event> events) {
        this.disk = disk;
        this.names = names;
        this.events = events;
    }

    TimelineNames.Disk disk() {
        return disk;
    }

    AccessTimes accesses() {
        return accesses;
    }

    List<Change> changes() {
        return changes;
    }

    /** The spans of ownership; the last one may go on. */
    List<Owned> owned() {
        List<Owned> all = new ArrayList<>(owned);
        if (holder != null && heldSince != null) {
            all.add(new Owned(holder, heldSince, null));
        }
        return all;
    }

    void access(JournalEvent.LastAccess access) {
        accesses.add(names.node(access.nexus()), access);
    }

    void access(JournalEvent.FirstAccess access) {
        String node = names.node(access.nexus());
        accesses.add(node, access);
        String kind = access.write() ? "write" : "read";
        say(access.at(), kind, node, "first %s of %s after %s changed hands".formatted(kind, node, disk.name()));
    }

    // ---- reservations -----------------------------------------------------------------------------------------------

    /** In the order of time. */
    void changed(ReservationChanged event) {
        String by = names.nodeOrNull(event.by());
        String next = names.nodeOrNull(event.holder());
        registrations(event, by);
        if (Objects.equals(holder, next)) {
            stays(event, by);
            return;
        }
        String before = holder;
        close(event.at());
        holder = next;
        heldSince = event.at();
        if (next == null) {
            gone(event, by, Objects.requireNonNull(before));
        } else if (before == null) {
            come(event, next);
        } else {
            taken(event, before, next);
        }
        challenge = null;
    }

    private void registrations(ReservationChanged event, @Nullable String by) {
        Set<String> before = registeredNodes();
        event.removed().forEach(registered::remove);
        if (event.cause() == Cause.CLEAR || event.cause() == Cause.CLEARED) {
            registered.clear();
        }
        ITNexus nexus = event.by();
        if (nexus != null && by != null && registers(event.cause()) && event.actionKey() != 0) {
            registered.add(nexus);
            if (!before.contains(by)) {
                registers(event.at(), by);
            }
        } else if (by != null
                && registers(event.cause())
                && before.contains(by)
                && !registeredNodes().contains(by)) {
            say(event.at(), "unregister", by, "%s takes its registration from %s".formatted(by, disk.name()));
            if (challenge != null && challenge.node().equals(by)) {
                challenge = null;
            }
        }
    }

    private static boolean registers(Cause cause) {
        return cause == Cause.REGISTER || cause == Cause.REGISTER_AND_IGNORE_EXISTING_KEY;
    }

    private Set<String> registeredNodes() {
        Set<String> nodes = new HashSet<>();
        registered.forEach(each -> nodes.add(names.node(each)));
        return nodes;
    }

    /** On a CSV everybody registers; elsewhere only who wants to have the disk does. */
    private void registers(Instant at, String by) {
        if (holder != null && !holder.equals(by) && disk.role() != ClusterRole.CSV) {
            challenge = new Challenge(by, at);
            say(at, "challenge", by, "%s registers with %s and challenges %s".formatted(by, disk.name(), holder));
        } else {
            say(at, "register", by, "%s registers with %s".formatted(by, disk.name()));
        }
    }

    /** The owner is the same. */
    private void stays(ReservationChanged event, @Nullable String by) {
        Challenge open = challenge;
        if (!preempts(event.cause()) || by == null || holder == null) {
            return;
        }
        List<String> removed = removed(event);
        if (open != null && by.equals(holder) && removed.contains(open.node())) {
            say(event.at(), "preempt", by, "%s defends %s against %s".formatted(by, disk.name(), open.node()));
            changes.add(
                    new Change(TimelineView.Move.CHALLENGE_LOST, by, open.node(), open.at(), null, event.at(), true));
            challenge = null;
        } else if (!removed.isEmpty()) {
            say(
                    event.at(),
                    "preempt",
                    by,
                    removed.equals(List.of(by))
                            ? "%s removes registrations of its own from %s".formatted(by, disk.name())
                            : "%s removes %s from %s".formatted(by, String.join(", ", removed), disk.name()));
        }
    }

    private static boolean preempts(Cause cause) {
        return cause == Cause.PREEMPT || cause == Cause.PREEMPT_AND_ABORT;
    }

    private List<String> removed(ReservationChanged event) {
        return event.removed().stream().map(names::node).distinct().toList();
    }

    private void close(Instant at) {
        if (holder != null && heldSince != null) {
            owned.add(new Owned(holder, heldSince, at));
        }
    }

    private void gone(ReservationChanged event, @Nullable String by, String before) {
        boolean itself = before.equals(by);
        left = new Left(before, event.at(), itself);
        if (itself) {
            say(event.at(), "release", before, "%s lets go of %s".formatted(before, disk.name()));
        } else {
            say(event.at(), "clear", by, "%s loses %s: %s".formatted(before, disk.name(), reason(event, by)));
        }
    }

    private static String reason(ReservationChanged event, @Nullable String by) {
        return switch (event.cause()) {
            case CLEARED, REMOVED -> "an administrator removed the reservation";
            case UNMAPPED -> "the disk was unmapped";
            case POWER_LOST -> "this host was started anew, and the reservation did not outlive that";
            default -> "%s, by %s".formatted(event.cause().name().replace('_', ' '), by == null ? "nobody" : by);
        };
    }

    private void come(ReservationChanged event, String next) {
        say(event.at(), "reserve", next, "%s reserves %s".formatted(next, disk.name()));
        Left before = left;
        if (before != null && !before.node().equals(next)) {
            changes.add(new Change(
                    TimelineView.Move.MOVE, before.node(), next, null, before.at(), event.at(), !before.itself()));
        }
        left = null;
    }

    private void taken(ReservationChanged event, String before, String next) {
        Challenge open = challenge;
        boolean force = preempts(event.cause());
        say(
                event.at(),
                force ? "preempt" : "reserve",
                next,
                "%s takes %s from %s".formatted(next, disk.name(), before));
        changes.add(new Change(
                force ? TimelineView.Move.FAILOVER : TimelineView.Move.MOVE,
                before,
                next,
                open != null && open.node().equals(next) ? open.at() : null,
                force ? null : event.at(),
                event.at(),
                removed(event).contains(before)));
        left = null;
    }

    private void say(Instant at, String kind, @Nullable String node, String text) {
        events.accept(new TimelineView.Event(at, kind, node, disk.name(), text));
    }
}
