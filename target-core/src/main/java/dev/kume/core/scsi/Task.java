package dev.kume.core.scsi;

import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.LoopPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One SCSI command being carried out. Confined to its home loop, but for the time in which a disk thread performs it.
 *
 * <p>Tasks are pooled by the transport, which subclasses this with its own tags and hooks. A task goes
 * {@code FREE -> STARTED -> (READING | TAKING_DATA | IN_IO)* -> COMPLETE -> FREE}; it completes exactly once, or is
 * doomed and ends exactly once.
 */
public abstract non-sealed class Task extends MeasuredTask {
    /** How the data phase goes, once the command has begun. */
    private enum Io {
        NONE,
        READ,
        CONSUME,
        WORK
    }

    /** Work of a command that waits for the disk; runs on a disk thread. */
    @FunctionalInterface
    public interface Work {
        /** Does it; ends in {@link Task#outcome} or {@link Task#failIo}, or in GOOD when it says nothing. */
        void run(Task task, VirtualDisk disk) throws IOException;
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0).asReadOnlyBuffer();

    private final LoopPort home;

    // Where it is. Loop only.
    private State state = State.FREE;
    private Io io = Io.NONE;
    private @Nullable Work work;
    private @Nullable Sense transferFailure;

    // Handed to a disk thread with the job and back with its delivery.
    private @Nullable ByteBuffer ioBuffer;
    private long ioOffsetBytes;
    private boolean ioLast;
    private @Nullable Sense ioSense;
    private int ioStatus;

    /** Set on the loop, looked at by disk threads right before they touch the disk. */
    private volatile boolean doomed;

    /** What the initiator hears of a doom. Loop only. */
    private Ending ending = Ending.SILENT;

    /** The disk thread found the task not yet doomed. Handed back with the delivery. */
    private boolean ioPerformed;

    /** A disk thread has begun with the job: set before it looks at {@link #doomed}. */
    private volatile boolean ioBegun;

    protected Task(LoopPort home) {
        this.home = home;
    }

    // ---- transport side ---------------------------------------------------------------------------------------------

    /** Takes a free task for a command. {@code unit} is null where the LUN has none. */
    public final void prepare(
            @Nullable LogicalUnit onUnit, @Nullable ITLNexus from, LunMap visibleLuns, int attribute) {
        assert home.inLoop();
        if (state != State.FREE) {
            throw new IllegalStateException("task taken while " + state);
        }
        this.unit = onUnit;
        this.nexus = from;
        this.luns = visibleLuns;
        this.readOnlyMapping = visibleLuns.isReadOnly(onUnit);
        this.attribute = attribute;
        this.state = State.STARTED;
        this.status = ScsiStatus.GOOD;
        this.doomed = false;
        this.ending = Ending.SILENT;
        taken(home);
    }

    /** Gives the task back to its pool. Only a task that has ended can be free. */
    public final void release() {
        assert home.inLoop();
        if (state != State.COMPLETE || io != Io.NONE) {
            throw new IllegalStateException("task released while " + state + ", io " + io);
        }
        state = State.FREE;
        forget();
        work = null;
        transferFailure = null;
        ioBuffer = null;
        ioSense = null;
    }

    /** Reads a piece of the medium into {@code target} on a disk thread; ends in {@link #onReadDone()}. */
    public final void startRead(long fromOffsetBytes, ByteBuffer target) {
        assert state == State.READING && io == Io.NONE : state;
        submit(Io.READ, fromOffsetBytes, target, false);
    }

    /**
     * Gives a piece of data to the command, on a disk thread; pieces go in order, one at a time.
     *
     * @param last true for the last piece: the task completes when it is consumed
     */
    public final void startConsume(long atOffsetBytes, ByteBuffer piece, boolean last) {
        assert state == State.TAKING_DATA && io == Io.NONE : state;
        submit(Io.CONSUME, atOffsetBytes, piece, last);
    }

    /**
     * Consumes a piece here, on the loop, when the disk is known to take it without waiting. The last piece completes
     * the task.
     *
     * @return false when it has to go to a disk thread by {@link #startConsume}; nothing has happened then
     */
    public final boolean consumeNow(long atOffsetBytes, ByteBuffer data, boolean last) {
        assert state == State.TAKING_DATA && io == Io.NONE : state;
        IsolatedDisk disk = unitState().isolatedDisk();
        DiskLane lane = unit().lane();
        if (disk == null || !command().consumesIntoMemory(this) || !lane.allowsInlineWrite(data.remaining())) {
            return false;
        }
        ioStatus = ScsiStatus.GOOD;
        ioSense = null;
        partDone = true;
        long startNanos = home.freshNanos(lane.clock());
        noteBegin(atOffsetBytes == offsetBytes, startNanos);
        try {
            if (!disk.tryWrite(atOffsetBytes, data)) {
                return false;
            }
            partDone = true;
        } catch (IOException failure) {
            failIo(unit().failure(failure, true));
        } catch (RuntimeException | Error bug) {
            failIo(unit().bug(bug));
        }
        long endNanos = home.freshNanos(lane.clock());
        lane.inlineWrites().writtenInline(endNanos - startNanos);
        if (ioStatus != ScsiStatus.GOOD) {
            completeFailed();
        } else if (!last) {
            return true;
        } else if (command().consumesIntoMemory(this)) {
            workEnded(endNanos);
            complete();
        } else {
            // The write cache was switched off meanwhile: a disk thread makes durable what is written.
            submit(Io.CONSUME, atOffsetBytes, NOTHING, true);
        }
        return true;
    }

    /** The transport has all bytes of a {@link #gather}. */
    public final void dataGathered(ByteBuffer parameters) {
        assert state == State.TAKING_DATA && io == Io.NONE : state;
        state = State.STARTED;
        command().gathered(this, parameters);
    }

    /** The transport has sent (or queued) all bytes of a read: the task ends with GOOD. */
    public final void readSent() {
        assert state == State.READING && io == Io.NONE : state;
        complete();
    }

    /** The data phase went wrong on the wire: the task ends in CHECK CONDITION as soon as no disk thread has it. */
    public final void failTransfer(Sense because) {
        assert state == State.TAKING_DATA || state == State.READING : state;
        if (io != Io.NONE) {
            transferFailure = because;
        } else {
            terminate(because);
        }
    }

    /** True while a disk thread has, or is about to get, this task. */
    public final boolean inIo() {
        return io != Io.NONE;
    }

    /** Ends the task without an answer; true when it has ended already. */
    public final boolean doom() {
        return doom(Ending.SILENT);
    }

    /**
     * Ends the task: at once when neither a disk thread nor a {@link Hold} has it, else as soon as it comes back.
     * What was done by then is told as done; silence goes before an answer.
     *
     * @return true when it has ended already
     */
    final boolean doom(Ending how) {
        assert home.inLoop();
        if (state == State.FREE || state == State.COMPLETE) {
            return true;
        }
        if (!doomed || !how.answers()) {
            ending = how;
        }
        doomed = true;
        if (io != Io.NONE || (held != null && !held.letsGo())) {
            return false;
        }
        endDoomed();
        return true;
    }

    /**
     * True when a doomed task can not reach the disk any more, though it has not ended: it waits in the disk's queue,
     * and the thread that takes it from there sees that it is doomed.
     */
    final boolean isOutOfReach() {
        assert home.inLoop() && doomed;
        return io != Io.NONE && !ioBegun;
    }

    // ---- command side -----------------------------------------------------------------------------------------------

    /** GOOD without data. */
    public final void good() {
        complete();
    }

    /** GOOD with parameter data; at most {@code allocationLength} bytes of it are sent. */
    public final void respond(ByteBuffer data, long allocationLength) {
        outcome(data, allocationLength);
        complete();
    }

    /** CHECK CONDITION. */
    public final void terminate(Sense because) {
        status = ScsiStatus.CHECK_CONDITION;
        sense = because;
        complete();
    }

    /** A status without sense, such as RESERVATION CONFLICT or BUSY. */
    public final void terminate(int withStatus) {
        status = withStatus;
        complete();
    }

    /** Sends a range of the medium. The range has been checked. */
    public final void readMedium(long fromOffsetBytes, long bytes) {
        offsetBytes = fromOffsetBytes;
        lengthBytes = bytes;
        state = State.READING;
        onRead();
    }

    /** Takes {@code bytes} from the initiator in pieces, each given to {@link Command#consume}. */
    public final void streamOut(long atOffsetBytes, long bytes) {
        offsetBytes = atOffsetBytes;
        lengthBytes = bytes;
        gathering = false;
        state = State.TAKING_DATA;
        onDataWanted();
    }

    /** Takes a parameter list of {@code bytes} as a whole, given to {@link Command#gathered}. */
    public final void gather(int bytes) {
        lengthBytes = bytes;
        gathering = true;
        state = State.TAKING_DATA;
        onDataWanted();
    }

    /** Goes to a disk thread. */
    public final void work(Work what) {
        work = what;
        submit(Io.WORK, 0, null, true);
    }

    /** Changes the unit's state in its turn. Doomed before its turn, it changes nothing. */
    public final void change(UnitChange what) {
        Turn waitedFor = new Turn(what);
        held = waitedFor;
        unit().change(what, this, waitedFor, () -> home.execute(() -> turnTaken(waitedFor)));
    }

    /** The hold is over: a task that was doomed meanwhile ends now. */
    public final void letGo() {
        held = null;
        if (doomed) {
            endDoomed();
        }
    }

    private void turnTaken(Turn taken) {
        if (held != taken) {
            return;
        }
        held = null;
        try {
            Throwable bug = taken.bug();
            if (doomed) {
                endDoomed();
            } else if (bug != null) {
                terminate(unit().bug(bug));
            } else {
                taken.change().ended(this);
            }
        } catch (RuntimeException | Error bug) {
            onBug(bug);
        }
    }

    /** Parameter data to send. From {@link Work}, on the disk thread; {@link #respond} does the same on the loop. */
    public final void outcome(ByteBuffer data, long allocationLength) {
        if (data.remaining() > allocationLength) {
            data.limit(data.position() + (int) allocationLength);
        }
        response = data;
    }

    /** From {@link Work} or {@link Command#consume}, on the disk thread: the task ends in CHECK CONDITION. */
    public final void failIo(Sense because) {
        ioStatus = ScsiStatus.CHECK_CONDITION;
        ioSense = because;
    }

    /**
     * From {@link Work} between two steps, on the disk thread: true when the rest is not to be done. The work then
     * returns, and counts as not done.
     */
    public final boolean givesUp() {
        if (doomed) {
            ioPerformed = false;
        }
        return doomed;
    }

    public final State state() {
        return state;
    }

    public final boolean doomed() {
        return doomed;
    }

    @Override
    public final LoopPort home() {
        return home;
    }

    // ---- inside -----------------------------------------------------------------------------------------------------

    final void start(Command what, @Nullable UnitState under) {
        command = what;
        unitState = under;
        state = State.STARTED;
        mayBegin(home);
        what.begin(this);
    }

    final void gated() {
        state = State.GATED;
    }

    private void submit(Io kind, long atOffsetBytes, @Nullable ByteBuffer buffer, boolean last) {
        io = kind;
        ioOffsetBytes = atOffsetBytes;
        ioBuffer = buffer;
        ioLast = last;
        ioStatus = ScsiStatus.GOOD;
        ioSense = null;
        ioPerformed = false;
        ioBegun = false;
        unit().lane().submit(this);
    }

    @Override
    protected final boolean waits() {
        // A plain write goes to the page cache; what else comes here is known to wait.
        return io != Io.CONSUME || !command().consumesIntoMemory(this);
    }

    @Override
    protected final void perform() {
        ioBegun = true;
        if (doomed) {
            return;
        }
        ioPerformed = true;
        noteBegin(io == Io.WORK || ioOffsetBytes == offsetBytes, takenNanos());
        partDone |= io != Io.READ;
        VirtualDisk disk = unitState().disk();
        try {
            if (disk == null) {
                failIo(Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED);
                return;
            }
            switch (io) {
                case READ -> disk.read(ioOffsetBytes, Objects.requireNonNull(ioBuffer));
                case CONSUME -> {
                    DiskLane lane = unit().lane();
                    command().consume(this, disk, ioOffsetBytes, Objects.requireNonNull(ioBuffer));
                    lane.inlineWrites().writtenByThread(lane.clock().nanoTime() - takenNanos());
                    if (ioLast && ioSense == null) {
                        command().consumed(this, disk);
                    }
                }
                case WORK -> Objects.requireNonNull(work).run(this, disk);
                case NONE -> throw new IllegalStateException("performed without work");
            }
        } catch (IOException failure) {
            boolean write = io != Io.READ && command().descriptor().failsAsWrite();
            failIo(unit().failure(failure, write));
        } catch (RuntimeException | Error bug) {
            failIo(unit().bug(bug));
        }
    }

    @Override
    protected final void performed() {
        try {
            backHome();
        } catch (RuntimeException | Error bug) {
            onBug(bug);
        }
    }

    private void backHome() {
        Io was = io;
        io = Io.NONE;
        // What a disk thread has brought to its end has happened, and is answered as such where an answer is due.
        if (doomed && !(ending.answers() && ioPerformed && ioLast)) {
            endDoomed();
            return;
        }
        if (transferFailure != null) {
            terminate(transferFailure);
        } else if (ioStatus != ScsiStatus.GOOD) {
            completeFailed();
        } else if (was == Io.READ) {
            onReadDone();
        } else if (was == Io.CONSUME && !ioLast) {
            onConsumed();
        } else {
            complete();
        }
    }

    private void completeFailed() {
        status = ioStatus;
        sense = ioSense;
        complete();
    }

    private void complete() {
        if (state == State.COMPLETE || state == State.FREE || io != Io.NONE) {
            throw new IllegalStateException("task completed while " + state + ", io " + io);
        }
        noteAccess(home);
        end(false);
    }

    private void endDoomed() {
        held = null;
        if (ending.answers()) {
            Ending told = partDone && command().descriptor().writes() ? Ending.CUT_SHORT : ending;
            status = told.status();
            sense = told.sense();
            end(false);
        } else {
            end(true);
        }
    }

    private void end(boolean byDoom) {
        TaskSet from = set;
        if (from != null) {
            from.remove(this);
        }
        state = State.COMPLETE;
        counted(home, !byDoom);
        try {
            if (byDoom) {
                onDoomed();
            } else {
                onComplete();
            }
        } finally {
            if (from != null) { // Whoever waits for this end hears of it after the transport.
                from.settle(this);
            }
        }
    }
}
