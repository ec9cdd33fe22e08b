package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.Sense;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A block to block segment descriptor, SPC-4 6.4.6.3 (type 02h, a number of blocks) and 6.4.6.11 (0Ah, a number of
 * bytes). CAT has no effect: with one block length on both sides nothing is left over. DC chooses between two equal
 * lengths.
 *
 * @param number         of the descriptor in its list, from 0
 * @param at             where the descriptor begins in the parameter list
 * @param source         index of the CSCD descriptor that is read
 * @param destination    index of the CSCD descriptor that is written
 * @param blocks         for 02h: how many; else -1
 * @param bytes          for 0Ah: how many; else -1
 * @param sourceLba      first block read; negative where the descriptor says 2^63 or more
 * @param destinationLba first block written, likewise
 */
record Segment(
        int number, int at, int source, int destination, long blocks, long bytes, long sourceLba, long destinationLba) {
    static final int BLOCKS_TYPE = 0x02;
    static final int BYTES_TYPE = 0x0A;

    /** The longer of the two, with its header. */
    static final int BYTES_MAX = 32;

    private static final int HEADER_BYTES = 4;
    private static final int BLOCKS_TYPE_BYTES = 28;
    private static final int DC_AND_CAT = 0x03;
    private static final int CAT = 0x01;
    private static final int SOURCE_BYTE_OFFSET = 28;
    private static final int DESTINATION_BYTE_OFFSET = 30;

    /** Why the descriptor at {@code at} is refused, or null. {@code end} is where the list of segments ends. */
    static @Nullable Sense refusal(ByteBuffer list, int at, int end) {
        if (end - at < HEADER_BYTES) {
            return Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        int type = list.get(at) & 0xFF;
        if (type != BLOCKS_TYPE && type != BYTES_TYPE) {
            return Sense.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE.inParameters(at, -1);
        }
        int bytes = type == BLOCKS_TYPE ? BLOCKS_TYPE_BYTES : BYTES_MAX;
        int unknown = list.get(at + 1) & 0xFF & ~(type == BLOCKS_TYPE ? DC_AND_CAT : CAT);
        if (unknown != 0) {
            int bit = 31 - Integer.numberOfLeadingZeros(unknown);
            return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at + 1, bit);
        }
        if ((list.getShort(at + 2) & 0xFFFF) != bytes - HEADER_BYTES) {
            return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at + 2, -1);
        }
        if (end - at < bytes) {
            return Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        if (type == BYTES_TYPE && list.getShort(at + SOURCE_BYTE_OFFSET) != 0) {
            return Sense.COPY_SEGMENT_GRANULARITY_VIOLATION.inParameters(at + SOURCE_BYTE_OFFSET, -1);
        }
        if (type == BYTES_TYPE && list.getShort(at + DESTINATION_BYTE_OFFSET) != 0) {
            return Sense.COPY_SEGMENT_GRANULARITY_VIOLATION.inParameters(at + DESTINATION_BYTE_OFFSET, -1);
        }
        return null;
    }

    /** Reads a descriptor that is not refused. */
    static Segment parse(ByteBuffer list, int at, int number) {
        boolean inBlocks = (list.get(at) & 0xFF) == BLOCKS_TYPE;
        return new Segment(
                number,
                at,
                list.getShort(at + 4) & 0xFFFF,
                list.getShort(at + 6) & 0xFFFF,
                inBlocks ? list.getShort(at + 10) & 0xFFFF : -1,
                inBlocks ? -1 : list.getInt(at + 8) & 0xFFFF_FFFFL,
                list.getLong(at + 12),
                list.getLong(at + 20));
    }

    /** Where the next descriptor begins. */
    int end() {
        return at + (blocks >= 0 ? BLOCKS_TYPE_BYTES : BYTES_MAX);
    }

    /** Where the field with the length is. */
    int lengthAt() {
        return at + (blocks >= 0 ? 10 : 8);
    }
}
