package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import org.junit.jupiter.api.Test;

/** READ DEFECT DATA of both CDB sizes: there is no defect. */
final class ReadDefectDataTest {
    private final TestTarget target = new TestTarget();

    @Test
    void bothListsAreThereAndEmptyInEveryFormat() {
        for (int format = 0; format <= 5; format++) {
            for (int lists = 0; lists < 4; lists++) {
                int request = lists << 3 | format;
                assertEquals(
                        "00%02x0000".formatted(request),
                        target.run("37 00 %02X 00 00 00 00 00 20 00".formatted(request))
                                .hex());
                assertEquals(
                        "00%02x000000000000".formatted(request),
                        target.run("B7 %02X 00 00 00 00 00 00 00 20 00 00".formatted(request))
                                .hex());
            }
        }
    }

    @Test
    void theAllocationLengthCutsTheAnswer() {
        assertEquals("001d", target.run("37 00 1D 00 00 00 00 00 02 00").hex());
        assertEquals("", target.run("B7 1D 00 00 00 00 00 00 00 00 00 00").hex());
        assertEquals(
                "001d000000", target.run("B7 1D 00 00 00 00 00 00 00 05 00 00").hex());
    }

    @Test
    void formatsWithoutAMeaningAreRefused() {
        for (int format = 6; format <= 7; format++) {
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(2, 2),
                    target.run("37 00 %02X 00 00 00 00 00 20 00".formatted(0x18 | format))
                            .sense());
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(1, 2),
                    target.run("B7 %02X 00 00 00 00 00 00 00 20 00 00".formatted(0x18 | format))
                            .sense());
        }
    }

    @Test
    void reservedBitsAreRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(2, 5),
                target.run("37 00 20 00 00 00 00 00 20 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(10, 0),
                target.run("B7 18 00 00 00 00 00 00 00 20 01 00").sense());
    }
}
