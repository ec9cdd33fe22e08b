package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the control page says of the task set (SPC-4 7.5.8) holds always: nobody can change it. */
final class TaskSetFieldsTest {
    private final TestTarget target = new TestTarget();

    @ParameterizedTest
    @CsvSource({
        "TST, 2, 20, 5",
        "QUEUE ALGORITHM MODIFIER, 3, 10, 4",
        "QERR, 3, 02, 1",
        "QERR 11b, 3, 06, 2",
        "UA_INTLCK_CTRL, 4, 30, 5",
        "TAS, 5, 40, 6"
    })
    void theyAreReportedFixedAndRefused(String field, int at, String flipped, int bit) {
        byte[] page = target.run("1A 08 0A 00 FF 00").data();
        byte[] changeable = target.run("1A 08 4A 00 FF 00").data();
        int mask = Integer.parseInt(flipped, 16);
        assertEquals(0, changeable[4 + at] & mask, field + " is not changeable");
        byte[] list = page.clone();
        list[0] = 0;
        list[2] = 0;
        list[4 + at] ^= (byte) mask;
        TestTarget.Answer answer = target.run("15 10 00 00 10 00", list);
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), field);
        assertEquals(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(4 + at, bit), answer.sense(), field);
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
    }
}
