package dev.kume.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Gives back the space of a sparse disk whose bytes lie in order, wherever it holds nothing but zeroes, while the disk
 * is used. Confined to one thread.
 */
public final class SparseCompaction {
    private static final int CHUNK_BYTES = 1 << 20;

    private final IsolatedDisk disk;
    private final int granuleBytes;
    private final Zeroes zeroes = new Zeroes();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private final ByteBuffer again = ByteBuffer.allocateDirect(CHUNK_BYTES);

    /** @param disk a thin one */
    public SparseCompaction(IsolatedDisk disk) {
        this.disk = disk;
        this.granuleBytes = disk.info().spaceBytes();
    }

    /** @param progress may throw {@link java.io.InterruptedIOException} to cancel: what was given back stays so */
    public void run(DiskFormat.Progress progress) throws IOException {
        long sizeBytes = disk.info().sizeBytes();
        long at = 0;
        while (at < sizeBytes) {
            progress.at(at, sizeBytes);
            DiskExtent extent = disk.extentAt(at, sizeBytes - at);
            if (!extent.mapped()) {
                at += extent.lengthBytes();
                continue;
            }
            int bytes = (int) Math.min(extent.lengthBytes(), CHUNK_BYTES - at % CHUNK_BYTES);
            disk.read(at, chunk.clear().limit(bytes));
            long offsetBytes = at;
            zeroes.runs(chunk.flip(), at, granuleBytes, true, (begin, end) -> {
                if (isWhole(offsetBytes + begin, end - begin, sizeBytes)) {
                    giveBack(offsetBytes + begin, end - begin);
                }
            });
            at += bytes;
        }
        disk.flush();
        progress.at(sizeBytes, sizeBytes);
    }

    /** Less than a granule has no space to give back. */
    private boolean isWhole(long offsetBytes, int bytes, long sizeBytes) {
        return bytes >= granuleBytes || offsetBytes + bytes == sizeBytes;
    }

    /** Zeroes when it was read; only while nobody is there it is known that they still are. */
    private void giveBack(long offsetBytes, int bytes) throws IOException {
        disk.alone(offsetBytes, bytes, alone -> {
            alone.read(offsetBytes, again.clear().limit(bytes));
            if (zeroes.isZero(again, 0, bytes)) {
                alone.unmap(offsetBytes, bytes);
            }
        });
    }
}
