package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SYNCHRONIZE CACHE, PRE-FETCH, START STOP UNIT and the other commands that move no blocks. */
final class CacheAndPowerTest {
    private final TestTarget target = new TestTarget();

    @Test
    void synchronizeCacheFlushes() {
        for (String cdb : List.of(
                "35 00 00 00 00 00 00 00 00 00",
                "35 00 00 00 00 05 00 00 02 00",
                "35 02 00 00 00 00 00 00 00 00",
                "35 06 00 00 00 00 00 00 00 00",
                "91 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")) {
            target.disk.log.clear();
            assertEquals(ScsiStatus.GOOD, target.run(cdb).status(), cdb);
            assertEquals(List.of("flush"), target.disk.log, cdb);
        }
    }

    @Test
    void synchronizeCacheAnswersAfterTheFlush() {
        ScriptedTask task = target.beginHeld(target.node1, 0, "35 02 00 00 00 00 00 00 00 00", new byte[0]);
        target.runLoops();
        assertFalse(task.ended(), "no disk thread has run");
        target.runAll();
        assertEquals(1, task.completions);
    }

    @Test
    void aFailedSynchronizeCacheIsAnError() {
        target.disk.failNext("flush", new IOException("broken"));
        Answer answer = target.run("35 00 00 00 00 00 00 00 00 00");
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
        assertEquals(Sense.WRITE_ERROR, answer.sense());
    }

    @Test
    void synchronizeCacheBeyondTheEndIsOutOfRange() {
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run("35 00 00 00 07 FF 00 00 02 00").sense());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void preFetchReadsTheBlocks() {
        assertEquals(
                ScsiStatus.GOOD, target.run("34 00 00 00 00 05 03 00 02 00").status());
        assertEquals(
                ScsiStatus.GOOD,
                target.run("90 00 00 00 00 00 00 00 00 05 00 00 00 02 03 00").status());
        assertEquals(List.of("read 2560+1024", "read 2560+1024"), target.disk.log);
    }

    @Test
    void preFetchOfZeroBlocksGoesToTheEnd() {
        assertEquals(
                ScsiStatus.GOOD, target.run("34 00 00 00 07 F0 00 00 00 00").status());
        assertEquals(List.of("read 1040384+8192"), target.disk.log);
    }

    @Test
    void preFetchStopsAtItsLimit() {
        TestTarget limited = TestTarget.withTransferLimit();
        assertEquals(
                ScsiStatus.GOOD, limited.run("34 00 00 00 00 00 00 00 00 00").status());
        assertEquals(4, limited.disk.log.size(), "1 MiB in four chunks");
    }

    @Test
    void preFetchBeyondTheEndIsOutOfRange() {
        for (String cdb : List.of(
                "34 00 00 00 07 FF 00 00 02 00",
                "34 00 00 00 08 01 00 00 00 00",
                "34 02 80 00 00 00 00 00 01 00",
                "90 00 FF FF FF FF FF FF FF FF 00 00 00 00 00 00")) {
            assertEquals(Sense.LBA_OUT_OF_RANGE, target.run(cdb).sense(), cdb);
        }
    }

    @Test
    void preFetchWithImmediateAnswersAtOnce() {
        assertEquals(
                ScsiStatus.GOOD, target.run("34 02 00 00 00 00 00 00 01 00").status());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void stopMakesTheCacheDurableAndTheDiskStaysReady() {
        assertEquals(ScsiStatus.GOOD, target.run("1B 00 00 00 00 00").status());
        assertEquals(List.of("flush"), target.disk.log);
        assertEquals(ScsiStatus.GOOD, target.run("00 00 00 00 00 00").status());
    }

    @Test
    void startAndStopWithoutFlushTouchNothing() {
        assertEquals(ScsiStatus.GOOD, target.run("1B 01 00 00 01 00").status());
        assertEquals(ScsiStatus.GOOD, target.run("1B 00 00 00 04 00").status());
        assertEquals(ScsiStatus.GOOD, target.run("1B 00 00 00 10 00").status(), "ACTIVE");
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void ejectAndUnknownPowerConditionsAreRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(4, 1),
                target.run("1B 00 00 00 02 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(4, 7),
                target.run("1B 00 00 00 F0 00").sense());
    }

    @Test
    void preventAllowIsGood() {
        assertEquals(ScsiStatus.GOOD, target.run("1E 00 00 00 01 00").status());
        assertEquals(ScsiStatus.GOOD, target.run("1E 00 00 00 00 00").status());
    }

    @Test
    void selfTestReadsBothEnds() {
        assertEquals(ScsiStatus.GOOD, target.run("1D 04 00 00 00 00").status());
        assertEquals(List.of("read 0+512", "read 1048064+512"), target.disk.log);
        target.disk.failNext("read", new IOException("broken"));
        assertEquals(
                Sense.UNRECOVERED_READ_ERROR, target.run("1D 04 00 00 00 00").sense());
    }

    @Test
    void testUnitReadyFollowsTheDisk() {
        assertEquals(ScsiStatus.GOOD, target.run("00 00 00 00 00 00").status());
        target.unit.change(state -> state.offline("its file is gone"), () -> {});
        assertEquals(
                Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED,
                target.run("00 00 00 00 00 00").sense());
    }

    @Test
    void taskManagementFunctionsAreTold() {
        assertEquals(
                "da000000", target.run("A3 0D 00 00 00 00 00 00 00 04 00 00").hex());
        assertEquals(
                "da00000c" + "00".repeat(12),
                target.run("A3 0D 80 00 00 00 00 00 00 FF 00 00").hex());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(6, -1),
                target.run("A3 0D 00 00 00 00 00 00 00 03 00 00").sense());
    }
}
