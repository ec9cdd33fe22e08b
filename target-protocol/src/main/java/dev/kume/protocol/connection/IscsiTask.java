package dev.kume.protocol.connection;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Sense;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A SCSI task with its iSCSI side: tags, sequence numbers, and the state of its data transfer. Pooled by its session
 * and confined to the session's loop.
 */
final class IscsiTask extends CommandTask {
    /** The largest Data-In segment that is made at once: it fits a chunk and is sent while it is in the cache. */
    static final int DATA_IN_BYTES_MAX = 262_144;

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final Session session;

    /** Index in the session's pool; the low bits of this task's target transfer tags. */
    final int slot;

    // Data-In.
    private long transferBytes;
    private long positionBytes;
    private int dataSn;
    private @Nullable ByteBuffer readBuffer;
    private boolean readBufferFilled;

    // Data-Out: a sequence fills one buffer from the wire while the one before it is consumed.
    final DataOutSequence sequence = new DataOutSequence();
    private @Nullable ByteBuffer consuming;
    private boolean wanted;
    private int r2tSn;
    private boolean waitsForMemory;
    private @Nullable Sense failureAtGate;

    /** It has come, but its turn has not, or its data digest is not yet known: it takes data and does nothing else. */
    private boolean held;

    // How it ends.
    private boolean statusCollapsed;
    private boolean responseHeld;

    /** Runs when the task has ended, answered or aborted. */
    final WhenEnded whenEnded = new WhenEnded();

    IscsiTask(Session session, int slot) {
        super(session.loop().port());
        this.session = session;
        this.slot = slot;
    }

    @Override
    void describe(ScsiCommandPdu pdu, long arrival) {
        super.describe(pdu, arrival);
        arrived(session.loop().port().turnNanos(session.loop().clock()));
        held = false;
        transferBytes = 0;
        positionBytes = 0;
        dataSn = 0;
        readBufferFilled = false;
        sequence.clear();
        wanted = false;
        r2tSn = 0;
        waitsForMemory = false;
        failureAtGate = null;
        statusCollapsed = false;
        responseHeld = false;
    }

    boolean isOf(Session that) {
        return session == that;
    }

    /** Bytes of the medium that have been sent. */
    long sentBytes() {
        return positionBytes;
    }

    /** Data-In and R2T PDUs sent: the ExpDataSN of the response. */
    int dataPdus() {
        return dataSn + r2tSn;
    }

    int nextDataSn() {
        return dataSn++;
    }

    boolean statusCollapsed() {
        return statusCollapsed;
    }

    // ---- Data-In ----------------------------------------------------------------------------------------------------

    @Override
    protected void onRead() {
        transferBytes = readFlag() ? Math.min(lengthBytes(), expectedDataTransferLength()) : 0;
        if (transferBytes == 0) {
            readSent();
        } else {
            session.produce(this);
        }
    }

    /**
     * Sends data until all is sent, the output is congested, or the disk has to be waited for.
     *
     * @return false when it must be called again after the output has drained
     */
    boolean sendData() {
        while (state() == State.READING && !inIo() && !waitsForMemory) {
            if (session.output().congested()) {
                return false;
            }
            int bytes = (int)
                    Math.min(Math.min(session.dataInSegmentBytes(), transferBytes - positionBytes), leftOfBurst());
            int at = session.beginDataIn(bytes);
            if (!fill(session.dataInView(at, bytes), bytes)) {
                return true;
            }
            boolean last = positionBytes + bytes == transferBytes;
            long offset = positionBytes;
            positionBytes += bytes;
            // Where the initiator may send data too, the answer waits for it and goes by itself.
            boolean withStatus = last && !writeFlag();
            if (withStatus) {
                statusCollapsed = true;
                session.retire(this);
            }
            session.addDataIn(this, at, bytes, offset, last || leftOfBurst() == session.burstBytes(), withStatus);
            // Memory that is given back lets other tasks send: not while a PDU of ours is half made.
            giveReadBuffer();
            session.countRead(bytes);
            if (last) {
                readSent();
            }
        }
        return true;
    }

    /** Bytes until the sequence must end with the F bit, RFC 7143 11.7.1: never 0. */
    private long leftOfBurst() {
        long burst = session.burstBytes();
        return burst - positionBytes % burst;
    }

    private boolean fill(ByteBuffer target, int bytes) {
        ByteBuffer ready = readBuffer;
        if (ready != null && readBufferFilled) {
            target.put(ready);
            return true;
        }
        VirtualDisk disk = unitState().disk();
        long from = offsetBytes() + positionBytes;
        if (disk != null && disk.tryRead(from, target) == bytes) {
            return true;
        }
        ByteBuffer buffer = session.memory().takeInvited(bytes);
        if (buffer == null) {
            waitsForMemory = true;
            session.memory().await(this);
            return false;
        }
        readBuffer = buffer;
        readBufferFilled = false;
        startRead(from, buffer);
        return false;
    }

