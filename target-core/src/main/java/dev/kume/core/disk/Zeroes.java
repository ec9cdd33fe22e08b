package dev.kume.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Looks for what is not zero. Confined to one thread: it has its own memory. */
public final class Zeroes {
    private static final int READ_BYTES = 1 << 20;

    private final ByteBuffer zeroes = ByteBuffer.allocateDirect(READ_BYTES).asReadOnlyBuffer();
    private final ByteBuffer read = ByteBuffer.allocateDirect(READ_BYTES);

    /** Gets the parts of a range that are of one kind. */
    @FunctionalInterface
    interface Runs {
        /** @param begin index in the buffer, as is {@code end} */
        void at(int begin, int end) throws IOException;
    }

    /** True when all bytes of the buffer from {@code begin} to {@code end} are zero. */
    public boolean isZero(ByteBuffer bytes, int begin, int end) {
        for (int at = begin; at < end; at += READ_BYTES) {
            int step = Math.min(READ_BYTES, end - at);
            if (bytes.slice(at, step).mismatch(zeroes.slice(0, step)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Finds runs of whole granules of nothing but zeroes, or of granules that have anything else.
     *
     * @param offsetBytes  where the buffer, from its index 0 to its limit, lies on the disk
     * @param granuleBytes granules lie at multiples of this on the disk; those at the ends may be cut
     * @param zero         which of the two is wanted
     */
    void runs(ByteBuffer bytes, long offsetBytes, int granuleBytes, boolean zero, Runs found) throws IOException {
        int runBegin = -1;
        int at = 0;
        while (at < bytes.limit()) {
            int end = (int) Math.min(bytes.limit(), at + granuleBytes - (offsetBytes + at) % granuleBytes);
            boolean wanted = isZero(bytes, at, end) == zero;
            if (wanted && runBegin < 0) {
                runBegin = at;
            } else if (!wanted && runBegin >= 0) {
                found.at(runBegin, at);
                runBegin = -1;
            }
            at = end;
        }
        if (runBegin >= 0) {
            found.at(runBegin, bytes.limit());
        }
    }

    /**
     * Where a range of a disk has its first data that is not zero, or -1 when all of it reads as zeroes. What has no
     * space is not read.
     */
    public long firstData(VirtualDisk disk, long offsetBytes, long endBytes, DiskFormat.Progress progress)
            throws IOException {
        long at = offsetBytes;
        while (at < endBytes) {
            progress.at(at - offsetBytes, endBytes - offsetBytes);
            DiskExtent extent = disk.extentAt(at, endBytes - at);
            if (!extent.mapped()) {
                at += extent.lengthBytes();
                continue;
            }
            int step = (int) Math.min(READ_BYTES, extent.lengthBytes());
            disk.read(at, read.clear().limit(step));
            if (!isZero(read, 0, step)) {
                return at + firstNonZero(step);
            }
            at += step;
        }
        progress.at(endBytes - offsetBytes, endBytes - offsetBytes);
        return -1;
    }

    private int firstNonZero(int bytes) {
        return read.slice(0, bytes).mismatch(zeroes.slice(0, bytes));
    }
}
