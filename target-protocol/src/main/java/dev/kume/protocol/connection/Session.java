package dev.kume.protocol.connection;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.pdu.Lun;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The full feature phase of one normal session: its tasks, its window, its data. Confined to its connection's loop.
 *
 * <p>Fields that each command touches stand first; what only set-up and the end touch stands last.
 */
final class Session {
    /** Bits of a target transfer tag that name the task's slot. */
    static final int SLOT_BITS = 12;

    // ---- data path --------------------------------------------------------------------------------------------------
    private final LoopContext loop;
    private final Connection connection;
    private final Output output;
    private final PduWriter writer;
    private final CommandWindow window;
    private final TaskTable tasks;
    private final @Nullable IscsiTask[] slots;
    private final int[] freeSlots;
    private int freeSlotCount;
    private int immediateOutstanding;
    private final int immediateMax;
    private final Target target;
    private final SessionUnits units;
    private final HeldResponses heldResponses;
    private final ArrayDeque<IscsiTask> producing = new ArrayDeque<>();
    private int dataInSegmentBytes;
    private final int burstBytes;
    private @Nullable IscsiTask underWay;
    private long commands;
    private long bytesRead;
    private long bytesWritten;
    private final SessionMemory memory;

    // ---- set-up and end ---------------------------------------------------------------------------------------------
    private final SessionParameters parameters;
    private final CommandTable commandTable;
    private boolean closing;
    private final WhenEnded whenEmpty = new WhenEnded();

    Session(
            Connection connection,
            Output output,
            PduWriter writer,
            CommandWindow window,
            SessionParameters parameters,
            ITNexus nexus,
            Target target,
            CommandTable commandTable) {
        this.connection = connection;
        this.loop = connection.loop();
        this.output = output;
        this.writer = writer;
        this.window = window;
        this.parameters = parameters;
        this.target = target;
        this.commandTable = commandTable;
        Limits limits = loop.limits();
        immediateMax = limits.getInt(Limit.IMMEDIATE_TASKS_PER_SESSION);
        int slotCount = limits.getInt(Limit.TASKS_PER_SESSION) + immediateMax;
        slots = new IscsiTask[slotCount];
        freeSlots = new int[slotCount];
        while (freeSlotCount < slotCount) {
            freeSlots[freeSlotCount] = slotCount - ++freeSlotCount;
        }
        heldResponses = new HeldResponses(connection, slots);
        units = new SessionUnits(target, nexus, heldResponses);
        tasks = new TaskTable(slotCount);
        memory = new SessionMemory(loop, limits.get(Limit.DATA_OUT_BYTES_PER_SESSION), connection::lacksMemory);
        burstBytes = parameters.maxBurstLength();
        initiatorReceives(parameters.initiatorMaxRecvDataSegmentLength());
    }

    /** The initiator has declared how long a data segment it takes. */
    void initiatorReceives(int segmentBytes) {
        // RFC 7143 11.7: only the last PDU of a sequence may hold a broken word.
        dataInSegmentBytes = Math.min(IscsiTask.DATA_IN_BYTES_MAX, Math.min(segmentBytes, burstBytes)) & ~3;
    }

    // ---- SCSI commands in -------------------------------------------------------------------------------------------

    /** Why a SCSI Command PDU can not be taken, as {@link RejectReason} counts; 0 when it can. */
    int refusal(ScsiCommandPdu pdu) {
        int itt = pdu.initiatorTaskTag();
        if (itt == PduHeader.NO_TAG) {
            return RejectReason.INVALID_PDU_FIELD;
        }
        if (tasks.get(itt) != null) {
            return RejectReason.TASK_IN_PROGRESS;
        }
        return pdu.isImmediate() && immediateOutstanding == immediateMax ? RejectReason.TOO_MANY_IMMEDIATE_COMMANDS : 0;
    }

    /** A SCSI Command PDU whose turn it is. The connection passes its data on afterwards. */
    void onCommand(ScsiCommandPdu pdu, int dataSegmentBytes, FullFeature from) {
        IscsiTask task = receive(pdu);
        if (!task.immediate()) {
            window.taken();
        }
        underWay = task;
        begin(task);
        underWay = null;
        takeData(task, pdu, dataSegmentBytes, from);
    }

    /**
     * A SCSI Command PDU whose turn has not come, or whose data digest has not: its data is taken, and nothing else
     * happens until {@link #beginHeld}.
     */
    IscsiTask hold(ScsiCommandPdu pdu, int dataSegmentBytes, FullFeature from) {
        IscsiTask task = receive(pdu);
        task.hold();
        takeData(task, pdu, dataSegmentBytes, from);
        return task;
    }

    void beginHeld(IscsiTask task) {
        if (!task.immediate()) {
            window.taken();
        }
        task.beginning();
        begin(task);
    }

    private IscsiTask receive(ScsiCommandPdu pdu) {
        int slot = freeSlots[--freeSlotCount];
        IscsiTask task = slots[slot];
        if (task == null) {
            task = new IscsiTask(this, slot);
            slots[slot] = task;
        }
        if (pdu.isImmediate()) {
            immediateOutstanding++;
        }
        task.describe(pdu, commands++);
        tasks.put(task);
        return task;
    }

