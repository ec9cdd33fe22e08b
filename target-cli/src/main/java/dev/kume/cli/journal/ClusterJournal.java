package dev.kume.cli.journal;

import dev.kume.cli.log.WatchEvent;
import dev.kume.cli.ownership.Hosts;
import dev.kume.core.Clock;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.connection.SessionWatcher;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what happens to the clusters: sessions of their nodes, reservations of their disks, and who wrote last
 * and first when a disk changes hands. Told by any thread, which never waits; works on a thread of its own.
 *
 * <p>It is durable with the next batch, which a crash of the process may cost: some milliseconds. What an initiator
 * does very often is counted and not written down.
 */
public final class ClusterJournal implements SessionWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterJournal.class);
    private static final int WAITING_MAX = 4_096;
    private static final int SESSION_BURST = 64;
    private static final int RESERVATION_BURST = 512;

    private final JournalFiles files;
    private final JournalWriter writer;
    private final Clock clock;
    private final Executor thread;
    private final Supplier<Inventory> inventory;
    private final ServerSight sight;
    private final AccessWatch accesses;
    private final Allowances sessionAllowance = new Allowances(SESSION_BURST);
    private final Allowances reservationAllowance = new Allowances(RESERVATION_BURST);
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong overflown = new AtomicLong();

    /** Of the journal's thread. */
    private JournalScope scope = JournalScope.of(Inventory.EMPTY);

    /**
     * @param thread    carries out one thing at a time, in order
     * @param inventory what the clusters are now
     */
    public ClusterJournal(
            JournalFiles files, Clock clock, Executor thread, Supplier<Inventory> inventory, ServerSight sight) {
        this.files = files;
        this.writer = new JournalWriter(files);
        this.clock = clock;
        this.thread = thread;
        this.inventory = inventory;
        this.sight = sight;
        this.accesses = new AccessWatch(sight, writer::add);
    }

    // ---- told by others ---------------------------------------------------------------------------------------------

    /** The daemon serves from now on. What the units remember and the journal does not is added. */
    public void started(String version) {
        JournalEvent started = new JournalEvent.Started(clock.now(), version);
        offer(() -> {
            recall();
            writer.add(started);
        });
    }

    /** Nothing comes any more. */
    public void stopped() {
        JournalEvent stopped = new JournalEvent.Stopped(clock.now());
        offer(() -> {
            scope().disks().keySet().forEach(disk -> accesses.last(disk, clock.now(), scope().nodes()));
            writer.add(stopped);
            writer.flush();
            files.close();
        });
    }

    @Override
    public void began(Moment session) {
        offer(() -> {
            if (takes(session)) {
                writer.add(new JournalEvent.SessionBegan(
                        session.at(), session.id(), session.nexus(), text(session.peer()), text(session.local())));
            }
        });
    }

    @Override
    public void ended(Moment session, String why) {
        offer(() -> {
            if (takes(session)) {
                writer.add(new JournalEvent.SessionEnded(
                        session.at(), session.id(), session.nexus(), text(session.peer()), session.heard(), why));
                scope().disks()
                        .keySet()
                        .forEach(disk ->
                                accesses.last(disk, clock.now(), session.nexus().initiatorName()::equals));
            }
        });
    }

    /** A change of a disk's unit is published: what it says of reservations is written down. */
    public void changed(UUID disk, UnitState before, UnitState after) {
        List<ReservationEvent> events = after.durable().history().events();
        if (events.isEmpty() || events.equals(before.durable().history().events())) {
            return;
        }
        ReservationEvent event = events.getLast();
        if (!Hosts.own(event.by())) {
            return;
        }
        ITNexus holderBefore = holder(before);
        ITNexus holder = holder(after);
        offer(() -> {
            if (scope().disks().containsKey(disk) && reservationAllowance.take(disk.toString(), clock.nanoTime())) {
                writer.add(JournalEvent.ReservationChanged.of(disk, event, holder));
                follow(disk, event, holderBefore, holder);
            }
        });
    }

    /** Looks who has read and written, and at what was left out: about once a second. */
    public void look() {
        offer(() -> {
            accesses.look(clock.now(), scope().nodes());
            sessionAllowance.leftOut().forEach(this::leftOut);
            reservationAllowance.leftOut().forEach(this::leftOut);
            long beyond = overflown.getAndSet(0);
            if (beyond > 0) {
                leftOut(JournalEvent.LeftOut.ALL, beyond);
            }
        });
    }

    /**
     * Looks, and makes durable what has happened so far.
     *
     * @param then runs afterwards, on the journal's thread
     */
    public void flush(Runnable then) {
        look();
        offer(() -> {
            writer.flush();
            then.run();
        });
    }

    /** Gives every event that is durable to the consumer. Any thread. */
    public void read(Consumer<JournalEvent> consumer) throws IOException {
        files.read(consumer);
    }

    private void offer(Runnable work) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            overflown.incrementAndGet();
            return;
        }
        try {
            thread.execute(() -> {
                try {
                    work.run();
                } finally {
                    // One flush for all that has come while the one before was on its way.
                    if (waiting.decrementAndGet() == 0) {
                        writer.flush();
                    }
                }
            });
        } catch (RejectedExecutionException stopping) {
            waiting.decrementAndGet();
        }
    }

    // ---- on the journal's thread ------------------------------------------------------------------------------------

    @SuppressWarnings("ReferenceEquality") // Each change makes a new inventory.
    private JournalScope scope() {
        Inventory now = inventory.get();
        if (now != scope.inventory()) {
            scope = JournalScope.of(now);
            sessionAllowance.keep(scope.nodes()::contains);
            reservationAllowance.keep(disk -> scope.disks().containsKey(UUID.fromString(disk)));
            accesses.keep(scope.disks().keySet());
        }
        return scope;
    }

    private boolean takes(Moment session) {
        String initiator = session.nexus().initiatorName();
        return Hosts.own(session.nexus())
                && scope().nodes().contains(initiator)
                && sessionAllowance.take(initiator, clock.nanoTime());
    }

    private void leftOut(String what, long count) {
        writer.add(new JournalEvent.LeftOut(clock.now(), what, count));
    }

    /** When a disk changes hands, or somebody reaches out for it, the last that its owner did is of interest. */
    private void follow(UUID disk, ReservationEvent event, @Nullable ITNexus holderBefore, @Nullable ITNexus holder) {
        boolean changesHands = !Objects.equals(initiator(holderBefore), initiator(holder));
        boolean challenge = holderBefore != null
                && event.actionKey() != 0
                && (event.cause() == Cause.REGISTER || event.cause() == Cause.REGISTER_AND_IGNORE_EXISTING_KEY)
                && !Objects.equals(initiator(event.by()), initiator(holderBefore));
        if (changesHands || challenge) {
            accesses.last(disk, clock.now(), scope().nodes());
            if (holderBefore != null) {
                hear(holderBefore.initiatorName());
            }
        }
        if (changesHands && holder != null) {
            accesses.watch(disk, event.at());
        }
    }

    /** Asks when the sessions of an initiator were heard of. */
    private void hear(String initiator) {
        sight.sessions(sessions -> offer(() -> {
            for (SessionInfo session : sessions) {
                String target = session.targetName();
                if (target != null && session.initiatorName().equals(initiator)) {
                    writer.add(new JournalEvent.Heard(
                            clock.now(),
                            new ITNexus(initiator, session.isid(), target, session.portalGroupTag()),
                            session.heard()));
                }
            }
        }));
    }

    /** A crash may have cost the last batch; of reservations the units know better. */
    private void recall() {
        if (scope().disks().isEmpty()) {
            return;
        }
        JournalRecall recall = new JournalRecall();
        try {
            files.read(recall::seen);
        } catch (IOException e) {
            WatchEvent.JOURNAL_UNREADABLE.log(LOG, String.valueOf(e));
            return;
        }
        scope().disks().forEach((uuid, disk) -> {
            UnitState state = sight.state(disk);
            if (state != null) {
                recall.missing(uuid, Hosts.events(state.durable().history().events()), holder(state))
                        .forEach(writer::add);
                Instant since = recall.unwrittenSince(uuid);
                if (since != null) {
                    accesses.watch(uuid, since);
                }
            }
        });
    }

    private static @Nullable ITNexus holder(UnitState state) {
        Reservation reservation = state.reservations().reservation();
        return reservation == null ? null : reservation.holder();
    }

    private static @Nullable String initiator(@Nullable ITNexus nexus) {
        return nexus == null ? null : nexus.initiatorName();
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
