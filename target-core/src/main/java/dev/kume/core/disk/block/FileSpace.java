package dev.kume.core.disk.block;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Who has which piece of a disk file: nobody's gaps are given away again. Used while the map is loaded by one thread,
 * afterwards under the disk's lock of allocations.
 */
public final class FileSpace {
    // Pieces in use as they are told while the file is opened; given up by seal().
    private long[] begins = new long[64];
    private long[] lengths = new long[64];
    private int used;

    /** Gaps by their offset; the rest behind {@link #endBytes} is free as well. */
    private final TreeMap<Long, Long> gaps = new TreeMap<>();

    private final long gapBytesMin;
    private long endBytes;
    private long freeBytes;

    /** @param gapBytesMin smaller gaps are not remembered: nothing fits into them */
    public FileSpace(long gapBytesMin) {
        this.gapBytesMin = gapBytesMin;
    }

    /** Nothing is in use: everything is told again. */
    public void clear() {
        gaps.clear();
        freeBytes = 0;
        endBytes = 0;
        begins = new long[64];
        lengths = new long[64];
        used = 0;
    }

    /** A piece of the file is in use. While the file is opened. */
    public void use(long offsetBytes, long lengthBytes) {
        if (used == begins.length) {
            begins = Arrays.copyOf(begins, 2 * used);
            lengths = Arrays.copyOf(lengths, 2 * used);
        }
        begins[used] = offsetBytes;
        lengths[used] = lengthBytes;
        used++;
    }

    /**
     * Everything in use is told.
     *
     * @return an offset at which two pieces lie over each other, or -1 when there is none
     */
    public long seal() {
        int[] index = sortedIndex();
        long at = 0;
        long overlap = -1;
        for (int i : index) {
            if (begins[i] < at) {
                overlap = overlap < 0 ? begins[i] : overlap;
            } else if (begins[i] > at) {
                gap(at, begins[i] - at);
            }
            at = Math.max(at, begins[i] + lengths[i]);
        }
        endBytes = at;
        begins = new long[0];
        lengths = new long[0];
        used = 0;
        return overlap;
    }

    /** Whatever lies before that byte is given to nobody: it may belong to what the file does not know of yet. */
    public void keepUpTo(long offsetBytes) {
        gaps.clear();
        freeBytes = 0;
        endBytes = Math.max(endBytes, offsetBytes);
    }

    /** Where the last piece in use ends. */
    public long endBytes() {
        return endBytes;
    }

    /** Bytes in gaps. */
    public long freeBytes() {
        return freeBytes;
    }

    /**
     * Takes a piece: of the first gap that is large enough, or else of the end.
     *
     * @param headBytes  of the piece, before what has to be aligned
     * @param alignBytes what stands behind the head begins at a multiple of this
     */
    public long take(long lengthBytes, long headBytes, long alignBytes) {
        long inGap = takeBefore(Long.MAX_VALUE, lengthBytes, headBytes, alignBytes);
        if (inGap >= 0) {
            return inGap;
        }
        long begin = aligned(endBytes, headBytes, alignBytes);
        gap(endBytes, begin - endBytes);
        endBytes = begin + lengthBytes;
        return begin;
    }

    /** The same, of the first fitting gap that ends at or before {@code limitBytes}; -1 when there is none. */
    public long takeBefore(long limitBytes, long lengthBytes, long headBytes, long alignBytes) {
        for (Map.Entry<Long, Long> gap : gaps.headMap(limitBytes).entrySet()) {
            long from = gap.getKey();
            long begin = aligned(from, headBytes, alignBytes);
            long end = from + gap.getValue();
            if (begin + lengthBytes <= Math.min(end, limitBytes)) {
                ungap(from);
                gap(from, begin - from);
                gap(begin + lengthBytes, end - begin - lengthBytes);
                return begin;
            }
        }
        return -1;
    }

    /** Gives a piece back. */
    public void free(long offsetBytes, long lengthBytes) {
        long begin = offsetBytes;
        long end = offsetBytes + lengthBytes;
        Map.Entry<Long, Long> before = gaps.floorEntry(begin);
        if (before != null && before.getKey() + before.getValue() == begin) {
            begin = before.getKey();
            ungap(begin);
        }
        Long behind = gaps.get(end);
        if (behind != null) {
            ungap(end);
            end += behind;
        }
        if (end == endBytes) {
            endBytes = begin;
        } else {
            gap(begin, end - begin);
        }
    }

    private void gap(long offsetBytes, long lengthBytes) {
        if (lengthBytes >= gapBytesMin && lengthBytes > 0) {
            gaps.put(offsetBytes, lengthBytes);
            freeBytes += lengthBytes;
        }
    }

    private void ungap(long offsetBytes) {
        Long length = gaps.remove(offsetBytes);
        freeBytes -= length == null ? 0 : length;
    }

    private int[] sortedIndex() {
        return IntStream.range(0, used)
                .boxed()
                .sorted((a, b) -> Long.compare(begins[a], begins[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static long aligned(long fromBytes, long headBytes, long alignBytes) {
        return Math.ceilDiv(fromBytes + headBytes, alignBytes) * alignBytes - headBytes;
    }
}
