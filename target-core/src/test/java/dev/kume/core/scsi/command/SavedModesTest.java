package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MODE SELECT with SP, and what a reset goes back to. */
final class SavedModesTest {
    private static final String CACHING = "0812" + "04" + "00".repeat(17);
    private static final String CACHING_OFF = "0812" + "00".repeat(18);
    private static final String CONTROL_SWP = "0a0a" + "02100800" + "0000" + "ffff" + "0000";
    private static final String CONTROL_D_SENSE = "0a0a" + "06100000" + "0000" + "ffff" + "0000";
    private static final ModeState CACHE_OFF = ModeState.DEFAULT.withWriteCacheEnabled(false);

    private final TestTarget target = new TestTarget();

    SavedModesTest() {
        target.memory.answersAtOnce = true;
    }

    @Test
    void whatIsSavedIsDurableBeforeItIsSeenAndAnswered() {
        target.memory.answersAtOnce = false;
        ScriptedTask select = begin(CACHING_OFF, true);
        target.runAll();
        assertFalse(select.ended(), "it is not saved yet");
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
        assertFalse(target.node2.hasAttention());
        target.memory.answer(null);
        target.runAll();
        assertEquals(ScsiStatus.GOOD, select.status());
        assertEquals(CACHE_OFF, target.unit.state().modes());
        assertEquals(CACHE_OFF, target.memory.saved.savedModes());
        assertEquals(List.of(Sense.MODE_PARAMETERS_CHANGED), target.attentionsOfNode2());
    }

    @Test
    void withoutSavingNothingIsMadeDurable() {
        target.memory.answersAtOnce = false;
        assertEquals(ScsiStatus.GOOD, select(CACHING_OFF, false));
        assertEquals(ModeState.DEFAULT, target.memory.saved.savedModes());
    }

    @Test
    void savedValuesCanBeAskedFor() {
        select(CACHING_OFF, true);
        select(CACHING, false);
        assertEquals(
                "17001000" + "8812" + "00".repeat(18),
                target.run("1A 08 C8 00 FF 00").hex());
        assertEquals(
                "17001000" + "8812" + "04" + "00".repeat(17),
                target.run("1A 08 08 00 FF 00").hex());
        assertEquals(
                "17001000" + "8812" + "04" + "00".repeat(17),
                target.run("1A 08 88 00 FF 00").hex());
    }

    @Test
    void savingSavesEveryPageAndNotOnlyThoseOfTheList() {
        select(CONTROL_D_SENSE, false);
        select(CACHING_OFF, true);
        assertEquals(CACHE_OFF.withDescriptorSense(true), target.memory.saved.savedModes());
    }

    @Test
    void savingWithoutAnyPageSavesWhatThereIs() {
        select(CACHING_OFF, false);
        assertEquals(ScsiStatus.GOOD, target.run("15 11 00 00 00 00").status());
        assertEquals(CACHE_OFF, target.memory.saved.savedModes());
        target.attentionsOfNode2();
        assertEquals(ScsiStatus.GOOD, target.run("15 11 00 00 00 00").status());
        assertEquals(List.of(), target.attentionsOfNode2(), "nothing has changed");
    }

    @Test
    void savingWhatIsCurrentAlreadyTellsNobody() {
        select(CACHING_OFF, false);
        target.attentionsOfNode2();
        assertEquals(ScsiStatus.GOOD, select(CACHING_OFF, true));
        assertEquals(CACHE_OFF, target.memory.saved.savedModes());
        assertEquals(List.of(), target.attentionsOfNode2());
    }

    @Test
    void aFailedSaveChangesNothing() {
        target.memory.answersAtOnce = false;
        ScriptedTask select = begin(CACHING_OFF, true);
        target.runAll();
        target.memory.answer(new IOException("no space"));
        target.runAll();
        assertEquals(Sense.INTERNAL_TARGET_FAILURE, select.sense());
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
        assertEquals(ModeState.DEFAULT, target.unit.state().durable().savedModes());
        assertEquals(List.of(), target.attentionsOfNode2());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void aWrongListSavesNothing() {
        assertEquals(ScsiStatus.CHECK_CONDITION, select(CACHING_OFF + "0502" + "0000", true));
        assertEquals(ModeState.DEFAULT, target.memory.saved.savedModes());
    }

    @Test
    void aResetGoesBackToWhatWasSaved() {
        select(CACHING_OFF, true);
        select(CACHING + CONTROL_SWP, false);
        target.disk.log.clear();
        reset();
        assertEquals(CACHE_OFF, target.unit.state().modes());
        assertEquals(List.of("flush"), target.disk.log, "the cache went off by the reset");
        target.node1.poll();
        assertEquals(
                ScsiStatus.GOOD,
                target.run("2A 00 00 00 00 05 00 00 01 00", new byte[512]).status());
        assertEquals(List.of("flush", "write 2560+512", "flush"), target.disk.log);
    }

    @Test
    void aResetIsAnsweredBehindItsFlushAndAFailedFlushDoesNotHoldItUp() {
        select(CACHING_OFF, true);
        select(CACHING, false);
        boolean[] done = new boolean[1];
        target.disk.failNext("flush", new IOException("broken"));
        target.unit.reset(() -> done[0] = true);
        target.runLoops();
        assertFalse(done[0], "the flush has not run");
        target.runAll();
        assertTrue(done[0]);
        assertEquals(CACHE_OFF, target.unit.state().modes());
    }

    @Test
    void aResetWithNothingSavedLeavesTheDefaults() {
        select(CACHING_OFF + CONTROL_SWP, false);
        target.disk.log.clear();
        reset();
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
        assertEquals(List.of(), target.disk.log);
    }

    private void reset() {
        boolean[] done = new boolean[1];
        target.unit.reset(() -> done[0] = true);
        target.runAll();
        assertTrue(done[0]);
    }

    private int select(String pages, boolean save) {
        ScriptedTask task = begin(pages, save);
        target.runAll();
        assertEquals(1, task.completions);
        return task.status();
    }

    private ScriptedTask begin(String pages, boolean save) {
        byte[] cdb = TestTarget.bytes("15 %s 00 00 %02X 00".formatted(save ? "11" : "10", 4 + pages.length() / 2));
        return target.begin(target.node1, 0, cdb, TestTarget.bytes("00000000" + pages), false);
    }
}
