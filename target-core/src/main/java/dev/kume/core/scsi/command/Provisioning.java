package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Long ranges of a disk in steps: unmapped, zeroed, or filled with one block. Between two steps a doomed task gives up,
 * so that neither a fence nor an abort waits for a range of terabytes. On disk threads.
 */
final class Provisioning {
    /** About a second where zeroes are written. */
    private static final long STEP_BYTES = 64L << 20;

    /** A multiple of every unit of space, the largest block of a VHDX too, so that no step cuts one in two. */
    private static final long UNMAP_STEP_BYTES = 256L << 20;

    private static final int PATTERN_BYTES = 262_144;

    /** One step of a range. */
    @FunctionalInterface
    private interface Step {
        void at(long offsetBytes, long lengthBytes) throws IOException;
    }

    private Provisioning() {}

    /** @return false when the task has given up */
    static boolean unmap(Task task, VirtualDisk disk, long offsetBytes, long lengthBytes) throws IOException {
        // A disk that keeps its space writes zeroes.
        long stepBytes = disk.info().thin() ? UNMAP_STEP_BYTES : STEP_BYTES;
        return inSteps(task, offsetBytes, lengthBytes, stepBytes, disk::unmap);
    }

    /** @return false when the task has given up */
    static boolean zero(Task task, VirtualDisk disk, long offsetBytes, long lengthBytes) throws IOException {
        return inSteps(task, offsetBytes, lengthBytes, STEP_BYTES, disk::zero);
    }

    /**
     * Writes one block again and again.
     *
     * @return false when the task has given up
     */
    static boolean fill(Task task, VirtualDisk disk, long offsetBytes, long lengthBytes, byte[] block)
            throws IOException {
        ByteBuffer pattern = ByteBuffer.allocate((int) Math.min(PATTERN_BYTES, lengthBytes));
        while (pattern.hasRemaining()) {
            pattern.put(block);
        }
        return inSteps(
                task,
                offsetBytes,
                lengthBytes,
                PATTERN_BYTES,
                (at, bytes) -> disk.write(at, pattern.clear().limit((int) bytes)));
    }

    private static boolean inSteps(Task task, long offsetBytes, long lengthBytes, long stepBytes, Step step)
            throws IOException {
        long at = offsetBytes;
        long end = offsetBytes + lengthBytes;
        while (at < end) {
            if (task.givesUp()) {
                return false;
            }
            long next = Math.min(end, at - at % stepBytes + stepBytes);
            step.at(at, next - at);
            at = next;
        }
        return true;
    }
}
