package dev.kume.walkthrough;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Content that says where it belongs: each word of 8 bytes is made of its place and of the seed of the whole, so that
 * data which is missing, old, or somewhere else shows.
 */
final class Pattern {
    static final int WORD_BYTES = 8;
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Pattern() {}

    private static long word(long seed, long offsetBytes) {
        return (offsetBytes + seed) * ODD;
    }

    /** Fills an array with what belongs at this place. */
    static void fill(byte[] data, long seed, long offsetBytes) {
        for (int at = 0; at < data.length; at += WORD_BYTES) {
            WORDS.set(data, at, word(seed, offsetBytes + at));
        }
    }

    /** The first place in the data that has something else, as an offset of the whole, or -1. */
    static long firstDifference(ByteBuffer data, long seed, long offsetBytes) {
        byte[] bytes = data.array();
        int begin = data.arrayOffset() + data.position();
        for (int at = 0; at < data.remaining(); at += WORD_BYTES) {
            if ((long) WORDS.get(bytes, begin + at) != word(seed, offsetBytes + at)) {
                return offsetBytes + at;
            }
        }
        return -1;
    }
}
