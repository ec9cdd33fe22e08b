package dev.kume.core.scsi.copy;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Hold;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One EXTENDED COPY being carried out, move by move, piece by piece. Confined to its task's home loop.
 *
 * <p>It has a {@link Permit} at every unit for what it does there, from before the first byte until after the last. A
 * fence that takes a permit, or the task itself, waits for the piece that a disk thread has; no other one follows.
 */
final class Copy implements Hold {
    /** While a disk thread works under a permit, whoever dooms it waits. */
    private static final Hold WORKING = () -> false;

    private final Task task;
    private final List<Move> moves;
    private final CopyResult result;
    private final CopyLimits limits;
    private final CopyStep step;
    private final Runnable ended;

    private final List<Permit> permits = new ArrayList<>();
    private int permitted;

    private int atMove;
    private long movedBytes;

    /** The files of the current move can move bytes by themselves, as far as is known. */
    private boolean canTransfer;

    private boolean working;
    private boolean over;

    /** Why the copy must end as soon as no disk thread has it. */
    private @Nullable Sense failure;

    /** @param ended runs once, when the copy is over */
    Copy(Task task, List<Move> moves, CopyResult result, CopyLimits limits, ByteBuffer buffer, Runnable ended) {
        this.task = task;
        this.moves = moves;
        this.result = result;
        this.limits = limits;
        this.step = new CopyStep(this, task, buffer);
        this.ended = ended;
    }

    void begin() {
        task.hold(this);
        for (Move move : moves) {
            if (move.lengthBytes() > 0) {
                want(move.source(), false, move.sourceBytes());
                want(move.destination(), true, move.destinationBytes());
            }
        }
        askNext();
    }

    private void want(CopyEnd end, boolean writes, long atBytes) {
        if (find(end, writes) == null) {
            permits.add(new Permit(this, task.home(), end, writes, atBytes));
        }
    }

    private @Nullable Permit find(CopyEnd end, boolean writes) {
        for (Permit permit : permits) {
            if (permit.isFor(end, writes)) {
                return permit;
            }
        }
        return null;
    }

    private void askNext() {
        if (permitted < permits.size()) {
            permits.get(permitted).ask(task.luns());
        } else {
            beginMove();
        }
    }

    /** The unit that was asked last has enabled the permit. */
    void permitted() {
        if (over) {
            return;
        }
        permitted++;
        askNext();
    }

    /** A permit was refused, or taken away. */
    void lost() {
        fail(Sense.THIRD_PARTY_DEVICE_FAILURE);
    }

    private void beginMove() {
        while (atMove < moves.size() && movedBytes == moves.get(atMove).lengthBytes()) {
            result.segmentDone();
            atMove++;
            movedBytes = 0;
        }
        if (atMove == moves.size()) {
            end(null);
            return;
        }
        if (movedBytes == 0) {
            canTransfer = !moves.get(atMove).overlaps() && bothThin(moves.get(atMove));
        }
        beginStep();
    }

    /**
     * A file system that moves bytes by itself may let both files share them, and then a write needs space again. That
     * is for disks that take their space as they are written; the others keep what was reserved for them.
     */
    private boolean bothThin(Move move) {
        return isThin(find(move.source(), false)) && isThin(find(move.destination(), true));
    }

    private static boolean isThin(@Nullable Permit permit) {
        VirtualDisk disk = permit == null ? null : permit.unitState().disk();
        return disk != null && disk.info().thin();
    }

    private void beginStep() {
        Move move = moves.get(atMove);
        Permit source = held(move.source(), false);
        Permit destination = held(move.destination(), true);
        long mostBytes = Math.min(limits.stepBytesMax(), move.lengthBytes() - movedBytes);
        step.prepare(move, source, destination, movedBytes, mostBytes, move.goesBackwards(), move.overlaps());
        working = true;
        step.submit(canTransfer ? CopyStep.Kind.TRANSFER : CopyStep.Kind.READ);
    }

    private Permit held(CopyEnd end, boolean writes) {
        Permit permit = find(end, writes);
        if (permit == null) {
            throw new IllegalStateException("no permit at " + end.unit());
        }
        permit.hold(WORKING);
        return permit;
    }

    /** A disk thread has done its part of the piece. */
    void stepDone() {
        Sense because = step.failure();
        boolean reading = step.kind() == CopyStep.Kind.READ;
        boolean nothingMoved = step.kind() == CopyStep.Kind.TRANSFER && step.doneBytes() == 0;
        if (because == null && failure == null && reading && stillAllowed()) {
            step.submit(CopyStep.Kind.WRITE);
            return;
        }
        if (because == null && failure == null && nothingMoved && stillAllowed()) {
            // The files cannot: through memory, then.
            canTransfer = false;
            step.submit(CopyStep.Kind.READ);
            return;
        }
        working = false;
        Move move = moves.get(atMove);
        letGo(move.source(), false);
        letGo(move.destination(), true);
        if (over) {
            return;
        }
        if (task.doomed()) {
            abandon();
            task.letGo();
        } else if (failure != null) {
            fail(failure);
        } else if (because != null) {
            fail(Sense.THIRD_PARTY_DEVICE_FAILURE);
        } else {
            movedBytes += step.doneBytes();
            result.moved(step.doneBytes());
            beginMove();
        }
    }

    private boolean stillAllowed() {
        Move move = moves.get(atMove);
        return !task.doomed() && isAlive(move.source(), false) && isAlive(move.destination(), true);
    }

    private boolean isAlive(CopyEnd end, boolean writes) {
        Permit permit = find(end, writes);
        return permit != null && !permit.doomed();
    }

    private void letGo(CopyEnd end, boolean writes) {
        Permit permit = find(end, writes);
        if (permit != null) {
            permit.letGo();
        }
    }

    private void fail(Sense because) {
        if (over) {
            return;
        }
        failure = because;
        if (!working) {
            end(because.atSegment(atMove < moves.size() ? moves.get(atMove).number() : 0));
        }
    }

    /** Ends the task: well, or with this sense data. */
    private void end(@Nullable Sense because) {
        over(because);
        boolean doomed = task.doomed();
        task.letGo();
        if (doomed) {
            return;
        }
        if (because == null) {
            task.good();
        } else {
            task.terminate(because);
        }
    }

    private void over(@Nullable Sense because) {
        over = true;
        if (because == null) {
            result.done();
        } else {
            result.failed(because);
        }
        permits.forEach(Permit::giveBack);
        ended.run();
    }

    /** The task is doomed, and nothing of it runs. */
    private void abandon() {
        if (!over) {
            over = true;
            result.failed(null);
            permits.forEach(Permit::giveBack);
            ended.run();
        }
    }

    @Override
    public boolean letsGo() {
        if (working) {
            return false;
        }
        abandon();
        return true;
    }
}
