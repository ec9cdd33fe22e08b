package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SWP of the control page: for every nexus, and for writes that are under way. */
final class SoftwareWriteProtectTest {
    private static final String WRITE = "2A 00 00 00 00 05 00 00 01 00";
    private static final String CONTROL = "0a0a" + "02100000" + "0000" + "ffff" + "0000";
    private static final String CONTROL_SWP = "0a0a" + "02100800" + "0000" + "ffff" + "0000";

    private final TestTarget target = new TestTarget();

    @Test
    void nobodyWritesThroughAnyTarget() {
        assertEquals(ScsiStatus.GOOD, select(target.node1, CONTROL_SWP).status());
        assertEquals(List.of(Sense.MODE_PARAMETERS_CHANGED), target.attentionsOfNode2());
        for (ITLNexus node : List.of(target.node1, target.node2)) {
            int loop = node == target.node1 ? 0 : 1;
            assertEquals(
                    Sense.WRITE_PROTECTED,
                    target.run(node, loop, TestTarget.bytes(WRITE), new byte[512])
                            .sense());
            byte[] modes = target.run(node, loop, TestTarget.bytes("1A 08 0A 00 FF 00"), new byte[0])
                    .data();
            assertEquals((byte) 0x90, modes[2], "WP and DPOFUA");
        }
        assertEquals(List.of(), target.disk.log);
        assertEquals(ScsiStatus.GOOD, select(target.node2, CONTROL).status());
        assertEquals(ScsiStatus.CHECK_CONDITION, target.run("00 00 00 00 00 00").status());
        assertEquals(ScsiStatus.GOOD, target.run(WRITE, new byte[512]).status());
    }

    @Test
    void aWriteWhoseDataHasNotComeIsRefusedWhenItIsProtected() {
        ScriptedTask write = target.beginHeld(target.node2, 1, WRITE, new byte[512]);
        assertEquals(ScsiStatus.GOOD, select(target.node1, CONTROL_SWP).status(), "a frozen node does not hold it up");
        assertEquals(Sense.WRITE_PROTECTED, write.sense());
        assertEquals(1, write.completions);
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void aWriteThatWaitsForADiskThreadNeverReachesTheDisk() {
        ScriptedTask write = target.begin(target.node2, 1, TestTarget.bytes(WRITE), new byte[512], false);
        ScriptedTask select = begin(target.node1, CONTROL_SWP);
        target.runLoops();
        assertEquals(ScsiStatus.GOOD, select.status(), "no disk thread has begun it");
        target.runAll();
        assertEquals(Sense.WRITE_PROTECTED, write.sense());
        assertEquals(1, write.completions);
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void readsGoOn() {
        ScriptedTask read =
                target.begin(target.node2, 1, TestTarget.bytes("28 00 00 00 00 05 00 00 01 00"), new byte[0], false);
        assertEquals(ScsiStatus.GOOD, select(target.node1, CONTROL_SWP).status());
        assertEquals(ScsiStatus.GOOD, read.status());
        assertEquals(1, read.completions);
    }

    private TestTarget.Answer select(ITLNexus from, String page) {
        byte[] list = TestTarget.bytes("00000000" + page);
        return target.run(from, from == target.node1 ? 0 : 1, cdb(page), list);
    }

    private ScriptedTask begin(ITLNexus from, String page) {
        return target.begin(from, 0, cdb(page), TestTarget.bytes("00000000" + page), false);
    }

    private static byte[] cdb(String page) {
        return TestTarget.bytes("15 10 00 00 %02X 00".formatted(4 + page.length() / 2));
    }
}
