package dev.kume.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DataBuffersTest {
    private static final int LARGE_BYTES = 1_048_576;

    private final DataBuffers buffers = new DataBuffers();

    @Test
    void whatWasGivenIsTakenAgain() {
        ByteBuffer first = buffers.take(5_000);
        assertEquals(5_000, first.remaining());
        assertEquals(16_384, first.capacity());
        buffers.give(first);
        assertSame(first, buffers.take(16_000));
        assertEquals(16_384, buffers.heldBytes());
    }

    @Test
    void aBurstGoesBackToTheSystemAtOnce() {
        List<ByteBuffer> burst = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            burst.add(buffers.take(LARGE_BYTES));
        }
        assertEquals(100L * LARGE_BYTES, buffers.heldBytes());
        burst.forEach(buffers::give);
        assertTrue(buffers.heldBytes() <= 16L * LARGE_BYTES, buffers.heldBytes() + " bytes are still held");
        // Memory that has gone back cannot be touched by one who kept the buffer.
        assertThrows(IllegalStateException.class, () -> burst.getLast().put(0, (byte) 1));
    }

    @Test
    void oddSizesAreNotKept() {
        ByteBuffer odd = buffers.take(LARGE_BYTES + 1);
        assertEquals(LARGE_BYTES + 1, odd.capacity());
        buffers.give(odd);
        assertEquals(0, buffers.heldBytes());
    }

    @Test
    void aStrangersBufferIsRefused() {
        ByteBuffer strange = ByteBuffer.allocateDirect(100);
        assertThrows(IllegalArgumentException.class, () -> buffers.give(strange));
    }

    @Test
    void closingFreesWhatNobodyHas() {
        DataBuffers buffers = new DataBuffers();
        ByteBuffer kept = buffers.take(4_096);
        buffers.give(buffers.take(65_536));
        buffers.close();
        assertEquals(4_096, buffers.heldBytes());
        kept.putLong(0, 1);
        buffers.give(kept);
        buffers.close();
        assertEquals(0, buffers.heldBytes());
    }
}