    private void takeData(IscsiTask task, ScsiCommandPdu pdu, int dataSegmentBytes, FullFeature from) {
        boolean morePdus = pdu.isWrite() && !pdu.isFinal();
        int unsolicitedMax = unsolicitedMax(pdu, dataSegmentBytes, morePdus);
        if (unsolicitedMax < 0) {
            if (task.takesData()) {
                task.failData(Sense.UNEXPECTED_UNSOLICITED_DATA);
            }
            task.goOn();
        } else if (morePdus) {
            task.expectUnsolicited(unsolicitedMax);
            if (dataSegmentBytes > 0) {
                from.dataTo(task, false);
            }
        } else if (dataSegmentBytes > 0) {
            // All of it is in this PDU: maybe it needs no buffer.
            task.sequence.openUnsolicited(dataSegmentBytes);
            from.dataTo(task, true);
        } else {
            task.goOn();
        }
    }

    private void begin(IscsiTask task) {
        LunMap luns = units.luns();
        int lun = Lun.number(task.lun());
        LogicalUnit unit = luns.get(lun);
        if (unit != null) {
            task.prepare(unit, units.nexusAt(lun), luns, task.requestedAttribute());
            unit.begin(task);
            return;
        }
        task.prepare(null, null, luns, task.requestedAttribute());
        if (lun == 0 && units.lostLast(task.cdb())) {
            task.terminate(Sense.REPORTED_LUNS_DATA_HAS_CHANGED);
        } else {
            LogicalUnit.beginWithoutUnit(task, commandTable);
        }
    }

    /** How much data may come unasked, or -1 when what came breaks the negotiated rules (RFC 7143 13.11, 13.14). */
    private int unsolicitedMax(ScsiCommandPdu pdu, int dataSegmentBytes, boolean morePdus) {
        long most = Math.min(parameters.firstBurstLength(), pdu.expectedDataTransferLength());
        boolean legal = pdu.isWrite()
                ? (dataSegmentBytes == 0 || parameters.immediateData())
                        && dataSegmentBytes <= most
                        && (!morePdus || !parameters.initialR2T())
                : dataSegmentBytes == 0;
        if (!legal) {
            return -1;
        }
        return morePdus ? (int) most : dataSegmentBytes;
    }

    // ---- Data-Out in ------------------------------------------------------------------------------------------------

    /** The task that a Data-Out PDU belongs to, or null when it has ended meanwhile. */
    @Nullable
    IscsiTask dataOutTask(int initiatorTaskTag, int targetTransferTag, boolean solicited) {
        if (!solicited) {
            IscsiTask task = tasks.get(initiatorTaskTag);
            return task != null && task.sequence.isOpenUnsolicited() ? task : null;
        }
        int slot = targetTransferTag & (1 << SLOT_BITS) - 1;
        IscsiTask task = slot < slots.length ? slots[slot] : null;
        return task != null
                        && task.sequence.answers(targetTransferTag, slot)
                        && task.initiatorTaskTag() == initiatorTaskTag
                ? task
                : null;
    }

    // ---- slots ------------------------------------------------------------------------------------------------------

    /** The task's answer is being written: its slot counts as free in the window that the answer carries. */
    void retire(IscsiTask task) {
        if (task.immediate()) {
            immediateOutstanding--;
        } else {
            window.freed();
        }
    }

    private void free(IscsiTask task) {
        tasks.remove(task);
        connection.forget(task);
        Runnable ended = task.whenEnded.take();
        if (task.state() != IscsiTask.State.FREE) {
            task.release();
        }
        freeSlots[freeSlotCount++] = task.slot;
        if (ended != null) {
            ended.run();
        }
        if (freeSlotCount == slots.length) {
            empty();
        }
    }

    /** Drops answers of this unit's tasks that wait for unsolicited data: those tasks are in no task set any more. */
    void abortHeld(LogicalUnit unit, Predicate<Task> which) {
        heldResponses.abort(unit, which);
    }

    SessionUnits units() {
        return units;
    }

    /** The commands under way, by tag. */
    TaskTable tasks() {
        return tasks;
    }

    // ---- answers ----------------------------------------------------------------------------------------------------

    /** True while the PDU that brought this task is still being looked at. */
    boolean commandUnderWay(IscsiTask task) {
        return underWay == task;
    }

    /** Sends what the task ended with, unless its last Data-In said it already. */
    void respond(IscsiTask task) {
        if (!task.statusCollapsed()) {
            ByteBuffer data = task.status() == ScsiStatus.GOOD ? task.response() : null;
            int moved = data == null ? 0 : data.remaining();
            int bytes = task.readFlag() ? (int) Math.min(moved, task.expectedDataTransferLength()) : 0;
            long overflow = Outcome.residual(task, moved);
            if (data != null && bytes > 0) {
                respondWithData(task, data, bytes, overflow);
            } else {
                retire(task);
                writer.scsiResponse(task, task.status(), Outcome.senseBytes(task), overflow);
            }
        }
        free(task);
    }

