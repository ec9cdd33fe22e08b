package dev.kume.protocol.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class LunTest {
    @Test
    void everyNumberComesBackFromItsBytes() {
        for (int number = 0; number <= Lun.NUMBER_MAX; number++) {
            assertEquals(number, Lun.number(Lun.raw(number)));
        }
    }

    @Test
    void numbersTo255ArePeripheral() {
        assertEquals(0x0000_0000_0000_0000L, Lun.raw(0));
        assertEquals(0x00FF_0000_0000_0000L, Lun.raw(255));
    }

    @Test
    void numbersAbove255AreFlatSpace() {
        assertEquals(0x4100_0000_0000_0000L, Lun.raw(256));
        assertEquals(0x7FFF_0000_0000_0000L, Lun.raw(16_383));
    }

    @Test
    void smallNumbersInFlatSpaceAreAccepted() {
        assertEquals(1, Lun.number(0x4001_0000_0000_0000L));
    }

    @Test
    void otherBusesMethodsAndLevelsAreNoLun() {
        assertEquals(Lun.NO_SUCH_LUN, Lun.number(0x0100_0000_0000_0000L));
        assertEquals(Lun.NO_SUCH_LUN, Lun.number(0x8000_0000_0000_0000L));
        assertEquals(Lun.NO_SUCH_LUN, Lun.number(0xC101_0000_0000_0000L));
        assertEquals(Lun.NO_SUCH_LUN, Lun.number(0x0001_0001_0000_0000L));
        assertEquals(Lun.NO_SUCH_LUN, Lun.number(0x0000_0000_0000_0001L));
        assertEquals(Lun.NO_SUCH_LUN, Lun.number(-1));
    }
}
