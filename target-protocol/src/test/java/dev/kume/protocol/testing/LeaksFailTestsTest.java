package dev.kume.protocol.testing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class LeaksFailTestsTest {
    @Test
    void lostBufferFailsTheClass() {
        lose();
        AssertionError failure = assertThrows(AssertionError.class, LeaksFailTests::failWhenLost);
        assertTrue(failure.getMessage().contains("never released"), failure.getMessage());
        assertTrue(failure.getMessage().contains("lose("), "it says where: " + failure.getMessage());
    }

    @Test
    void releasedBufferFailsNothing() {
        Unpooled.directBuffer(16).release();
        assertDoesNotThrow(LeaksFailTests::failWhenLost);
    }

    private static void lose() {
        ByteBuf lost = Unpooled.directBuffer(16);
        lost.writeByte(1);
    }
}
