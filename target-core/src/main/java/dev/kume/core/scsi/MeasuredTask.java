package dev.kume.core.scsi;

import dev.kume.core.io.LoopPort;
import dev.kume.core.measure.CommandEvent;
import dev.kume.core.measure.CommandFailure;
import dev.kume.core.measure.CommandLoad;
import dev.kume.core.measure.Recorder;

/**
 * When a task came, when work on it began and when it ended, told to its nexus. A command costs one look at the clock,
 * or none when somebody has looked already. Loop only, but that a disk thread which has the task says when it began.
 */
public abstract sealed class MeasuredTask extends TransportHooks permits Task {
    /** Off for who wants to know what measuring costs. */
    private static final boolean MEASURES = !"off".equals(System.getProperty("kume.measures"));

    private static final long UNKNOWN = Long.MIN_VALUE;

    private long arrivedNanos = UNKNOWN;
    private long begunNanos = UNKNOWN;
    private long endedNanos = UNKNOWN;

    MeasuredTask() {}

    /** The transport has received the command. */
    protected final void arrived(long nanos) {
        arrivedNanos = nanos;
    }

    /** Bytes of the data phase that go over the wire, when the command ends in GOOD. */
    protected long transferBytes() {
        return lengthBytes;
    }

    /** The task is in the hands of its unit. */
    final void taken(LoopPort loop) {
        if (isMeasured()) {
            nexus().load().begins();
            begunNanos = UNKNOWN;
            endedNanos = UNKNOWN;
            if (arrivedNanos == UNKNOWN) {
                arrivedNanos = loop.turnNanos(unit().lane().clock());
            }
        }
    }

    /** The command may be carried out; if it has to wait for something yet, {@link #noteBegin} says when it had it. */
    final void mayBegin(LoopPort loop) {
        if (isMeasured()) {
            begunNanos = loop.latestNanos(unit().lane().clock());
        }
    }

    /** Work that had to wait begins, or goes on with a further piece. */
    final void noteBegin(boolean first, long nanos) {
        if (first) {
            begunNanos = nanos;
        }
    }

    /** Work has come to its end: somebody has looked at the clock for it. */
    final void workEnded(long nanos) {
        endedNanos = nanos;
    }

    /** The task ends, with an answer or without one. */
    final void counted(LoopPort loop, boolean answered) {
        if (!isMeasured()) {
            return;
        }
        CommandLoad load = nexus().load();
        load.ends();
        if (!answered) {
            load.aborted();
        } else {
            if (!endedWell()) {
                load.failed(failure());
            }
            Command carried = command;
            if (carried != null && begunNanos != UNKNOWN) {
                countWork(load, carried.descriptor(), loop);
            }
        }
        arrivedNanos = UNKNOWN;
    }

    private void countWork(CommandLoad load, CommandDescriptor what, LoopPort loop) {
        long now = endedNanos == UNKNOWN ? loop.freshNanos(unit().lane().clock()) : endedNanos;
        long queueNanos = begunNanos - arrivedNanos;
        long serviceNanos = now - begunNanos;
        load.carriedOut(what.operation(), queueNanos, serviceNanos);
        if (Recorder.isInUse() && CommandEvent.isRecorded()) {
            CommandEvent.ended(
                    unit().name(),
                    nexus().nexus().initiatorName(),
                    what.name(),
                    what.operation(),
                    queueNanos,
                    serviceNanos,
                    status);
        }
        if (!endedWell()) {
            return;
        }
        if (what.writes()) {
            load.written(transferBytes());
        } else if (what.reads()) {
            load.read(transferBytes());
        }
    }

    private boolean endedWell() {
        return status == ScsiStatus.GOOD || status == ScsiStatus.CONDITION_MET;
    }

    private CommandFailure failure() {
        Sense why = sense;
        return why == null ? CommandFailure.of(status) : new CommandFailure(status, why.key(), why.asc(), why.ascq());
    }

    /** Not at a LUN without a unit, and not what no initiator has sent. */
    private boolean isMeasured() {
        return MEASURES && nexus != null && unit != null && hearsAttentions();
    }
}
