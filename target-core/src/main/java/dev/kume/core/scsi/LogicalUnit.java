package dev.kume.core.scsi;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.LoopPort;
import dev.kume.core.measure.UnitEvents;
import dev.kume.core.nexus.ITNexus;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One disk as SCSI sees it: ONE unit, however many targets map it. Shared by all loops.
 *
 * <p>Commands read one immutable {@link UnitState} and take no lock. Changes queue in a serial mailbox: make durable,
 * publish the new state, fence or quiesce, answer.
 */
public final class LogicalUnit {
    /** Hears of failures below, and of changes; told from any thread, so it must be quick. */
    public interface Watcher {
        Watcher NONE = new Watcher() {};

        default void ioFailed(LogicalUnit unit, IOException failure) {}

        /** A change is published, in its turn. */
        default void changed(LogicalUnit unit, UnitState before, UnitState after) {}

        default void bug(LogicalUnit unit, Throwable bug) {}

        /** A host is kept out of a unit that another one holds: once, until it is let in or has no session. */
        default void hostRefused(LogicalUnit unit, String host, String holder) {}
    }

    private final String name;
    private volatile UnitIdentity identity;
    private volatile ModeState defaultModes = ModeState.DEFAULT;
    private final CommandTable commands;
    private final DiskLane lane;
    private final List<LoopPort> loops;
    private final TaskSet[] taskSets;
    private final Watcher watcher;
    private final UnitMemory memory;
    private volatile UnitState state;
    private final SanitizeRun sanitizeRun = new SanitizeRun();

    private final Nexuses nexuses;
    private final HostGuard hosts;
    private final Drains drains;
    private final Mailbox mailbox = new Mailbox();
    private final UnitEvents events;

    /** Numbers the ORDERED tasks. */
    private final AtomicLong barriers = new AtomicLong();

    public LogicalUnit(
            String name,
            UnitIdentity identity,
            UnitState state,
            CommandTable commands,
            DiskLane lane,
            List<LoopPort> loops,
            UnitMemory memory,
            int nexusesMax,
            Watcher watcher) {
        this.name = name;
        this.events = new UnitEvents(name);
        this.identity = identity;
        this.state = state;
        this.commands = commands;
        this.lane = lane;
        this.loops = List.copyOf(loops);
        this.memory = memory;
        this.nexuses = new Nexuses(nexusesMax, nexus -> state().reservations().registrationOf(nexus) != null);
        state.reservations().registrations().forEach(each -> nexuses.know(each.nexus()));
        this.watcher = watcher;
        this.hosts = new HostGuard(this, nexuses, watcher);
        this.taskSets = loops.stream().map(each -> new TaskSet()).toArray(TaskSet[]::new);
        this.drains = new Drains(this.loops, taskSets, lane.clock(), events);
    }

    /** The disk's name, for people. */
    public String name() {
        return name;
    }

    public UnitIdentity identity() {
        return identity;
    }

    /** Mode pages as MODE SENSE tells the default values (PC 10b): what an administrator set, until MODE SELECT. */
    public ModeState defaultModes() {
        return defaultModes;
    }

    /** Says from now on that the unit is this, with these default mode pages. In a turn, or before the unit is used. */
    public void present(UnitIdentity changed, ModeState defaults) {
        identity = changed;
        defaultModes = defaults;
    }

    public UnitState state() {
        return state;
    }

    public CommandTable commands() {
        return commands;
    }

    public DiskLane lane() {
        return lane;
    }

    /** A loop for work of the unit itself, which comes from no session. */
    public LoopPort anyLoop() {
        return loops.getFirst();
    }

    /** The sanitize operation under way. */
    public SanitizeRun sanitizeRun() {
        return sanitizeRun;
    }

    /** Which hosts may use the unit. */
    public HostGuard hosts() {
        return hosts;
    }

    // ---- nexuses ----------------------------------------------------------------------------------------------------

    /**
     * A session of this nexus has logged in. Any thread. A nexus met for the first time, or again, learns it by a UA.
     */
    public ITLNexus attach(ITNexus nexus) {
        return attach(nexus, HeldAnswers.NONE);
    }

    /** @param answers those that the session holds */
    public ITLNexus attach(ITNexus nexus, HeldAnswers answers) {
        ITLNexus attached = nexuses.attach(nexus, answers);
        hosts.came(nexus.initiatorName());
        return attached;
    }

    /** The session has ended; what waits for the nexus is kept. Any thread. */
    public void detach(ITLNexus nexus) {
        detach(nexus, HeldAnswers.NONE);
    }

    /** @param answers as they were given to {@link #attach} */
    public void detach(ITLNexus nexus, HeldAnswers answers) {
        nexus.sessionEnded(answers);
        hosts.left(nexus.nexus().initiatorName());
        if (nexus.nexus().equals(state.reservedBy())) {
            // SPC-2 5.5.1: what RESERVE(6) and (10) reserved ends with the nexus.
            change(now -> nexus.nexus().equals(now.reservedBy()) ? now.withReservedBy(null) : now, () -> {});
        }
    }

