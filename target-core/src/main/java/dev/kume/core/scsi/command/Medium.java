package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads of the medium whose bytes stay here: to verify, to compare, to warm the cache. On disk threads. */
final class Medium {
    private static final int CHUNK_BYTES = 262_144;

    private Medium() {}

    /** Reads the range and forgets it. Ends early when the task is doomed. */
    static void readThrough(Task task, VirtualDisk disk, long offsetBytes, long lengthBytes) throws IOException {
        ByteBuffer chunk = chunk(lengthBytes);
        long doneBytes = 0;
        while (doneBytes < lengthBytes && !task.givesUp()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), lengthBytes - doneBytes));
            int bytes = chunk.limit();
            disk.read(offsetBytes + doneBytes, chunk);
            doneBytes += bytes;
        }
    }

    /**
     * Compares {@code expected} with the medium; its position moves.
     *
     * @return how many bytes are equal before the first difference, or -1 when all are
     */
    static long mismatch(VirtualDisk disk, long offsetBytes, ByteBuffer expected) throws IOException {
        ByteBuffer chunk = chunk(expected.remaining());
        long doneBytes = 0;
        while (expected.hasRemaining()) {
            int bytes = Math.min(chunk.capacity(), expected.remaining());
            chunk.clear().limit(bytes);
            disk.read(offsetBytes + doneBytes, chunk);
            chunk.flip();
            int difference = expected.slice(expected.position(), bytes).mismatch(chunk);
            if (difference >= 0) {
                return doneBytes + difference;
            }
            expected.position(expected.position() + bytes);
            doneBytes += bytes;
        }
        return -1;
    }

    /**
     * Compares as {@link #mismatch} does, and fails the task with the LBA where there is a difference.
     *
     * @return true when all is equal
     */
    static boolean compare(Task task, VirtualDisk disk, long offsetBytes, ByteBuffer expected) throws IOException {
        long equalBytes = mismatch(disk, offsetBytes, expected);
        if (equalBytes >= 0) {
            long lba = (offsetBytes + equalBytes) >>> task.geometry().blockShift();
            task.failIo(Sense.MISCOMPARE_DURING_VERIFY.withInformation(lba));
        }
        return equalBytes < 0;
    }

    private static ByteBuffer chunk(long lengthBytes) {
        return ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, lengthBytes));
    }
}