    @Override
    protected void onReadDone() {
        Objects.requireNonNull(readBuffer).flip();
        readBufferFilled = true;
        session.touched();
        session.produce(this);
    }

    private void giveReadBuffer() {
        ByteBuffer buffer = readBuffer;
        if (buffer != null) {
            session.memory().give(buffer);
            readBuffer = null;
            readBufferFilled = false;
        }
    }

    // ---- Data-Out ---------------------------------------------------------------------------------------------------

    /** At most {@code bytesMax} come unasked: immediate data, and Data-Out PDUs when the command's F bit was 0. */
    void expectUnsolicited(int bytesMax) {
        sequence.openUnsolicited(bytesMax);
        if (bytesMax > 0 && takesData()) {
            sequence.buffer(session.memory().takeUninvited(bytesMax), 0);
        }
    }

    /** The initiator has set the F bit: no more data without an R2T. */
    void unsolicitedDone() {
        sequence.close();
        sequence.complete();
        goOn();
    }

    /** No data comes unasked, or none any more. */
    void goOn() {
        if (!respondIfHeld() && wanted) {
            advance();
        }
    }

    private boolean respondIfHeld() {
        if (responseHeld) {
            responseHeld = false;
            session.respond(this);
            return true;
        }
        return false;
    }

    @Override
    protected void onDataWanted() {
        wanted = true;
        transferBytes = writeFlag() ? Math.min(lengthBytes(), expectedDataTransferLength()) : 0;
        if (failureAtGate != null) {
            failTransfer(failureAtGate);
        } else if (!gathering() && transferBytes % geometry().blockBytes() != 0) {
            // Of the last block a part alone is to come: written it would be half old and half new, and left out
            // with GOOD it would be taken for written.
            failTransfer(Sense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
        } else if (gathering() && transferBytes > session.memory().gatherBytesMax()) {
            failTransfer(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (!session.commandUnderWay(this) && !sequence.isOpen()) {
            advance();
        }
    }

    /** It begins when {@link #beginning} is called; until then it takes data. */
    void hold() {
        held = true;
    }

    boolean isHeld() {
        return held;
    }

    void beginning() {
        held = false;
    }

    /** True while data from the wire means something to the command, or may do so when it begins. */
    boolean takesData() {
        return held || state() == State.TAKING_DATA || state() == State.GATED;
    }

    /** The data on the wire is wrong: the command fails, at a gate as soon as it begins. */
    void failData(Sense because) {
        if (held || state() == State.GATED) {
            failureAtGate = failureAtGate == null ? because : failureAtGate;
        } else {
            failTransfer(because);
        }
    }

    /** Takes a piece from the wire. The range has been checked. */
    @Nullable
    ByteBuffer fillingFor(int bytes) {
        if (!takesData()) {
            return null;
        }
        if (!sequence.hasBuffer() && sequence.isOpenUnsolicited() && bytes <= sequence.limitBytes()) {
            sequence.buffer(session.memory().takeUninvited((int) sequence.limitBytes()), 0);
        }
        return sequence.roomFor(bytes);
    }

    /**
     * Writes immediate data from where it was received, when it lies there whole and the disk takes it at once.
     *
     * @return false when it has to be copied and to wait for a disk thread
     */
    boolean consumeImmediate(ByteBuffer data) {
        int bytes = data.remaining();
        if (state() != State.TAKING_DATA
                || gathering()
                || sequence.hasBuffer()
                || inIo()
                || sequence.startBytes() != 0
                || bytes != sequence.limitBytes()
                || bytes > transferBytes
                || (bytes < transferBytes && bytes % geometry().blockBytes() != 0)) {
            return false;
        }
        if (!consumeNow(offsetBytes(), data, bytes == transferBytes)) {
            return false;
        }
        sequence.passed(bytes);
        session.countWritten(bytes);
        return true;
    }

    /** The Data-Out with the F bit that ends an R2T's sequence has arrived. */
    void burstDone() {
        sequence.close();
        if (respondIfHeld()) {
            return;
        }
        if (sequence.filledBytes() < sequence.limitBytes()) {
            failTransfer(Sense.NOT_ENOUGH_WRITE_DATA);
            return;
        }
        sequence.complete();
        advance();
    }

    /** A sequence in which something was wrong has come to its end. */
    void sequenceDropped(boolean solicited) {
        if (solicited) {
            sequence.close();
            respondIfHeld();
        } else {
            unsolicitedDone();
        }
    }

    /** Moves the transfer on: gives full buffers to the disk, and asks for what is missing. */
    private void advance() {
        if (state() != State.TAKING_DATA) {
            return;
        }
        if (gathering()) {
            advanceGather();
        } else {
            advanceStream();
        }
    }

    private void advanceGather() {
        int have = sequence.filledBytes();
        if (have < transferBytes) {
            ask(have);
            return;
        }
        sequence.complete();
        ByteBuffer all = sequence.takeComplete(transferBytes, 1);
        consuming = all;
        dataGathered(all == null ? NOTHING : all);
    }

    private void advanceStream() {
        if (!inIo() && consuming == null) {
            if (transferBytes == 0 && !sequence.hasBuffer()) {
                startConsume(offsetBytes(), NOTHING.duplicate(), true);
                return;
            }
            long at = sequence.startBytes();
            ByteBuffer full =
                    sequence.takeComplete(transferBytes - at, geometry().blockBytes());
            if (full != null) {
                if (full.hasRemaining() || sequence.startBytes() >= transferBytes) {
                    consume(at, full);
                } else {
                    session.memory().give(full);
                }
            }
        }
        // Consuming at once may have ended the task.
        if (state() == State.TAKING_DATA
                && !sequence.hasBuffer()
                && !sequence.isOpen()
                && !waitsForMemory
                && sequence.startBytes() < transferBytes) {
            ask(sequence.missingFromBytes());
        }
    }

    private void consume(long at, ByteBuffer full) {
        consuming = full;
        session.countWritten(full.remaining());
        boolean last = sequence.startBytes() >= transferBytes;
        if (!consumeNow(offsetBytes() + at, full, last)) {
            startConsume(offsetBytes() + at, full, last);
        } else if (state() == State.TAKING_DATA && !inIo()) {
            giveConsumed();
        }
    }

    private void ask(long fromOffset) {
        int bytes = (int) Math.min(session.burstBytes(), transferBytes - fromOffset);
        if (!sequence.hasBuffer()) {
            int before = (int) (fromOffset - sequence.startBytes());
            ByteBuffer buffer = session.memory().takeInvited(gathering() ? (int) transferBytes : before + bytes);
            if (buffer == null) {
                waitsForMemory = true;
                session.memory().await(this);
                return;
            }
            sequence.buffer(buffer, gathering() ? 0 : fromOffset);
        } else if (sequence.capacityBytes() < transferBytes) {
            session.memory().give(sequence.grow(session.memory().takeUninvited((int) transferBytes)));
        }
        sequence.openSolicited(fromOffset + bytes);
        session.sendR2t(this, sequence.transferTag(slot), r2tSn++ + dataSn, fromOffset, bytes);
    }

    boolean waitsForMemory() {
        return waitsForMemory;
    }

    /** Memory may be there again. */
    void retryForMemory() {
        if (waitsForMemory) {
            waitsForMemory = false;
            if (state() == State.READING) {
                session.produce(this);
            } else {
                advance();
            }
        }
    }

    @Override
    protected void onConsumed() {
        giveConsumed();
        session.touched();
        advance();
    }

    private void giveConsumed() {
        ByteBuffer buffer = consuming;
        if (buffer != null) {
            consuming = null;
            session.memory().give(buffer);
        }
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    @Override
    protected void onBug(Throwable bug) {
        session.failed(bug);
    }

    @Override
    protected void onComplete() {
        giveAll();
        session.touched();
        if (sequence.isOpen() || session.commandUnderWay(this)) {
            // The initiator may still send what it announced or was asked for. RFC 7143 11.4: the answer waits for the
            // F bit of that sequence; libiscsi, for one, sends from memory that it frees when the answer comes.
            responseHeld = true;
        } else {
            session.respond(this);
        }
    }

    @Override
    protected void onDoomed() {
        giveAll();
        sequence.close();
        session.ended(this);
    }

    /** True when an error of our own has cut its end short: it runs no more, and nobody will free it. */
    boolean isStranded() {
        return state() == State.COMPLETE && !responseHeld;
    }

    /** Ends the task without an answer, also when it is complete and only its answer waits. */
    boolean abort() {
        if (responseHeld) {
            responseHeld = false;
            sequence.close();
            session.ended(this);
            return true;
        }
        if (held) {
            held = false;
            giveAll();
            sequence.close();
            session.endedHeld(this);
            return true;
        }
        return doom();
    }

    private void giveAll() {
        giveReadBuffer();
        giveConsumed();
        ByteBuffer buffer = sequence.take();
        if (buffer != null) {
            session.memory().give(buffer);
        }
        waitsForMemory = false;
    }
}
