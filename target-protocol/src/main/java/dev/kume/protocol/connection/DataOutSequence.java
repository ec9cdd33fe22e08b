package dev.kume.protocol.connection;

import dev.kume.core.scsi.Sense;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One sequence of write data from the wire - what comes unasked, or what an R2T asked for - and the buffer that it
 * fills. Confined to its session's loop.
 */
final class DataOutSequence {
    private enum Open {
        NO,
        UNSOLICITED,
        SOLICITED
    }

    private Open open = Open.NO;
    private int generation;
    private @Nullable ByteBuffer buffer;
    private long startBytes;
    private long limitBytes;
    private boolean complete;
    private int expectedDataSn;

    /** The part of a block behind the last whole one: it is given with the rest of its block. */
    private byte[] odd = {};

    private int oddBytes;

    /** Ready for a new command. */
    void clear() {
        assert buffer == null && open == Open.NO;
        startBytes = 0;
        limitBytes = 0;
        complete = false;
        expectedDataSn = 0;
        oddBytes = 0;
    }

    /** At most this many bytes come unasked; the buffer is for when they are there. */
    void openUnsolicited(long bytesMax) {
        open = Open.UNSOLICITED;
        limitBytes = bytesMax;
    }

    /** Data up to {@code toBytes} of the transfer is asked for, under a new tag. */
    void openSolicited(long toBytes) {
        open = Open.SOLICITED;
        generation++;
        limitBytes = toBytes - startBytes;
        complete = false;
        expectedDataSn = 0;
    }

    /** The last PDU of the sequence has come, or nobody waits for it any more. */
    void close() {
        open = Open.NO;
    }

    boolean isOpen() {
        return open != Open.NO;
    }

    boolean isOpenUnsolicited() {
        return open == Open.UNSOLICITED;
    }

    boolean answers(int targetTransferTag, int slot) {
        return open == Open.SOLICITED && targetTransferTag == transferTag(slot);
    }

    /** Names the slot in its low bits, and never is FFFFFFFFh. */
    int transferTag(int slot) {
        return (generation & 0x7FFF) << Session.SLOT_BITS | slot;
    }

    /** The buffer for data from {@code fromBytes} of the transfer on, behind what is left of a block before it. */
    void buffer(ByteBuffer empty, long fromBytes) {
        buffer = empty;
        startBytes = fromBytes - oddBytes;
        if (oddBytes > 0) {
            empty.put(odd, 0, oddBytes);
            oddBytes = 0;
        }
    }

    /** The data so far goes on in a larger buffer; gives the smaller one. */
    ByteBuffer grow(ByteBuffer larger) {
        ByteBuffer small = Objects.requireNonNull(buffer);
        larger.put(small.flip());
        buffer = larger;
        return small;
    }

    /** Checks a Data-Out header: what is wrong with it, or null. */
    @Nullable
    Sense refuse(int dataSn, long bufferOffset, int bytes) {
        ByteBuffer into = buffer;
        if (into == null || complete) {
            return Sense.UNEXPECTED_UNSOLICITED_DATA;
        }
        if (dataSn != expectedDataSn) {
            return Sense.DATA_PHASE_ERROR;
        }
        if (bufferOffset != startBytes + into.position()) {
            return Sense.DATA_OFFSET_ERROR;
        }
        if (bytes > limitBytes - into.position()) {
            return Sense.TOO_MUCH_WRITE_DATA;
        }
        expectedDataSn++;
        return null;
    }

    /** Where the next bytes go, or null when there is no place for them. */
    @Nullable
    ByteBuffer roomFor(int bytes) {
        ByteBuffer into = buffer;
        return into == null || into.capacity() - into.position() < bytes ? null : into.limit(into.position() + bytes);
    }

    /** The initiator has said that this is all. */
    void complete() {
        complete = buffer != null;
    }

    /**
     * Gives the data that is complete, ready to be read; what follows starts behind it. Null when there is none.
     *
     * <p>All but the last piece is whole blocks: a task that ends between pieces leaves no block half old, half new.
     * A piece of less than one block is empty.
     */
    @Nullable
    ByteBuffer takeComplete(long bytesMax, int blockBytes) {
        ByteBuffer full = complete ? buffer : null;
        if (full != null) {
            full.limit((int) Math.min(full.position(), bytesMax)).position(0);
            if (full.limit() < bytesMax && full.limit() % blockBytes != 0) {
                keepOdd(full, full.limit() % blockBytes);
            }
            buffer = null;
            complete = false;
            startBytes += full.limit();
        }
        return full;
    }

    private void keepOdd(ByteBuffer full, int bytes) {
        if (odd.length < bytes) {
            odd = new byte[bytes];
        }
        full.get(full.limit() - bytes, odd, 0, bytes);
        full.limit(full.limit() - bytes);
        oddBytes = bytes;
    }

    /** Data that needed no buffer has been dealt with. */
    void passed(int bytes) {
        startBytes += bytes;
    }

    /** Takes the buffer away, whatever is in it. */
    @Nullable
    ByteBuffer take() {
        ByteBuffer taken = buffer;
        buffer = null;
        return taken;
    }

    boolean hasBuffer() {
        return buffer != null;
    }

    int capacityBytes() {
        return buffer == null ? 0 : buffer.capacity();
    }

    int filledBytes() {
        return buffer == null ? 0 : buffer.position();
    }

    long startBytes() {
        return startBytes;
    }

    /** Where the data begins that has not come yet, when there is no buffer. */
    long missingFromBytes() {
        return startBytes + oddBytes;
    }

    long limitBytes() {
        return limitBytes;
    }
}