    private void respondWithData(IscsiTask task, ByteBuffer data, int bytes, long overflow) {
        int from = data.position();
        for (int done = 0; done < bytes; ) {
            int segment = Math.min(dataInSegmentBytes, Math.min(bytes - done, burstBytes - done % burstBytes));
            boolean last = done + segment == bytes;
            int at = writer.begin(segment);
            writer.dataView(at, segment).put(data.slice(from + done, segment));
            if (last) {
                retire(task);
            }
            boolean sequenceEnds = last || (done + segment) % burstBytes == 0;
            writer.dataIn(task, at, segment, done, sequenceEnds, last, last ? overflow : 0);
            done += segment;
        }
        bytesRead += bytes;
    }

    /** The task was aborted: no answer, only its slot comes back. */
    void ended(IscsiTask task) {
        // A read whose last Data-In took the status, and which is held for data that it never wanted, is retired
        // already.
        if (!task.statusCollapsed()) {
            retire(task);
        }
        free(task);
    }

    /** The task was held when it was aborted: it has taken no part of the window. */
    void endedHeld(IscsiTask task) {
        if (task.immediate()) {
            immediateOutstanding--;
        }
        free(task);
    }

    // ---- Data-In out ------------------------------------------------------------------------------------------------

    /** The task has data to send: now, or when the output has room. */
    void produce(IscsiTask task) {
        if (!producing.isEmpty() || !task.sendData()) {
            if (!task.waitsForMemory()) {
                producing.add(task);
                // The end of this turn looks whether another one is needed.
                touched();
            }
        }
    }

    boolean hasMoreToProduce() {
        return !producing.isEmpty();
    }

    /** The output has room again. */
    void produceMore() {
        while (!output.congested()) {
            IscsiTask task = producing.peek();
            if (task == null) {
                return;
            }
            if (task.state() != IscsiTask.State.READING || task.sendData() || task.waitsForMemory()) {
                producing.poll();
            }
        }
    }

    int dataInSegmentBytes() {
        return dataInSegmentBytes;
    }

    int burstBytes() {
        return burstBytes;
    }

    int beginDataIn(int bytes) {
        return writer.begin(bytes);
    }

    ByteBuffer dataInView(int at, int bytes) {
        return writer.dataView(at, bytes);
    }

    void addDataIn(IscsiTask task, int at, int bytes, long offset, boolean endOfSequence, boolean last) {
        long overflow = last ? task.lengthBytes() - task.expectedDataTransferLength() : 0;
        writer.dataIn(task, at, bytes, offset, endOfSequence, last, overflow);
        touched();
    }

    void sendR2t(IscsiTask task, int transferTag, int r2tSn, long offset, int bytes) {
        writer.r2t(task, transferTag, r2tSn, offset, bytes);
        touched();
    }

    /** Output was added outside of a receive batch: it leaves at the end of this turn of the loop. */
    void touched() {
        connection.touched();
    }

    void failed(Throwable bug) {
        connection.failed(bug);
    }

    void countRead(int bytes) {
        bytesRead += bytes;
    }

    void countWritten(int bytes) {
        bytesWritten += bytes;
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /** Aborts all tasks; {@code then} runs when none is left, which waits for disk I/O but for nothing else. */
    void end(Runnable then) {
        closing = true;
        whenEmpty.add(then);
        for (IscsiTask task : slots) {
            if (task != null) {
                abort(task);
            }
        }
        producing.clear();
        memory.forgetWaiting();
        if (freeSlotCount == slots.length) {
            empty();
        } else {
            // Not now: this may run in the middle of the end of a task.
            connection.execute(this::freeStranded);
        }
    }

    private void abort(IscsiTask task) {
        try {
            task.abort();
        } catch (RuntimeException | Error bug) {
            // The nexus must come free whatever is wrong with one task.
            failed(bug);
        }
    }

    /** Frees what an error of our own has left half ended, so that the nexus is not held for ever. */
    private void freeStranded() {
        for (IscsiTask task : slots) {
            if (task != null && task.isStranded()) {
                free(task);
            }
        }
    }

    private void empty() {
        Runnable then = closing ? whenEmpty.take() : null;
        if (then != null) {
            units.leave();
            then.run();
        }
    }

    /** True when some task's data is on its way in: memory comes free when it has arrived. */
    boolean expectsData() {
        for (IscsiTask task : slots) {
            if (task != null && task.sequence.isOpen()) {
                return true;
            }
        }
        return false;
    }

    LoopContext loop() {
        return loop;
    }

    Output output() {
        return output;
    }

    SessionMemory memory() {
        return memory;
    }

    CommandWindow window() {
        return window;
    }

    Target target() {
        return target;
    }

    int outstanding() {
        return slots.length - freeSlotCount;
    }

    long commands() {
        return commands;
    }

    long bytesRead() {
        return bytesRead;
    }

    long bytesWritten() {
        return bytesWritten;
    }
}
