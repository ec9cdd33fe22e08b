package dev.kume.protocol.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SerialNumbersTest {
    @Test
    void orderGoesOverTheWrap() {
        assertTrue(SerialNumbers.isBefore(0xFFFF_FFFF, 0));
        assertFalse(SerialNumbers.isBefore(0, 0xFFFF_FFFF));
        assertTrue(SerialNumbers.isBefore(0x7FFF_FFFF, 0x8000_0000));
        assertFalse(SerialNumbers.isBefore(5, 5));
        assertTrue(SerialNumbers.isAtOrBefore(5, 5));
    }

    @Test
    void halfTheCircleApartIsNotOrdered() {
        assertFalse(SerialNumbers.isBefore(0, 0x8000_0000));
        assertFalse(SerialNumbers.isBefore(0x8000_0000, 0));
    }

    @Test
    void windowMayWrapAndMayBeEmpty() {
        assertTrue(SerialNumbers.isWithin(2, 0xFFFF_FFF0, 10));
        assertTrue(SerialNumbers.isWithin(10, 10, 10));
        assertFalse(SerialNumbers.isWithin(11, 0xFFFF_FFF0, 10));
        assertFalse(SerialNumbers.isWithin(10, 10, 9));
    }

    @Test
    void distanceCountsSteps() {
        assertEquals(3, SerialNumbers.distance(0xFFFF_FFFE, 1));
        assertEquals(-3, SerialNumbers.distance(1, 0xFFFF_FFFE));
    }
}