    /** Raises a unit attention on one nexus, whether it has a session or not. Any thread. */
    public void raise(Sense condition, ITNexus on) {
        nexuses.know(on).raise(condition);
    }

    /** Raises a unit attention on every nexus that the predicate accepts. Any thread. */
    public void raise(Sense condition, Predicate<ITLNexus> on) {
        nexuses.raise(condition, on);
    }

    /** Nexuses met so far, with and without a session. Any thread. */
    public Nexuses nexuses() {
        return nexuses;
    }

    /** What each of them has read and written. Any thread. */
    public List<NexusActivity> activity() {
        return nexuses.activity(lane.clock());
    }

    /** What happened to the unit beside its commands. */
    public UnitEvents events() {
        return events;
    }

    // ---- commands ---------------------------------------------------------------------------------------------------

    /** Takes a prepared task in. On the task's home loop. */
    public void begin(Task task) {
        TaskSet set = taskSets[task.home().index()];
        set.add(task);
        if (task.attribute() <= TaskAttribute.SIMPLE && set.gate().isOpen()) {
            start(task);
        } else {
            arrange(task, set.gate());
        }
    }

    /** Task attributes, SAM-5 8.6: one task set for all nexuses and loops, as TST 0 says. */
    private void arrange(Task task, Gate gate) {
        switch (task.attribute()) {
            case TaskAttribute.UNTAGGED, TaskAttribute.SIMPLE -> gate.await(task);
            case TaskAttribute.ORDERED ->
                new Barrier(barriers.incrementAndGet(), this, task.home(), loops, taskSets).raise(task);
            case TaskAttribute.HEAD_OF_QUEUE -> {
                if (gate.isQuiescing()) {
                    gate.awaitFirst(task);
                } else {
                    start(task);
                }
            }
            default -> task.terminate(Sense.INVALID_MESSAGE_ERROR);
        }
    }

    /** Runs a task past the rules of its descriptor, then begins it. */
    void start(Task task) {
        byte[] cdb = task.cdb();
        UnitState now = state;
        Command command = commands.find(cdb);
        boolean attention = task.hearsAttentions()
                && task.nexus().hasAttention()
                && (command == null || !command.descriptor().passesAttention());
        // SAM-5 5.3.3: reset conditions go before everything, then a reservation conflict, then the other attentions.
        if (attention && Refusals.reportsAttention(task, true)) {
            return;
        }
        Sense shutOut = hosts.refusal(task.nexus(), command);
        if (shutOut != null) {
            task.terminate(shutOut);
            return;
        }
        if (command != null && command.conflicts(cdb, task.nexus().nexus(), now)) {
            task.terminate(ScsiStatus.RESERVATION_CONFLICT);
            return;
        }
        if (attention && Refusals.reportsAttention(task, false)) {
            return;
        }
        if (command == null) {
            task.terminate(Refusals.unknown(commands, cdb));
            return;
        }
        Sense refusal = Refusals.of(command.descriptor(), cdb, now, task.readOnlyMapping(), sanitizeRun.progress());
        if (refusal != null) {
            task.terminate(refusal);
        } else {
            task.start(command, now);
        }
    }

    /** Begins a task at a LUN that has no unit: it sees INQUIRY, REPORT LUNS and REQUEST SENSE only (SPC-4 6.4.2). */
    public static void beginWithoutUnit(Task task, CommandTable commands) {
        Refusals.orBeginWithoutUnit(task, commands);
    }

    /** True when the task's command writes the medium, as its descriptor says; whether it has begun or waits. */
    public boolean writes(Task task) {
        Command command = commands.find(task.cdb());
        return command != null && command.descriptor().writes();
    }

    // ---- changes ----------------------------------------------------------------------------------------------------

    /**
     * Publishes a new state that need not be durable, in turn. Any thread.
     *
     * @param then runs after the state is published; it must not wait
     */
    public void change(UnaryOperator<UnitState> change, Runnable then) {
        mailbox.inTurn(() -> {
            try {
                state = change.apply(state);
                then.run();
            } finally {
                mailbox.turnEnded();
            }
        });
    }

    /**
     * Makes a change that no command asked for, in turn. Any thread.
     *
     * @param then runs when the change is over, fence included; {@link UnitChange#ended} is not called
     */
    public void change(UnitChange change, Runnable then) {
        change(change, null, new Turn(change), then);
    }

    /** A turn: apply, make durable, publish, fence. Whoever has claimed it before keeps it from coming. */
    void change(UnitChange change, @Nullable Task requester, Turn turn, Runnable then) {
        mailbox.inTurn(() -> {
            Runnable over = () -> turnOver(then);
            if (!turn.claim()) {
                over.run();
                return;
            }
            UnitState before = state;
            UnitState after;
            try {
                after = change.apply(before);
            } catch (RuntimeException | Error bug) {
                turn.failed(bug);
                over.run();
                return;
            }
            if (after == before) {
                over.run();
            } else if (!change.isDurable()) {
                publish(change, before, after, requester, turn, over);
            } else {
                memory.save(after, failure -> saved(change, before, after, requester, turn, over, failure));
            }
        });
    }

