package dev.kume.protocol.connection;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A SCSI task with its iSCSI side: tags, sequence numbers, and the state of its data transfer. Pooled by its session
 * and confined to the session's loop.
 */
final class IscsiTask extends Task {
    /**
     * The largest Data-In segment that is made at once, so that it fits a chunk and is sent while it is in the cache.
     */
    static final int DATA_IN_BYTES_MAX = 262_144;

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final Session session;

    /** Index in the session's pool; the low bits of this task's target transfer tags. */
    final int slot;

    // What the SCSI Command PDU said.
    private int initiatorTaskTag;
    private long lun;
    private boolean immediate;
    private boolean readFlag;
    private boolean writeFlag;
    private long expectedDataTransferLength;

    // Data-In.
    private long transferBytes;
    private long positionBytes;
    private int dataSn;
    private @Nullable ByteBuffer readBuffer;
    private boolean readBufferFilled;

    // Data-Out: a buffer is filled from the wire while the one before it is consumed.
    private @Nullable ByteBuffer filling;
    private long fillingAt;
    private long fillingLimit;
    private boolean fillingComplete;
    private @Nullable ByteBuffer consuming;
    private boolean unsolicitedOpen;
    private boolean wanted;
    private boolean r2tOpen;
    private int r2tSn;
    private int generation;
    private int expectedDataSn;
    private boolean waitsForMemory;

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

    void describe(int itt, long rawLun, boolean isImmediate, boolean reads, boolean writes, long edtl) {
        initiatorTaskTag = itt;
        lun = rawLun;
        immediate = isImmediate;
        readFlag = reads;
        writeFlag = writes;
        expectedDataTransferLength = edtl;
        transferBytes = 0;
        positionBytes = 0;
        dataSn = 0;
        readBufferFilled = false;
        fillingAt = 0;
        fillingLimit = 0;
        fillingComplete = false;
        unsolicitedOpen = false;
        wanted = false;
        r2tOpen = false;
        r2tSn = 0;
        expectedDataSn = 0;
        waitsForMemory = false;
        statusCollapsed = false;
        responseHeld = false;
    }

    int initiatorTaskTag() {
        return initiatorTaskTag;
    }

    long lun() {
        return lun;
    }

    boolean immediate() {
        return immediate;
    }

    boolean readFlag() {
        return readFlag;
    }

    boolean writeFlag() {
        return writeFlag;
    }

