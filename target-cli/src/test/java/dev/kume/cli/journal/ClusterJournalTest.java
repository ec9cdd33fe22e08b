package dev.kume.cli.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.journal.JournalEvent.FirstAccess;
import dev.kume.cli.journal.JournalEvent.LastAccess;
import dev.kume.cli.journal.JournalEvent.LeftOut;
import dev.kume.cli.journal.JournalEvent.ReservationChanged;
import dev.kume.cli.journal.JournalEvent.SessionBegan;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Clusters;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.Targets;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.core.scsi.NexusActivity.Access;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.connection.SessionWatcher.Moment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written down of a cluster, what is not, and what of it survives. */
final class ClusterJournalTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final long BYTES = 90_000;
    private static final String STRANGER = "iqn.2026-11.test:stranger";

    @TempDir
    Path folder;

    private final Inventory inventory = inventory();
    private final UUID vms = inventory.disk("vms").identity().uuid();
    private final UUID scratch = inventory.disk("scratch").identity().uuid();
    private final Time time = new Time();
    private final Sight sight = new Sight();
    private boolean full;

    /** A clock that moves when told. */
    private static final class Time implements Clock {
        private Duration passed = Duration.ofHours(1);

        void advance(Duration more) {
            passed = passed.plus(more);
        }

        @Override
        public long nanoTime() {
            return passed.toNanos();
        }

        @Override
        public Instant now() {
            return NOON.plus(passed);
        }
    }

    /** What a server would show. */
    private static final class Sight implements ServerSight {
        final Map<UUID, List<NexusActivity>> activity = new HashMap<>();
        final Map<String, UnitState> states = new HashMap<>();

        @Override
        public List<NexusActivity> activity(UUID disk) {
            return activity.getOrDefault(disk, List.of());
        }

        @Override
        public @Nullable UnitState state(DiskRecord disk) {
            return states.get(disk.name());
        }

        @Override
        public void sessions(Consumer<List<SessionInfo>> told) {
            told.accept(List.of());
        }
    }

    private static Inventory inventory() {
        SplittableRandom random = new SplittableRandom(1);
        Inventory inventory = Inventory.EMPTY;
        for (String name : List.of("vms", "scratch")) {
            inventory = Disks.add(
                    inventory,
                    new DiskRecord(
                            name,
                            "/srv/" + name,
                            "raw",
                            "fixed",
                            1L << 20,
                            true,
                            Sharing.CLUSTER,
                            SectorFormat.EMULATED_512,
                            "",
                            inventory.newIdentity(random),
                            NOON),
                    Limits.DEFAULTS);
        }
        for (int node = 1; node <= 2; node++) {
            String target = "hv-node" + node;
            inventory = Targets.add(
                    inventory, target, targetName(node), List.of(initiator(node)), "", NOON, Limits.DEFAULTS);
            inventory = Mappings.map(inventory, "vms", target, 0, Limits.DEFAULTS);
        }
        return Clusters.add(
                inventory,
                new ClusterRecord(
                        "HV",
                        List.of(
                                new ClusterNode("hv-node1", List.of(initiator(1)), "hv-node1"),
                                new ClusterNode("hv-node2", List.of(initiator(2)), "hv-node2")),
                        List.of(new ClusterDisk("vms", ClusterRole.DATA, 0)),
                        false,
                        "",
                        NOON));
    }

    private static String initiator(int node) {
        return "iqn.1991-05.com.microsoft:hv-node" + node;
    }

    private static String targetName(int node) {
        return "iqn.2026-11.dev.kume:hv-node" + node;
    }

    private static ITNexus nexus(int node) {
        return new ITNexus(initiator(node), node, targetName(node), 1);
    }

    private ClusterJournal journal() {
        return new ClusterJournal(
                new JournalFiles(
                        folder.resolve("timeline"),
                        BYTES,
                        file -> full
                                ? new FullChannel(JournalFiles.Opener.OF_THIS_HOST.open(file))
                                : JournalFiles.Opener.OF_THIS_HOST.open(file)),
                time,
                Runnable::run,
                () -> inventory,
                sight);
    }

    private List<JournalEvent> read() throws IOException {
        List<JournalEvent> events = new ArrayList<>();
        journal().read(events::add);
        return events;
    }

    private Moment moment(long id, String initiator) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
        ITNexus nexus = new ITNexus(initiator, 1, targetName(1), 1);
        return new Moment(id, nexus, address, address, time.now(), time.now());
    }

    /** A unit that is held by a node, after so many events. */
    private static UnitState unit(@Nullable ITNexus holder, List<ReservationEvent> events) {
        List<Registration> registrations =
                holder == null ? List.of() : List.of(new Registration(holder, 7, false, NOON));
        Reservation reservation =
                holder == null ? null : new Reservation(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, holder, NOON);
        return new UnitState(
                null,
                "a test",
                BlockGeometry.emulated512(1 << 20),
                false,
                ModeState.DEFAULT,
                null,
                new DurableState(
                        new PersistentReservations(1, true, registrations, reservation),
                        ModeState.DEFAULT,
                        new ReservationHistory(events)));
    }

    private ReservationEvent event(ITNexus by, Cause cause, long actionKey, boolean held) {
        return new ReservationEvent(
                time.now(),
                by,
                cause,
                1,
                actionKey,
                held ? ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY : null,
                1,
                List.of(),
                0);
    }

    private NexusActivity wrote(ITNexus nexus, Duration lastAgo, Duration sinceAgo) {
        long now = time.nanoTime();
        Access none = new Access(Access.NEVER, Access.NEVER, now, time.now());
        return new NexusActivity(
                nexus, true, none, new Access(now - lastAgo.toNanos(), now - sinceAgo.toNanos(), now, time.now()));
    }

    // ---- what is written --------------------------------------------------------------------------------------------

    @Test
    void sessionsOfNodesAreWrittenAndThoseOfOthersAreNot() throws IOException {
        ClusterJournal journal = journal();
        journal.began(moment(1, initiator(1)));
        journal.began(moment(2, STRANGER));
        journal.ended(moment(1, initiator(1)), "logged out");
        List<JournalEvent> events = read();
        assertEquals(2, events.size());
        assertEquals(1, ((SessionBegan) events.getFirst()).session());
    }

    /** Built-in initiators act under the names of nodes on disks that are none of the cluster's. */
    @Test
    void onlyTheClustersOwnDisksCount() throws IOException {
        UnitState before = unit(null, List.of());
        UnitState after = unit(nexus(1), List.of(event(nexus(1), Cause.RESERVE, 0, true)));
        journal().changed(scratch, before, after);
        assertEquals(List.of(), read());
        journal().changed(vms, before, after);
        assertEquals(nexus(1), ((ReservationChanged) read().getFirst()).holder());
    }

    @Test
    void whenADiskChangesHandsTheLastAndTheFirstAccessAreWritten() throws IOException {
        ClusterJournal journal = journal();
        UnitState first = unit(nexus(1), List.of(event(nexus(1), Cause.RESERVE, 0, true)));
        journal.changed(vms, unit(null, List.of()), first);
        time.advance(Duration.ofSeconds(10));
        sight.activity.put(vms, List.of(wrote(nexus(1), Duration.ofSeconds(4), Duration.ofSeconds(9))));
        UnitState second = unit(nexus(2), List.of(event(nexus(2), Cause.PREEMPT, 7, true)));
        journal.changed(vms, first, second);
        time.advance(Duration.ofSeconds(2));
        sight.activity.put(
                vms,
                List.of(
                        wrote(nexus(1), Duration.ofSeconds(6), Duration.ofSeconds(11)),
                        wrote(nexus(2), Duration.ofMillis(100), Duration.ofMillis(700))));
        journal.look();
        journal.look();
        List<JournalEvent> events = read();
        Instant taken = NOON.plus(Duration.ofHours(1)).plusSeconds(10);
        assertTrue(
                events.contains(new LastAccess(taken, vms, nexus(1), null, taken.minusSeconds(4))), events::toString);
        assertEquals(
                List.of(
                        new FirstAccess(taken.minusSeconds(9), vms, nexus(1), true),
                        new FirstAccess(taken.plusMillis(1_300), vms, nexus(2), true)),
                events.stream().filter(FirstAccess.class::isInstance).toList(),
                "each once, and at the time at which it was");
    }

    @Test
    void aChallengeAsksWhatTheOwnerDidLast() throws IOException {
        ClusterJournal journal = journal();
        UnitState held = unit(nexus(1), List.of(event(nexus(1), Cause.RESERVE, 0, true)));
        sight.activity.put(vms, List.of(wrote(nexus(1), Duration.ofSeconds(3), Duration.ofSeconds(3))));
        time.advance(Duration.ofSeconds(5));
        UnitState challenged =
                unit(nexus(1), List.of(event(nexus(2), Cause.REGISTER_AND_IGNORE_EXISTING_KEY, 9, true)));
        journal.changed(vms, held, challenged);
        assertEquals(2, read().size(), "the registration, and the last write of the owner");
        assertTrue(read().getLast() instanceof LastAccess);
    }

    // ---- floods -----------------------------------------------------------------------------------------------------

    @Test
    void aLoginStormIsCountedAndCannotPushOutWhatOthersDid() throws IOException {
        ClusterJournal journal = journal();
        journal.began(moment(1, initiator(2)));
        for (int i = 0; i < 50_000; i++) {
            journal.began(moment(10 + i, initiator(1)));
            journal.ended(moment(10 + i, initiator(1)), "connection closed");
            time.advance(Duration.ofMillis(1));
            if (i % 1_000 == 0) {
                journal.look();
            }
        }
        journal.look();
        List<JournalEvent> events = read();
        assertTrue(events.size() < 300, "kept: " + events.size());
        assertEquals(1, ((SessionBegan) events.getFirst()).session(), "the other node's");
        long leftOut = events.stream()
                .filter(LeftOut.class::isInstance)
                .mapToLong(event -> ((LeftOut) event).count())
                .sum();
        long written =
                events.stream().filter(event -> !(event instanceof LeftOut)).count();
        assertEquals(100_001, leftOut + written, "every one is written or counted");
    }

    @Test
    void whateverHappensTheFilesStayWithinTheirBound() throws IOException {
        ClusterJournal journal = journal();
        UnitState before = unit(null, List.of());
        for (int i = 0; i < 20_000; i++) {
            time.advance(Duration.ofSeconds(10));
            journal.changed(vms, before, unit(nexus(1), List.of(event(nexus(1), Cause.RESERVE, 0, true))));
            journal.began(moment(i, initiator(1)));
            journal.look();
        }
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder.resolve("timeline"))) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        assertTrue(bytes <= BYTES && bytes > BYTES / 2, bytes + " bytes");
        assertTrue(read().getLast().at().isAfter(time.now().minusSeconds(20)), "the latest are there");
    }

    /** The thread is busy with a slow device: what does not fit is counted, and nobody waits. */
    @Test
    void whoTellsNeverWaitsAlsoWhenTheJournalDoesNotComeForward() throws IOException {
        List<Runnable> stuck = new ArrayList<>();
        ClusterJournal journal = new ClusterJournal(
                new JournalFiles(folder.resolve("timeline"), BYTES, JournalFiles.Opener.OF_THIS_HOST),
                time,
                stuck::add,
                () -> inventory,
                sight);
        for (int i = 0; i < 10_000; i++) {
            journal.began(moment(i, initiator(1)));
        }
        assertTrue(stuck.size() < 5_000, "waiting: " + stuck.size());
        List.copyOf(stuck).forEach(Runnable::run);
        journal.look();
        stuck.getLast().run();
        boolean told = read().stream()
                .anyMatch(event -> event instanceof LeftOut left && left.ofAll() && left.count() > 5_000);
        assertTrue(told);
    }

    // ---- failures ---------------------------------------------------------------------------------------------------

    @Test
    void aFullDeviceLosesNothingThatStillWaitsWhenItHasRoomAgain() throws IOException {
        ClusterJournal journal = journal();
        full = true;
        journal.began(moment(1, initiator(1)));
        journal.began(moment(2, initiator(2)));
        assertEquals(List.of(), read());
        full = false;
        journal.began(moment(3, initiator(1)));
        assertEquals(
                List.of(1L, 2L, 3L),
                read().stream().map(event -> ((SessionBegan) event).session()).toList());
    }

    /** Killed before it had written them: the units remember their reservations by themselves. */
    @Test
    void reservationsThatACrashHasLostComeBackWithTheNextStart() throws IOException {
        List<ReservationEvent> history = new ArrayList<>();
        history.add(event(nexus(1), Cause.REGISTER_AND_IGNORE_EXISTING_KEY, 7, false));
        journal().changed(vms, unit(null, List.of()), unit(null, history));
        time.advance(Duration.ofSeconds(1));
        history.add(event(nexus(1), Cause.RESERVE, 0, true));
        time.advance(Duration.ofSeconds(1));
        history.add(event(nexus(2), Cause.PREEMPT, 7, true));
        sight.states.put("vms", unit(nexus(2), history));
        journal().started("0.1.0");
        List<ReservationChanged> changes = read().stream()
                .filter(ReservationChanged.class::isInstance)
                .map(ReservationChanged.class::cast)
                .toList();
        assertEquals(
                List.of(Cause.REGISTER_AND_IGNORE_EXISTING_KEY, Cause.RESERVE, Cause.PREEMPT),
                changes.stream().map(ReservationChanged::cause).toList());
        assertEquals(nexus(1), changes.get(1).holder());
        assertEquals(nexus(2), changes.get(2).holder());
        journal().started("0.1.0");
        assertEquals(
                3, read().stream().filter(ReservationChanged.class::isInstance).count(), "each once");
    }

    @Test
    void theFirstWriteIsStillWaitedForAfterARestart() throws IOException {
        journal().changed(vms, unit(null, List.of()), unit(nexus(1), List.of(event(nexus(1), Cause.RESERVE, 0, true))));
        time.advance(Duration.ofSeconds(3));
        sight.states.put("vms", unit(nexus(1), List.of()));
        ClusterJournal again = journal();
        again.started("0.1.0");
        time.advance(Duration.ofSeconds(1));
        sight.activity.put(vms, List.of(wrote(nexus(1), Duration.ZERO, Duration.ofMillis(500))));
        again.look();
        assertEquals(
                List.of(new FirstAccess(time.now().minusMillis(500), vms, nexus(1), true)),
                read().stream().filter(FirstAccess.class::isInstance).toList());
    }
}
