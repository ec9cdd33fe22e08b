package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.kume.core.disk.VirtualDisk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A unit whose disk is taken away and comes back. */
final class AvailabilityTest {
    private static final String WRITE = "2A 00 00 00 00 05 00 00 01 00";
    private static final int SIZE_BYTES = 1 << 20;

    private final TestTarget target = new TestTarget();
    private final List<String> told = new ArrayList<>();

    private void takeOffline() {
        target.unit.takeOffline("repair", () -> told.add("offline"));
    }

    private void bringOnline(TestDisk disk) {
        target.unit.bringOnline(disk, BlockGeometry.emulated512(SIZE_BYTES), false, () -> told.add("online"));
        target.runAll();
    }

    @Test
    void whatADiskThreadHasIsWaitedForAndWhatWaitsForDataIsNot() {
        ScriptedTask waiting = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        ScriptedTask queued = target.begin(target.node2, 1, TestTarget.bytes(WRITE), new byte[512], false);
        takeOffline();
        target.runLoops();
        assertEquals(List.of(), told, "a disk thread has a task still");
        assertEquals(Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED, waiting.sense());
        target.runAll();
        assertEquals(List.of("offline"), told);
        assertEquals(Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED, queued.sense());
        assertEquals(List.of(), target.disk.log);
        assertEquals("repair", target.unit.state().offlineReason());
    }

    @Test
    void commandsToTheMediumAreNotReadyAndTheOthersAreAnswered() {
        takeOffline();
        target.runAll();
        for (String cdb :
                List.of("00 00 00 00 00 00", "28 00 00 00 00 05 00 00 01 00", "25 00 00 00 00 00 00 00 00 00")) {
            assertEquals(
                    Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED,
                    target.run(cdb).sense(),
                    cdb);
        }
        assertEquals(ScsiStatus.GOOD, target.run("12 00 00 00 60 00").status());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void theNewDiskIsUsedAndEveryNexusHearsOnce() {
        DurableState durable = target.unit.state().durable();
        takeOffline();
        target.runAll();
        TestDisk repaired = new TestDisk(SIZE_BYTES);
        bringOnline(repaired);
        assertEquals(List.of("offline", "online"), told);
        assertEquals(
                Sense.NOT_READY_TO_READY_CHANGE,
                target.run(WRITE, new byte[512]).sense());
        assertEquals(ScsiStatus.GOOD, target.run(WRITE, new byte[512]).status());
        assertEquals(List.of(Sense.NOT_READY_TO_READY_CHANGE), target.attentionsOfNode2());
        assertEquals(List.of("write 2560+512"), repaired.log);
        assertEquals(List.of(), target.disk.log);
        assertSame(durable, target.unit.state().durable(), "reservations and saved modes stay");
        assertNull(target.unit.state().offlineReason());
    }

    @Test
    void aUnitThatHasItsDiskKeepsIt() {
        VirtualDisk before = target.unit.state().disk();
        bringOnline(new TestDisk(SIZE_BYTES));
        assertEquals(List.of("online"), told);
        assertSame(before, target.unit.state().disk());
        assertEquals(List.of(), target.attentionsOfNode2());
    }

    @Test
    void whatComesMeanwhileWaitsAndIsNotReady() {
        target.begin(target.node2, 1, TestTarget.bytes(WRITE), new byte[512], false);
        takeOffline();
        target.runLoops();
        ScriptedTask late = target.begin(target.node1, 0, TestTarget.bytes(WRITE), new byte[512], false);
        assertEquals(0, late.completions, "the gate is closed");
        target.runAll();
        assertEquals(Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED, late.sense());
        assertEquals(List.of(), target.disk.log);
    }
}
