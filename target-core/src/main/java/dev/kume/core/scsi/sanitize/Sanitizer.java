package dev.kume.core.scsi.sanitize;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.IoJob;
import dev.kume.core.io.LoopPort;
import dev.kume.core.scsi.Hold;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sanitize operation under way. It belongs to the unit and to no command: step by step through the unit's lane, it
 * goes on whatever becomes of the one that asked for it, and after a restart of the daemon from the last point that was
 * recorded. It ends when every step is done and durable, or at the first one that fails.
 *
 * <p>A disk that is closed under it - the daemon stops, the disk is removed - ends the work and not the operation.
 */
public final class Sanitizer extends IoJob {
    private static final int PROGRESS_WHOLE = 65_536;

    /** So much work is done again at most after a crash. */
    private static final long RECORDED_BYTES = 1L << 30;

    /** How a step went. */
    private enum Outcome {
        DONE,
        FAILED,
        /** The disk is gone, and with it whoever could go on. */
        CLOSED
    }

    /** A task that waits for the end; it may be doomed at any time, which ends the waiting alone. */
    private static final class Waiting implements Hold {
        private final Task task;

        Waiting(Task task) {
            this.task = task;
        }

        @Override
        public boolean letsGo() {
            return true;
        }
    }

    private final LogicalUnit unit;
    private final LoopPort home;
    private final SanitizeWork work;
    private long recordedBytes;

    // Handed to a disk thread with the job and back with its delivery.
    private boolean flushes;
    private Outcome outcome = Outcome.DONE;
    private @Nullable VirtualDisk at;

    /** Guarded by itself. */
    private final List<Waiting> waiting = new ArrayList<>();

    /** How it ended; guarded by {@link #waiting}. */
    private boolean ended;

    private @Nullable Sense because;

    /** @param state says what is to be done, and what of it is done already */
    public Sanitizer(LogicalUnit unit, SanitizeState state) {
        this.unit = unit;
        this.home = unit.anyLoop();
        this.work = new SanitizeWork(state, unit.state().geometry());
        this.recordedBytes = work.doneBytes();
    }

    /** Goes on with what a daemon before this one has left undone. */
    public static void resume(LogicalUnit unit) {
        SanitizeState state = unit.state().durable().sanitize();
        if (state.isRunning() && unit.state().disk() != null) {
            new Sanitizer(unit, state).start();
        }
    }

    /**
     * Begins, unless the operation is carried out already: whoever is left behind by another would overwrite what is
     * written after its end. Nothing that was begun before can reach the disk any more. Any thread.
     */
    public void start() {
        if (unit.sanitizeRun().come()) {
            tellProgress();
            unit.lane().submit(this);
        }
    }

    /** Ends the task when the operation has ended. On the task's loop. */
    public void endWithIt(Task task) {
        Waiting one = new Waiting(task);
        task.hold(one);
        synchronized (waiting) {
            if (!ended) {
                waiting.add(one);
                return;
            }
        }
        end(one);
    }

    @Override
    protected LoopPort home() {
        return home;
    }

    @Override
    protected void perform() {
        VirtualDisk disk = unit.state().disk();
        at = disk;
        try {
            if (disk == null) {
                throw new ClosedChannelException();
            }
            if (flushes) {
                disk.flush();
            } else {
                work.step(disk);
            }
        } catch (ClosedChannelException e) {
            outcome = Outcome.CLOSED;
        } catch (IOException e) {
            // Who watches hears of it; the initiator hears that the operation has failed.
            outcome = Outcome.FAILED;
            var _ = unit.failure(e, true);
        } catch (RuntimeException | Error bug) {
            outcome = Outcome.FAILED;
            var _ = unit.bug(bug);
        }
    }

    @Override
    protected void performed() {
        if (outcome == Outcome.CLOSED) {
            unit.sanitizeRun().leave();
            if (unit.state().disk() != at) {
                // It has come back meanwhile, and found this one still there.
                resume(unit);
            }
            return;
        }
        if (outcome == Outcome.FAILED) {
            record(now -> now.failed(), Sense.SANITIZE_COMMAND_FAILED);
            return;
        }
        tellProgress();
        if (work.isDone()) {
            record(now -> SanitizeState.NONE, null);
        } else if (flushes) {
            flushes = false;
            recordedBytes = work.doneBytes();
            unit.change(
                    new Recording(now -> now.doneUpTo(recordedBytes, work.diskBytes())),
                    () -> unit.lane().submit(this));
        } else {
            flushes = work.doneBytes() - recordedBytes >= RECORDED_BYTES;
            unit.lane().submit(this);
        }
    }

    private void tellProgress() {
        // Never the whole: that is told by the end.
        double done = (double) work.doneBytes() / work.totalBytes();
        unit.sanitizeRun().progress((int) Math.min(PROGRESS_WHOLE - 1, done * PROGRESS_WHOLE));
    }

    private void record(Next next, @Nullable Sense told) {
        Recording last = new Recording(next);
        unit.change(last, () -> {
            // Still in the turn: whoever begins the next operation comes behind it.
            unit.sanitizeRun().leave();
            over(last.failed() ? Sense.INTERNAL_TARGET_FAILURE : told);
        });
    }

    private void over(@Nullable Sense told) {
        List<Waiting> all;
        synchronized (waiting) {
            ended = true;
            because = told;
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(one -> one.task.home().execute(() -> end(one)));
    }

    private void end(Waiting one) {
        if (!one.task.isHeldBy(one)) {
            return;
        }
        Sense told;
        synchronized (waiting) {
            told = because;
        }
        one.task.letGo();
        if (told == null) {
            one.task.good();
        } else {
            one.task.terminate(told);
        }
    }

    /** The state of the operation after a step. */
    private interface Next {
        SanitizeState after(SanitizeState now);
    }

    /**
     * A point of the operation made durable. When that fails the unit stays as it was, busy with the operation, and the
     * daemon's next start goes on with it: nobody is told of a success that a crash would take back.
     */
    private static final class Recording implements UnitChange {
        private final Next next;
        private boolean failed;

        Recording(Next next) {
            this.next = next;
        }

        boolean failed() {
            return failed;
        }

        @Override
        public UnitState apply(UnitState now) {
            return now.withDurable(
                    now.durable().withSanitize(next.after(now.durable().sanitize())));
        }

        @Override
        public boolean isDurable() {
            return true;
        }

        @Override
        public void notSaved(IOException failure) {
            failed = true;
        }

        @Override
        public void ended(Task task) {
            throw new IllegalStateException("asked for by no command");
        }
    }
}
