package dev.kume.core.volume;

import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Pieces of a disk, from some offset on. What lies beyond its end reads as zeroes: nothing is found there. */
final class Blocks {
    private final VirtualDisk disk;
    private final long startBytes;

    Blocks(VirtualDisk disk, long startBytes) {
        this.disk = disk;
        this.startBytes = startBytes;
    }

    /** The same disk from a later offset on. */
    Blocks from(long offsetBytes) {
        return new Blocks(disk, startBytes + offsetBytes);
    }

    long sizeBytes() {
        return disk.info().sizeBytes() - startBytes;
    }

    /** Little endian, which all but GFS2 are. */
    ByteBuffer read(long offsetBytes, int lengthBytes) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(lengthBytes);
        long at = startBytes + offsetBytes;
        if (at >= 0 && offsetBytes >= 0 && at < disk.info().sizeBytes()) {
            piece.limit((int) Math.min(lengthBytes, disk.info().sizeBytes() - at));
            disk.read(at, piece);
        }
        return piece.clear().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** True when these characters stand there. */
    static boolean has(ByteBuffer piece, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            if (piece.get(at + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