    private void turnOver(Runnable then) {
        try {
            then.run();
        } finally {
            mailbox.turnEnded();
        }
    }

    private void saved(
            UnitChange change,
            UnitState before,
            UnitState after,
            @Nullable Task requester,
            Turn turn,
            Runnable over,
            @Nullable IOException failure) {
        if (failure == null) {
            publish(change, before, after, requester, turn, over);
            return;
        }
        watcher.ioFailed(this, failure);
        try {
            change.notSaved(failure);
        } catch (RuntimeException | Error bug) {
            turn.failed(bug);
        }
        over.run();
    }

    private void publish(
            UnitChange change, UnitState before, UnitState after, @Nullable Task requester, Turn turn, Runnable over) {
        state = after;
        Coverage coverage = null;
        try {
            watcher.changed(this, before, after);
            change.published(before, after);
            coverage = change.fenced(before, after);
        } catch (RuntimeException | Error bug) {
            turn.failed(bug);
        }
        if (coverage == null) {
            over.run();
        } else {
            drains.begin(
                    coverage,
                    requester,
                    Drains.Purpose.REACH,
                    affected -> nexuses.dropAnswers(this, change.aborted(), over));
        }
    }

    /**
     * Fence: dooms the covered tasks and waits for those that a disk thread has, while the others go on. Any thread.
     *
     * @param coverage  asked once of each task, on its loop
     * @param requester left out, may be null
     * @param done      told whose tasks ended, on some loop, when no covered task can reach the disk any more
     */
    public void fence(Coverage coverage, @Nullable Task requester, Consumer<Collection<ITLNexus>> done) {
        mailbox.inTurn(() -> drains.begin(coverage, requester, Drains.Purpose.ENDS, affected -> {
            try {
                done.accept(affected);
            } finally {
                mailbox.turnEnded();
            }
        }));
    }

    /**
     * Quiesce: closes the gate, dooms the covered tasks, waits for disk I/O, acts, opens the gate. Any thread.
     *
     * @param act  runs while no covered task exists and new ones wait; it must not wait itself
     */
    public void quiesce(Coverage coverage, @Nullable Task requester, Consumer<Collection<ITLNexus>> act) {
        mailbox.inTurn(() -> drains.begin(coverage, requester, Drains.Purpose.ENDS_BEHIND_GATE, affected -> {
            try {
                act.accept(affected);
            } finally {
                drains.openGates(this);
                mailbox.turnEnded();
            }
        }));
    }

    /** Runs after every change that was asked for before. For tests and orderly closing. */
    public void afterChanges(Runnable then) {
        mailbox.inTurn(() -> {
            try {
                then.run();
            } finally {
                mailbox.turnEnded();
            }
        });
    }

    /**
     * Resets the unit, SAM-5 6.3.3 and 7.7: mode pages as saved, and no reservation by RESERVE(6) or (10); persistent
     * reservations stay. Every nexus learns it by a UA, also the one that asked.
     */
    public void reset(Runnable done) {
        reset(task -> true, done);
    }

    /** The same for those tasks alone that were there before the reset was asked for. */
    public void reset(Predicate<Task> covered, Runnable done) {
        quiesce(Coverage.silent(covered), null, affected -> {
            UnitState before = state;
            state = before.afterReset();
            raise(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, nexus -> true);
            FlushJob owed = FlushJob.owed(before, state, loops.getFirst(), this, done);
            if (owed == null) {
                done.run();
            } else {
                lane.submit(owed);
            }
        });
    }

    /**
     * Takes the disk away. Tasks on their way end as those that come later, in NOT READY; what a disk thread has is
     * waited for.
     *
     * @param reason for people
     * @param then   runs when nothing can reach the disk any more; it must not wait
     */
    public void takeOffline(String reason, Runnable then) {
        quiesce(task -> Ending.check(Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED), null, affected -> {
            state = state.offline(reason);
            then.run();
        });
    }

    /**
     * Gives the unit a disk again, if it has none. Every nexus hears that the medium may be another one (28h/00h).
     *
     * @param then runs when commands reach the disk; it must not wait
     */
    public void bringOnline(VirtualDisk disk, BlockGeometry geometry, boolean writeProtected, Runnable then) {
        boolean[] wasOffline = {false};
        change(
                now -> {
                    wasOffline[0] = now.disk() == null;
                    return wasOffline[0] ? now.online(disk, geometry, writeProtected) : now;
                },
                () -> {
                    if (wasOffline[0]) {
                        raise(Sense.NOT_READY_TO_READY_CHANGE, nexus -> true);
                    }
                    then.run();
                });
    }

    // ---- failures ---------------------------------------------------------------------------------------------------

    /** Maps a disk's failure to sense data: the one place where that is done. Any thread. */
    public Sense failure(IOException failure, boolean write) {
        watcher.ioFailed(this, failure);
        return IoFailures.toSense(failure, write);
    }

    /** Tells who watches, and gives what the initiator hears. Any thread. */
    public Sense bug(Throwable bug) {
        watcher.bug(this, bug);
        return Sense.INTERNAL_TARGET_FAILURE;
    }

    @Override
    public String toString() {
        return name;
    }
}
