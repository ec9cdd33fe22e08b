package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.Sense;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameter list of EXTENDED COPY (LID1), SPC-4 6.4.2. STR has no effect: there are no streams. PRIORITY is taken
 * and gives no preference: all copies take turns.
 *
 * @param refusal        why the list is refused; the rest is empty then
 * @param listIdentifier LIST IDENTIFIER
 * @param keepsResult    false for LIST ID USAGE 11b: nobody will ask for the result
 */
public record CopyList(
        @Nullable Sense refusal, int listIdentifier, boolean keepsResult, List<Cscd> cscds, List<Segment> segments) {
    private static final int HEADER_BYTES = 16;
    private static final int CSCDS_LENGTH_AT = 2;
    private static final int SEGMENTS_LENGTH_AT = 8;
    private static final int INLINE_LENGTH_AT = 12;
    private static final int USAGE_RESERVED = 0b01;
    private static final int USAGE_NO_IDENTIFIER = 0b11;

    private static CopyList refused(Sense because) {
        return new CopyList(because, 0, false, List.of(), List.of());
    }

    /** Reads a list; its position is where it begins. */
    public static CopyList parse(ByteBuffer given) {
        ByteBuffer list = given.slice();
        if (list.limit() < HEADER_BYTES) {
            return refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
        }
        int flags = list.get(1) & 0xFF;
        int usage = flags >> 3 & 0b11;
        if ((flags & 0xC0) != 0) {
            return refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(1, (flags & 0x80) != 0 ? 7 : 6));
        }
        if (usage == USAGE_RESERVED) {
            return refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(1, 4));
        }
        if (usage == USAGE_NO_IDENTIFIER && list.get(0) != 0) {
            return refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(0, -1));
        }
        int cscdBytes = list.getShort(CSCDS_LENGTH_AT) & 0xFFFF;
        long segmentBytes = list.getInt(SEGMENTS_LENGTH_AT) & 0xFFFF_FFFFL;
        if (list.getInt(INLINE_LENGTH_AT) != 0) {
            return refused(Sense.INLINE_DATA_LENGTH_EXCEEDED.inParameters(INLINE_LENGTH_AT, -1));
        }
        long descriptorBytes = cscdBytes + segmentBytes;
        if (descriptorBytes > CopyLimits.DESCRIPTOR_BYTES_MAX || list.limit() < HEADER_BYTES + descriptorBytes) {
            return refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
        }
        return descriptors(list, usage != USAGE_NO_IDENTIFIER, cscdBytes, HEADER_BYTES + (int) descriptorBytes);
    }

    private static CopyList descriptors(ByteBuffer list, boolean keepsResult, int cscdBytes, int end) {
        if (cscdBytes % Cscd.BYTES != 0) {
            return refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(CSCDS_LENGTH_AT, -1));
        }
        if (cscdBytes > CopyLimits.CSCDS_MAX * Cscd.BYTES) {
            return refused(Sense.TOO_MANY_CSCD_DESCRIPTORS.inParameters(CSCDS_LENGTH_AT, -1));
        }
        List<Cscd> cscds = new ArrayList<>();
        int at = HEADER_BYTES;
        for (; at < HEADER_BYTES + cscdBytes; at += Cscd.BYTES) {
            Sense refusal = Cscd.refusal(list, at);
            if (refusal != null) {
                return refused(refusal);
            }
            cscds.add(Cscd.parse(list, at));
        }
        List<Segment> segments = new ArrayList<>();
        while (at < end) {
            Sense refusal = segments.size() == CopyLimits.SEGMENTS_MAX
                    ? Sense.TOO_MANY_SEGMENT_DESCRIPTORS.inParameters(SEGMENTS_LENGTH_AT, -1)
                    : Segment.refusal(list, at, end);
            if (refusal != null) {
                return refused(refusal);
            }
            Segment segment = Segment.parse(list, at, segments.size());
            segments.add(segment);
            at = segment.end();
        }
        return new CopyList(null, list.get(0) & 0xFF, keepsResult, cscds, segments);
    }
}
