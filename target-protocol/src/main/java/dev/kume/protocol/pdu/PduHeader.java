package dev.kume.protocol.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What all basic header segments share (RFC 7143 section 11.2): 48 bytes read and written in place. A flyweight belongs
 * to one event loop, allocates nothing, is wrapped around one header after another and never kept with a task.
 *
 * <p>Serial numbers and tags are ints, to be compared with {@link SerialNumbers}; lengths and offsets are unsigned
 * 32-bit values in a long.
 *
 * @param <T> the header's own type, which setters return
 */
public abstract sealed class PduHeader<T extends PduHeader<T>>
        permits AsyncMessagePdu,
                Bhs,
                DataInPdu,
                DataOutPdu,
                LoginRequestPdu,
                LoginResponsePdu,
                LogoutRequestPdu,
                LogoutResponsePdu,
                NopInPdu,
                NopOutPdu,
                R2tPdu,
                RejectPdu,
                ScsiCommandPdu,
                ScsiResponsePdu,
                SnackRequestPdu,
                TaskManagementRequestPdu,
                TaskManagementResponsePdu,
                TextRequestPdu,
                TextResponsePdu {
    /** Bytes of a basic header segment. */
    public static final int SIZE_BYTES = 48;

    /** The reserved value of initiator task tags and target transfer tags: no tag. */
    public static final int NO_TAG = 0xFFFFFFFF;

    /** The largest value of the 24-bit DataSegmentLength field. */
    public static final int DATA_SEGMENT_LENGTH_MAX = 0xFF_FFFF;

    static final int OPCODE = 0;
    static final int FLAGS = 1;
    static final int TOTAL_AHS_LENGTH = 4;
    static final int DATA_SEGMENT_LENGTH = 5;
    static final int INITIATOR_TASK_TAG = 16;

    static final int OPCODE_MASK = 0x3F;
    static final int IMMEDIATE = 0x40;
    static final int FINAL = 0x80;

    private static final int AHS_WORD_BYTES = 4;

    ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    int offsetBytes;

    PduHeader() {}

    /** The length of a data segment on the wire: with the bytes that pad it to a multiple of four. */
    public static int paddedLength(int lengthBytes) {
        return (lengthBytes + 3) & ~3;
    }

    /** Looks at the header at this position of the buffer; reader and writer index do not matter and do not move. */
    public final T wrap(ByteBuf buffer, int offsetBytes) {
        assert offsetBytes >= 0 && offsetBytes + SIZE_BYTES <= buffer.capacity() : "no room for a header";
        this.buffer = buffer;
        this.offsetBytes = offsetBytes;
        return self();
    }

    /** Looks at the header that another flyweight looks at. */
    public final T wrap(PduHeader<?> other) {
        return wrap(other.buffer, other.offsetBytes);
    }

    /** Copies the 48 bytes into the first 48 of {@code target}. */
    public final void copyTo(byte[] target) {
        buffer.getBytes(offsetBytes, target, 0, SIZE_BYTES);
    }

    /** Zeroes all 48 bytes. */
    public final T clear() {
        buffer.setZero(offsetBytes, SIZE_BYTES);
        return self();
    }

    /** Zeroes all 48 bytes and sets the opcode, without the immediate bit. */
    public final T begin(int opcode) {
        return clear().opcode(opcode);
    }

    /** One of {@link Opcode}, without the immediate bit. */
    public final int opcode() {
        return buffer.getByte(offsetBytes + OPCODE) & OPCODE_MASK;
    }

    /** Sets the opcode and leaves the immediate bit. */
    public final T opcode(int opcode) {
        return setByte(OPCODE, (buffer.getByte(offsetBytes + OPCODE) & ~OPCODE_MASK) | (opcode & OPCODE_MASK));
    }

    /** True when the request is delivered outside of the command window. */
    public final boolean isImmediate() {
        return (buffer.getByte(offsetBytes + OPCODE) & IMMEDIATE) != 0;
    }

    public final T immediate(boolean value) {
        int rest = buffer.getByte(offsetBytes + OPCODE) & ~IMMEDIATE;
        return setByte(OPCODE, value ? rest | IMMEDIATE : rest);
    }

    /** Byte 1: the final bit and what else the opcode puts there. */
    public final int flags() {
        return buffer.getUnsignedByte(offsetBytes + FLAGS);
    }

    public final T flags(int flags) {
        return setByte(FLAGS, flags);
    }

    /** Length of all additional header segments, in words of four bytes as on the wire. */
    public final int totalAhsLength() {
        return getUnsignedByte(TOTAL_AHS_LENGTH);
    }

    public final T totalAhsLength(int words) {
        return setByte(TOTAL_AHS_LENGTH, words);
    }

    /** Length of all additional header segments, in bytes. */
    public final int totalAhsBytes() {
        return totalAhsLength() * AHS_WORD_BYTES;
    }

    /** Length of the data segment in bytes, without padding. */
    public final int dataSegmentLength() {
        return buffer.getUnsignedMedium(offsetBytes + DATA_SEGMENT_LENGTH);
    }

    public final T dataSegmentLength(int lengthBytes) {
        assert lengthBytes >= 0 && lengthBytes <= DATA_SEGMENT_LENGTH_MAX : "not a 24-bit length";
        buffer.setMedium(offsetBytes + DATA_SEGMENT_LENGTH, lengthBytes);
        return self();
    }

    /** The tag that the initiator gave its task, or {@link #NO_TAG}. */
    public final int initiatorTaskTag() {
        return getInt(INITIATOR_TASK_TAG);
    }

    public final T initiatorTaskTag(int initiatorTaskTag) {
        return setInt(INITIATOR_TASK_TAG, initiatorTaskTag);
    }

    final boolean hasFlag(int mask) {
        return (buffer.getByte(offsetBytes + FLAGS) & mask) != 0;
    }

    final T flag(int mask, boolean value) {
        return flags(value ? flags() | mask : flags() & ~mask);
    }

    final int getUnsignedByte(int field) {
        return buffer.getUnsignedByte(offsetBytes + field);
    }

    final T setByte(int field, int value) {
        buffer.setByte(offsetBytes + field, value);
        return self();
    }

    final int getUnsignedShort(int field) {
        return buffer.getUnsignedShort(offsetBytes + field);
    }

    final T setShort(int field, int value) {
        buffer.setShort(offsetBytes + field, value);
        return self();
    }

    final int getInt(int field) {
        return buffer.getInt(offsetBytes + field);
    }

    final T setInt(int field, int value) {
        buffer.setInt(offsetBytes + field, value);
        return self();
    }

    final long getUnsignedInt(int field) {
        return buffer.getUnsignedInt(offsetBytes + field);
    }

    final T setUnsignedInt(int field, long value) {
        assert value >>> 32 == 0 : "not an unsigned 32-bit value";
        buffer.setInt(offsetBytes + field, (int) value);
        return self();
    }

    final long getLong(int field) {
        return buffer.getLong(offsetBytes + field);
    }

    final T setLong(int field, long value) {
        buffer.setLong(offsetBytes + field, value);
        return self();
    }

    /** The six bytes of an ISID. */
    final long getIsid(int field) {
        return getLong(field) >>> 16;
    }

    final T setIsid(int field, long isid) {
        return setLong(field, (isid << 16) | (getLong(field) & 0xFFFF));
    }

    @SuppressWarnings("unchecked") // T is the type of this very object: each subclass names itself.
    private T self() {
        return (T) this;
    }
}
