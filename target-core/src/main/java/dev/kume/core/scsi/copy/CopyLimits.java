package dev.kume.core.scsi.copy;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;

/**
 * What one EXTENDED COPY may ask for, as RECEIVE COPY RESULTS and page 8Fh tell it.
 *
 * @param copiesAtOnce    copies over all disks that may be under way
 * @param segmentBytesMax the largest segment
 * @param stepBytesMax    the most that one step may move
 */
public record CopyLimits(int copiesAtOnce, long segmentBytesMax, long stepBytesMax) {
    /** MAXIMUM CSCD DESCRIPTOR COUNT. */
    public static final int CSCDS_MAX = 16;

    /** MAXIMUM SEGMENT DESCRIPTOR COUNT. */
    public static final int SEGMENTS_MAX = 64;

    /** MAXIMUM DESCRIPTOR LIST LENGTH: all that both lists can hold, in bytes. */
    public static final int DESCRIPTOR_BYTES_MAX = CSCDS_MAX * Cscd.BYTES + SEGMENTS_MAX * Segment.BYTES_MAX;

    /** Copies of one nexus at one unit whose results are kept. */
    public static final int RESULTS_MAX = 16;

    /** DATA SEGMENT GRANULARITY, log2 of bytes: the smallest block there is. */
    public static final int GRANULARITY_SHIFT = 9;

    public static CopyLimits of(Limits limits) {
        return new CopyLimits(
                limits.getInt(Limit.COPIES_AT_ONCE),
                limits.get(Limit.COPY_SEGMENT_BYTES),
                limits.get(Limit.TRANSFER_BYTES));
    }
}
