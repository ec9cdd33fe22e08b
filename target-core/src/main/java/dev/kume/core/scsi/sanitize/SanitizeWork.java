package dev.kume.core.scsi.sanitize;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.SanitizeState.Method;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The steps of one sanitize operation on one disk. On disk threads, one at a time. */
final class SanitizeWork {
    private static final int WRITE_BYTES = 1 << 20;
    private static final long ERASE_BYTES = 64L << 20;

    private final SanitizeState state;
    private final long diskBytes;
    private final ByteBuffer asIs;
    private final ByteBuffer inverted;
    private long doneBytes;

    SanitizeWork(SanitizeState state, BlockGeometry geometry) {
        this.state = state;
        this.diskBytes = geometry.blocks() << geometry.blockShift();
        // A disk of another size is begun anew: what was done is not where it was.
        this.doneBytes = state.diskBytes() == diskBytes ? state.doneBytes() : 0;
        int blockBytes = geometry.blockBytes();
        this.asIs = filled(state.pattern(), blockBytes, 0);
        this.inverted = filled(state.pattern(), blockBytes, -1);
    }

    /** SBC-3 5.30.2: the pattern is repeated in each block, from the block's beginning on. */
    private static ByteBuffer filled(byte[] pattern, int blockBytes, int mask) {
        ByteBuffer blocks = ByteBuffer.allocateDirect(pattern.length == 0 ? 0 : WRITE_BYTES);
        for (int i = 0; i < blocks.capacity(); i++) {
            blocks.put(i, (byte) (pattern[i % blockBytes % pattern.length] ^ mask));
        }
        return blocks;
    }

    long totalBytes() {
        return diskBytes * state.passes();
    }

    long doneBytes() {
        return doneBytes;
    }

    long diskBytes() {
        return diskBytes;
    }

    boolean isDone() {
        return doneBytes == totalBytes();
    }

    /** Does the next step. The end of a pass is made durable before the next one begins. */
    void step(VirtualDisk disk) throws IOException {
        long atBytes = doneBytes % diskBytes;
        boolean erases = state.method() == Method.BLOCK_ERASE;
        long bytes = Math.min(erases ? ERASE_BYTES : WRITE_BYTES, diskBytes - atBytes);
        if (erases) {
            disk.unmap(atBytes, bytes);
        } else {
            ByteBuffer content = invertsNow() ? inverted : asIs;
            disk.write(atBytes, content.clear().limit((int) bytes));
        }
        doneBytes += bytes;
        if (doneBytes % diskBytes == 0) {
            disk.flush();
        }
    }

    /** The last pass writes the pattern as it is, the one before it the other way round, and so on. */
    private boolean invertsNow() {
        long pass = doneBytes / diskBytes;
        return state.inverts() && (state.passes() - 1 - pass) % 2 == 1;
    }
}
