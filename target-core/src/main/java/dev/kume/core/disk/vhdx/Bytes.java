package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian pieces of a file, and the words for a file that is damaged. */
final class Bytes {
    static final long MIB = 1L << 20;

    private static final int TEXT_MAX = 80;

    private Bytes() {}

    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a piece that lies inside of the store. */
    static ByteBuffer read(BackingStore store, long offsetBytes, int bytes) throws IOException {
        ByteBuffer piece = allocate(bytes);
        store.read(offsetBytes, piece);
        return piece.flip();
    }

    static ByteBuffer slice(ByteBuffer from, int at, int bytes) {
        return from.slice(at, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static long ceilMib(long bytes) {
        return (bytes + MIB - 1) & -MIB;
    }

    static boolean isAligned(long value, long to) {
        return (value & (to - 1)) == 0;
    }

    /** Text of a file as a message may have it: on one line, and not long. */
    static String printable(String text) {
        String line = text.replaceAll("[^\\x20-\\x7E]", "?");
        return line.length() <= TEXT_MAX ? line : line.substring(0, TEXT_MAX) + "...";
    }

    /** The file cannot be used as it is. */
    static DiskFormatException damaged(BackingStore store, String problem) {
        return new DiskFormatException("%s: %s; restore the file from a copy".formatted(store.location(), problem));
    }
}
