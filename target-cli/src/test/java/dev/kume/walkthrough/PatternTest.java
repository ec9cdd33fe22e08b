package dev.kume.walkthrough;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What must show: data that is missing, old, or somewhere else. */
final class PatternTest {
    private static final long SEED = 1_000_003;
    private static final long OFFSET = 5L << 30;

    private static byte[] filled(long seed, long offset) {
        byte[] data = new byte[4_096];
        Pattern.fill(data, seed, offset);
        return data;
    }

    @Test
    void whatWasWrittenIsFound() {
        assertEquals(-1, Pattern.firstDifference(ByteBuffer.wrap(filled(SEED, OFFSET)), SEED, OFFSET));
    }

    @Test
    void aSliceBeginsWhereItLies() {
        ByteBuffer slice = ByteBuffer.wrap(filled(SEED, OFFSET)).position(512).slice();
        assertEquals(-1, Pattern.firstDifference(slice, SEED, OFFSET + 512));
    }

    @Test
    void oneWrongByteIsFoundWithItsPlace() {
        byte[] data = filled(SEED, OFFSET);
        data[1_003] ^= 0x10;
        assertEquals(OFFSET + 1_000, Pattern.firstDifference(ByteBuffer.wrap(data), SEED, OFFSET));
    }

    @Test
    void missingOldAndMisplacedDataShowsAtOnce() {
        assertEquals(OFFSET, Pattern.firstDifference(ByteBuffer.allocate(4_096), SEED, OFFSET));
        assertEquals(OFFSET, Pattern.firstDifference(ByteBuffer.wrap(filled(2 * SEED, OFFSET)), SEED, OFFSET));
        assertEquals(OFFSET, Pattern.firstDifference(ByteBuffer.wrap(filled(SEED, OFFSET + 512)), SEED, OFFSET));
    }

    @Test
    void aBlockHasNoTwoWordsAlike() {
        ByteBuffer data = ByteBuffer.wrap(filled(SEED, 0));
        for (int at = Pattern.WORD_BYTES; at < data.limit(); at += Pattern.WORD_BYTES) {
            assertNotEquals(data.getLong(at - Pattern.WORD_BYTES), data.getLong(at));
        }
    }
}
