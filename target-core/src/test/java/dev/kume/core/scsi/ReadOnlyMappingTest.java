package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A unit that one target shows write protected, and another does not. */
final class ReadOnlyMappingTest {
    private static final String WRITE_10 = "2A 00 00 00 00 05 00 00 01 00";

    private final TestTarget target = new TestTarget();
    private final LunMap writable = LunMap.of(Map.of(0, target.unit));
    private final LunMap readOnly = LunMap.of(Map.of(0, target.unit), Set.of(0));

    @Test
    void everyWriteIsRefusedAndNothingIsWritten() {
        target.luns(readOnly);
        for (String cdb : List.of(
                "0A 00 00 05 01 00",
                WRITE_10,
                "AA 00 00 00 00 05 00 00 00 01 00 00",
                "8A 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00",
                "2E 00 00 00 00 05 00 00 01 00",
                "AE 00 00 00 00 05 00 00 00 01 00 00",
                "8E 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00")) {
            TestTarget.Answer answer = target.run(cdb, new byte[512]);
            assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), cdb);
            assertEquals(Sense.WRITE_PROTECTED, answer.sense(), cdb);
        }
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void whatIsNoWriteGoesOn() {
        target.luns(readOnly);
        for (String cdb : List.of(
                "00 00 00 00 00 00",
                "28 00 00 00 00 05 00 00 01 00",
                "35 00 00 00 00 00 00 00 00 00",
                "25 00 00 00 00 00 00 00 00 00")) {
            assertEquals(ScsiStatus.GOOD, target.run(cdb).status(), cdb);
        }
    }

    @Test
    void theOtherTargetWritesOn() {
        target.luns(readOnly);
        assertEquals(Sense.WRITE_PROTECTED, target.run(WRITE_10, new byte[512]).sense());
        target.luns(writable);
        assertEquals(
                ScsiStatus.GOOD,
                target.run(target.node2, 1, TestTarget.bytes(WRITE_10), new byte[512])
                        .status());
        assertEquals(List.of("write 2560+512"), target.disk.log);
    }

    @Test
    void theModeParameterHeaderSaysWhichItIs() {
        for (LunMap map : List.of(readOnly, writable)) {
            target.luns(map);
            int protection = map.isReadOnly(target.unit) ? 0x80 : 0;
            assertEquals(protection, target.run("1A 08 3F 00 FF 00").data()[2] & 0x80, "MODE SENSE(6)");
            assertEquals(protection, target.run("5A 08 3F 00 00 00 00 00 FF 00").data()[3] & 0x80, "MODE SENSE(10)");
        }
    }

    @Test
    void aTaskKeepsWhatTheMappingWasWhenItBegan() {
        ScriptedTask task = target.begin(target.node1, 0, TestTarget.bytes(WRITE_10), new byte[512], true);
        target.luns(readOnly);
        assertFalse(task.readOnlyMapping());
        assertTrue(target.unit.writes(task));
        task.sendData();
        target.runAll();
        assertEquals(ScsiStatus.GOOD, task.status());
        task.release();
        task.prepare(target.unit, target.node1, readOnly, TaskAttribute.SIMPLE);
        assertTrue(task.readOnlyMapping());
    }

    @Test
    void onlyTheLunsThatAreNamedAreReadOnly() {
        TestTarget other = new TestTarget();
        LunMap both = LunMap.of(Map.of(0, target.unit, 5, other.unit), Set.of(5));
        assertFalse(both.isReadOnly(target.unit));
        assertTrue(both.isReadOnly(other.unit));
        assertFalse(both.isReadOnly(null));
        assertTrue(both.sameAs(LunMap.of(Map.of(0, target.unit, 5, other.unit))), "the list of LUNs is the same");
    }
}
