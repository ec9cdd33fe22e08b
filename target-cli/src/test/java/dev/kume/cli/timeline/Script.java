package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.journal.JournalEvent;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happens to a cluster of three nodes and three disks, as the journal would write it down. */
final class Script {
    static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    static final UUID QUORUM = new UUID(0, 1);
    static final UUID VMS = new UUID(0, 2);
    static final UUID SHARED = new UUID(0, 3);
    static final UUID OTHERS = new UUID(0, 4);
    static final TimelineNames NAMES = new TimelineNames(
            "HV",
            List.of("hv-node1", "hv-node2", "hv-node3"),
            Map.of("iqn.x:hv-node1", "hv-node1", "iqn.x:hv-node2", "hv-node2", "iqn.x:hv-node3", "hv-node3"),
            Map.of(
                    QUORUM,
                    new TimelineNames.Disk("quorum", ClusterRole.WITNESS),
                    VMS,
                    new TimelineNames.Disk("vms", ClusterRole.DATA),
                    SHARED,
                    new TimelineNames.Disk("shared", ClusterRole.CSV)));

    final List<JournalEvent> events = new ArrayList<>();
    private double now;
    private long session;

    static Instant at(double seconds) {
        return NOON.plus(Duration.ofMillis(Math.round(seconds * 1_000)));
    }

    static ITNexus nexus(String node, int path) {
        return new ITNexus("iqn.x:" + node, path, "iqn.t:" + node, 1);
    }

    /** From here on it is so many seconds after noon. */
    Script time(double seconds) {
        now = seconds;
        return this;
    }

    Script add(JournalEvent event) {
        events.add(event);
        return this;
    }

    Script login(String node) {
        return add(new JournalEvent.SessionBegan(at(now), ++session, nexus(node, 1), "10.0.0.1:4711", "10.0.0.9:3260"));
    }

    Script logout(String node, long id, String why, double heard) {
        return add(new JournalEvent.SessionEnded(at(now), id, nexus(node, 1), "10.0.0.1:4711", at(heard), why));
    }

    /** Both paths of a node register. */
    Script register(UUID disk, String node, @Nullable String holder) {
        for (int path = 1; path <= 2; path++) {
            change(disk, nexus(node, path), Cause.REGISTER_AND_IGNORE_EXISTING_KEY, 1, holder, List.of());
        }
        return this;
    }

    Script unregister(UUID disk, String node, @Nullable String holder) {
        for (int path = 1; path <= 2; path++) {
            ITNexus nexus = nexus(node, path);
            change(disk, nexus, Cause.REGISTER_AND_IGNORE_EXISTING_KEY, 0, holder, List.of(nexus));
        }
        return this;
    }

    Script reserve(UUID disk, String node) {
        return change(disk, nexus(node, 1), Cause.RESERVE, 0, node, List.of());
    }

    Script release(UUID disk, String node) {
        return change(disk, nexus(node, 1), Cause.RELEASE, 0, null, List.of());
    }

    Script preempt(UUID disk, String node, String victim, String holder) {
        return change(disk, nexus(node, 1), Cause.PREEMPT, 2, holder, List.of(nexus(victim, 1), nexus(victim, 2)));
    }

    Script change(
            UUID disk,
            @Nullable ITNexus by,
            Cause cause,
            long actionKey,
            @Nullable String holder,
            List<ITNexus> removed) {
        return add(new JournalEvent.ReservationChanged(
                at(now),
                disk,
                by,
                cause,
                1,
                actionKey,
                holder == null ? null : ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
                holder == null ? null : nexus(holder, 1),
                removed,
                removed.size()));
    }

    Script last(UUID disk, String node, double read, double write) {
        return add(new JournalEvent.LastAccess(at(now), disk, nexus(node, 1), at(read), at(write)));
    }

    Script first(UUID disk, String node, boolean write) {
        return add(new JournalEvent.FirstAccess(at(now), disk, nexus(node, 2), write));
    }

    Script heard(String node, double at) {
        return add(new JournalEvent.Heard(at(now), nexus(node, 2), at(at)));
    }

    TimelineView view() {
        return view(0, 3_600);
    }

    TimelineView view(double from, double to) {
        return Timeline.of(NAMES, events, at(from), at(to));
    }

    /** The only change of hands. */
    TimelineView.Move move() {
        TimelineView view = view();
        if (view.moves().size() != 1) {
            throw new AssertionError(view.moves().toString());
        }
        return view.moves().getFirst();
    }

    /** A failover after a node fell silent, with both disks: also what the page of the tests shows. */
    static Script failover() {
        Script script = new Script();
        script.add(new JournalEvent.Started(at(0.5), "0.1.0"));
        script.time(1).login("hv-node1").login("hv-node2").login("hv-node3");
        script.time(2).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(2.1).first(VMS, "hv-node1", false).first(VMS, "hv-node1", true);
        script.time(65)
                .register(VMS, "hv-node2", "hv-node1")
                .last(VMS, "hv-node1", 63.1, 62.9)
                .heard("hv-node1", 63.4);
        script.time(72.1).preempt(VMS, "hv-node2", "hv-node1", "hv-node2").last(VMS, "hv-node1", 63.1, 62.9);
        script.time(72.2).first(VMS, "hv-node2", false);
        script.time(72.4).first(VMS, "hv-node2", true);
        script.time(108).logout("hv-node1", 1, "no answer to NOP-In for 30 seconds", 63.4);
        return script;
    }
}
