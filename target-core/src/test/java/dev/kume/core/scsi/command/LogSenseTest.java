package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** LOG SENSE and the log pages. */
final class LogSenseTest {
    private static final String SUPPORTED = "00000003" + "000d2f";
    private static final String TEMPERATURE = "8d00000c" + "00000302" + "00ff" + "00010302" + "00ff";

    private final TestTarget target = new TestTarget();

    @Test
    void supportedPagesAscending() {
        assertEquals(SUPPORTED, target.run("4D 00 40 00 00 00 00 00 FF 00").hex());
        assertEquals(
                "40ff0008" + "0000" + "00ff" + "0d00" + "2f00",
                target.run("4D 00 40 FF 00 00 00 00 FF 00").hex());
    }

    @Test
    void noTemperatureIsTold() {
        assertEquals(TEMPERATURE, target.run("4D 00 4D 00 00 00 00 00 FF 00").hex());
    }

    @Test
    void noInformationalException() {
        assertEquals(
                "af000008" + "00000304" + "0000ff00",
                target.run("4D 00 6F 00 00 00 00 00 FF 00").hex());
    }

    @Test
    void pageControlMakesNoDifferenceToLists() {
        for (String pageControl : List.of("0D", "4D", "8D", "CD")) {
            assertEquals(
                    TEMPERATURE,
                    target.run("4D 00 " + pageControl + " 00 00 00 00 00 FF 00").hex());
        }
    }

    @Test
    void parametersFromThePointerOn() {
        assertEquals(
                "8d000006" + "00010302" + "00ff",
                target.run("4D 00 4D 00 00 00 01 00 FF 00").hex());
        Sense beyond = Sense.INVALID_FIELD_IN_CDB.inCdb(5, -1);
        assertEquals(beyond, target.run("4D 00 4D 00 00 00 02 00 FF 00").sense());
        assertEquals(beyond, target.run("4D 00 4D 00 00 FF FF 00 FF 00").sense());
        assertEquals(beyond, target.run("4D 00 40 00 00 00 01 00 FF 00").sense(), "a list of pages has no parameters");
        assertEquals(beyond, target.run("4D 00 40 FF 00 00 01 00 FF 00").sense());
    }

    @Test
    void allocationLengthCutsTheDataAndNotItsLengthField() {
        assertEquals("8d00000c", target.run("4D 00 4D 00 00 00 00 00 04 00").hex());
        Answer nothing = target.run("4D 00 4D 00 00 00 00 00 00 00");
        assertEquals(ScsiStatus.GOOD, nothing.status());
        assertEquals(0, nothing.data().length);
    }

    @Test
    void unknownPagesAndSubpagesAreRefused() {
        for (String page : List.of("4C", "7F", "41", "7E")) {
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(2, 5),
                    target.run("4D 00 " + page + " 00 00 00 00 00 FF 00").sense(),
                    page);
        }
        for (String subpage : List.of("4D 01", "4D FF", "40 01", "40 FE")) {
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(3, -1),
                    target.run("4D 00 " + subpage + " 00 00 00 00 FF 00").sense(),
                    subpage);
        }
    }

    @Test
    void savingAndChangedParametersAloneAreRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 0),
                target.run("4D 01 4D 00 00 00 00 00 FF 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 1),
                target.run("4D 02 4D 00 00 00 00 00 FF 00").sense());
    }

    @Test
    void anOfflineDiskStillHasItsLog() {
        target.unit.change(state -> state.offline("its file is gone"), () -> {});
        assertEquals(SUPPORTED, target.run("4D 00 40 00 00 00 00 00 FF 00").hex());
        assertEquals(TEMPERATURE, target.run("4D 00 4D 00 00 00 00 00 FF 00").hex());
    }
}