    long expectedDataTransferLength() {
        return expectedDataTransferLength;
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
        transferBytes = readFlag ? Math.min(lengthBytes(), expectedDataTransferLength) : 0;
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
            if (last) {
                statusCollapsed = true;
                session.retire(this);
            }
            session.addDataIn(this, at, bytes, offset, last || leftOfBurst() == session.burstBytes(), last);
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
            giveReadBuffer();
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

    /**
     * Data comes that nobody asked for: immediate data, and more in Data-Out PDUs when the command's F bit was 0.
     *
     * @param bytesMax what may come in all
     */
    void expectUnsolicited(int bytesMax) {
        unsolicitedOpen = true;
        if (bytesMax > 0 && (state() == State.TAKING_DATA || state() == State.GATED)) {
            fillingAt = 0;
            fillingLimit = bytesMax;
            filling = session.memory().takeUninvited(bytesMax);
        }
    }

    /** All the data that comes unasked is in the command's own PDU: maybe it needs no buffer. */
    void expectImmediate(int bytes) {
        unsolicitedOpen = true;
        fillingAt = 0;
        fillingLimit = bytes;
    }

    /** The command's PDU has been dealt with, and no data comes unasked. */
    void expectNothingUnsolicited() {
        goOn();
    }

    boolean unsolicitedOpen() {
        return unsolicitedOpen;
    }

    /** The initiator has set the F bit: no more data without an R2T. */
    void unsolicitedDone() {
        unsolicitedOpen = false;
        fillingComplete = filling != null;
        goOn();
    }

    private void goOn() {
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
        transferBytes = writeFlag ? Math.min(lengthBytes(), expectedDataTransferLength) : 0;
        if (gathering() && transferBytes > session.memory().gatherBytesMax()) {
            failTransfer(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (!session.commandUnderWay(this) && !unsolicitedOpen) {
            advance();
        }
    }

    /** True while data from the wire means something to the command. */
    boolean takesData() {
        return state() == State.TAKING_DATA;
    }

    /** Takes a piece from the wire. The range has been checked. */
    @Nullable
    ByteBuffer fillingFor(int bytes) {
        if (filling == null && unsolicitedOpen && bytes <= fillingLimit) {
            if (state() == State.TAKING_DATA || state() == State.GATED) {
                filling = session.memory().takeUninvited((int) fillingLimit);
            }
        }
        ByteBuffer buffer = filling;
        if (buffer == null || state() == State.COMPLETE || buffer.capacity() - buffer.position() < bytes) {
            return null;
        }
        return buffer.limit(buffer.position() + bytes);
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
                || filling != null
                || inIo()
                || fillingAt != 0
                || bytes != fillingLimit
                || bytes > transferBytes) {
            return false;
        }
        if (!consumeNow(offsetBytes(), data, bytes == transferBytes)) {
            return false;
        }
        fillingAt = bytes;
        session.countWritten(bytes);
        return true;
    }

    /** Checks a Data-Out header: what is wrong with it, or null. */
    @Nullable
    Sense refuseDataOut(int dataSnOnWire, long bufferOffset, int bytes) {
        ByteBuffer buffer = filling;
        if (buffer == null || fillingComplete) {
            return Sense.UNEXPECTED_UNSOLICITED_DATA;
        }
        if (dataSnOnWire != expectedDataSn) {
            return Sense.DATA_PHASE_ERROR;
        }
        if (bufferOffset != fillingAt + buffer.position()) {
            return Sense.DATA_OFFSET_ERROR;
        }
        if (bytes > fillingLimit - buffer.position()) {
            return Sense.TOO_MUCH_WRITE_DATA;
        }
        expectedDataSn++;
        return null;
    }

    boolean answersTransferTag(int targetTransferTag) {
        return r2tOpen && targetTransferTag == transferTag();
    }

    private int transferTag() {
        return (generation & 0x7FFF) << Session.SLOT_BITS | slot;
    }

    /** The Data-Out with the F bit that ends an R2T's sequence has arrived. */
    void burstDone() {
        r2tOpen = false;
        if (respondIfHeld()) {
            return;
        }
        ByteBuffer buffer = Objects.requireNonNull(filling);
        if (buffer.position() < fillingLimit) {
            failTransfer(Sense.NOT_ENOUGH_WRITE_DATA);
            return;
        }
        fillingComplete = true;
        advance();
    }

    /** A sequence in which something was wrong has come to its end. */
    void sequenceDropped(boolean solicited) {
        if (solicited) {
            r2tOpen = false;
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
        ByteBuffer buffer = filling;
        long have = buffer == null ? 0 : buffer.position();
        if (have >= transferBytes) {
            ByteBuffer all = buffer == null ? NOTHING : buffer.flip().limit((int) transferBytes);
            fillingComplete = true;
            dataGathered(all);
            return;
        }
        ask(have);
    }

    private void advanceStream() {
        ByteBuffer full = filling;
        if (full != null && fillingComplete && !inIo() && consuming == null) {
            int bytes = (int) Math.min(full.position(), transferBytes - fillingAt);
            full.flip().limit(bytes);
            consuming = full;
            filling = null;
            fillingComplete = false;
            long at = fillingAt;
            fillingAt = at + bytes;
            session.countWritten(bytes);
            boolean last = fillingAt >= transferBytes;
            if (!consumeNow(offsetBytes() + at, full, last)) {
                startConsume(offsetBytes() + at, full, last);
            } else if (state() == State.TAKING_DATA && !inIo()) {
                giveConsumed();
            }
        } else if (transferBytes == 0 && !inIo()) {
            startConsume(offsetBytes(), NOTHING.duplicate(), true);
            return;
        }
        if (filling == null && !r2tOpen && fillingAt < transferBytes) {
            ask(fillingAt);
        }
    }

    private void ask(long fromOffset) {
        int bytes = (int) Math.min(session.burstBytes(), transferBytes - fromOffset);
        if (!gathering() || filling == null) {
            int capacity = gathering() ? (int) transferBytes : bytes;
            ByteBuffer buffer = session.memory().takeInvited(capacity);
            if (buffer == null) {
                waitsForMemory = true;
                session.memory().await(this);
                return;
            }
            filling = buffer;
            fillingAt = gathering() ? 0 : fromOffset;
        } else if (filling.capacity() < transferBytes) {
            growGathered();
        }
        fillingComplete = false;
        fillingLimit = fromOffset + bytes - fillingAt;
        expectedDataSn = 0;
        generation++;
        r2tOpen = true;
        session.sendR2t(this, transferTag(), r2tSn++ + dataSn, fromOffset, bytes);
    }

    private void growGathered() {
        ByteBuffer small = Objects.requireNonNull(filling);
        ByteBuffer large = session.memory().takeUninvited((int) transferBytes);
        large.put(small.flip());
        session.memory().give(small);
        filling = large;
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
    protected void onComplete() {
        giveAll();
        session.touched();
        if (unsolicitedOpen || r2tOpen || session.commandUnderWay(this)) {
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
        r2tOpen = false;
        session.ended(this);
    }

    /** Ends the task without an answer, also when it is complete and only its answer waits. */
    boolean abort() {
        if (responseHeld) {
            responseHeld = false;
            unsolicitedOpen = false;
            r2tOpen = false;
            session.ended(this);
            return true;
        }
        return doom();
    }

    private void giveAll() {
        giveReadBuffer();
        giveConsumed();
        ByteBuffer buffer = filling;
        if (buffer != null) {
            filling = null;
            session.memory().give(buffer);
        }
        waitsForMemory = false;
    }
}
