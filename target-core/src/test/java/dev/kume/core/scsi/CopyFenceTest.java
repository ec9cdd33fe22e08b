package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fence at either disk of a copy ends it: what is answered after the fence is the end of its writes. */
final class CopyFenceTest {
    private static final int SIZE = 8 << 20;

    private final TestDisk alphaDisk = new TestDisk(SIZE);
    private final TestDisk betaDisk = new TestDisk(SIZE);
    private final CopyDisks disks = new CopyDisks(alphaDisk, betaDisk);
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void noHoles() {
        alphaDisk.fill(0, SIZE, 1);
        betaDisk.fill(0, SIZE, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void afterAFenceAtTheDestinationNothingIsWritten(int steps) {
        ScriptedTask copy = begin(steps);
        disks.beta.fence(
                task -> task.nexus() == disks.node1AtBeta ? Ending.CONFLICT : null,
                null,
                affected -> told.add("fenced after " + betaDisk.log.size()));
        disks.target.runAll();
        assertEquals(List.of("fenced after " + betaDisk.log.size()), told, "nothing came behind it");
        assertEquals(Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(0), copy.sense());
        assertTrue(betaDisk.log.size() < 8, betaDisk.log.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void afterAFenceAtTheSourceNothingIsRead(int steps) {
        ScriptedTask copy = begin(steps);
        disks.alpha.fence(
                task -> task != copy && task.nexus() == disks.target.node1 ? Ending.SILENT : null,
                null,
                affected -> told.add("fenced after " + alphaDisk.log.size()));
        disks.target.runAll();
        assertEquals(List.of("fenced after " + alphaDisk.log.size()), told);
        assertEquals(Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(0), copy.sense());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void anAbortedCopyWritesNoMore(int steps) {
        ScriptedTask copy = begin(steps);
        copy.whenEnded = () -> told.add("ended after " + betaDisk.log.size());
        copy.doom();
        disks.target.runAll();
        assertEquals(List.of("ended after " + betaDisk.log.size()), told);
        assertEquals(1, copy.dooms);
        assertEquals(0, copy.completions);
        assertTrue(betaDisk.log.size() < 8, betaDisk.log.toString());
        assertTaskSetsAreEmpty();
    }

    @Test
    void aResetOfTheOtherDiskEndsTheCopy() {
        ScriptedTask copy = begin(4);
        disks.beta.reset(() -> told.add("reset after " + betaDisk.log.size()));
        disks.target.runAll();
        assertEquals(List.of("reset after " + betaDisk.log.size()), told);
        assertEquals(Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(0), copy.sense());
        assertTaskSetsAreEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void aReservationOfAnotherNodeAtTheDestinationEndsTheCopy(int steps) {
        disks.target.memory.answersAtOnce = true;
        reserveOut("5F 00 00 00 00 00 00 00 18 00");
        disks.target.runAll();
        ScriptedTask copy = begin(steps);
        ScriptedTask reserve = reserveOut("5F 01 01 00 00 00 00 00 18 00");
        reserve.whenEnded = () -> told.add("reserved after " + betaDisk.log.size());
        disks.target.runAll();
        assertEquals(List.of("reserved after " + betaDisk.log.size()), told, "nothing came behind it");
        assertEquals(ScsiStatus.GOOD, reserve.status());
        assertEquals(Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(0), copy.sense());
        assertTrue(betaDisk.log.size() < 8, betaDisk.log.toString());
    }

    @Test
    void aReservedDiskIsNotWrittenAndIsReadAsItsTypeAllows() {
        disks.target.memory.answersAtOnce = true;
        reserveOut("5F 00 00 00 00 00 00 00 18 00");
        disks.target.runAll();
        reserveOut("5F 01 01 00 00 00 00 00 18 00");
        disks.target.runAll();
        Sense failure = Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(0);
        byte[] toBeta = disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0));
        byte[] fromBeta = disks.alphaAndBeta(CopyDisks.segment(1, 0, 8, 0, 0));
        assertEquals(failure, disks.copy(toBeta).sense());
        assertEquals(ScsiStatus.GOOD, disks.copy(fromBeta).status(), "Write Exclusive lets everybody read");
        reserveOut("5F 02 01 00 00 00 00 00 18 00");
        disks.target.runAll();
        reserveOut("5F 01 03 00 00 00 00 00 18 00");
        disks.target.runAll();
        assertEquals(failure, disks.copy(fromBeta).sense(), "Exclusive Access does not");
        assertEquals(
                List.of(),
                betaDisk.log.stream().filter(line -> line.startsWith("write")).toList());
    }

    /** PERSISTENT RESERVE OUT of node 2 at beta, with its key; it ends when the loops run. */
    private ScriptedTask reserveOut(String cdb) {
        byte[] list = new byte[24];
        boolean registers = cdb.startsWith("5F 00");
        list[registers ? 15 : 7] = 0x2B;
        return disks.beginAt(disks.beta, disks.node2AtBeta, cdb, list);
    }

    @Test
    void aFenceOfAnotherNexusLeavesTheCopyAlone() {
        ScriptedTask copy = begin(4);
        disks.beta.fence(
                Coverage.silent(task -> task.nexus() == disks.node2AtBeta), null, affected -> told.add("over"));
        disks.target.runAll();
        assertEquals(ScsiStatus.GOOD, copy.status());
        assertEquals(8, betaDisk.log.size());
        assertTaskSetsAreEmpty();
    }

    @Test
    void aCopyWaitsAtTheGateOfAQuiescingDisk() {
        ScriptedTask write =
                disks.target.beginHeld(disks.target.node1, 0, "2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        disks.beta.quiesce(task -> null, null, affected -> told.add("quiet after " + betaDisk.log.size()));
        ScriptedTask copy = begin(0);
        disks.target.runAll();
        assertEquals(List.of("quiet after 0"), told);
        assertEquals(ScsiStatus.GOOD, copy.status());
        assertFalse(write.ended(), "another command of the first disk");
    }

    @Test
    void twoCopiesInOppositeDirectionsBothEnd() {
        ScriptedTask there = disks.beginCopy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8192, 0, 0)));
        byte[] list = disks.alphaAndBeta(CopyDisks.segment(1, 0, 8192, 8192, 8192));
        list[0] = 2;
        ScriptedTask back = disks.beginCopy(list);
        disks.target.runAll();
        assertEquals(ScsiStatus.GOOD, there.status());
        assertEquals(ScsiStatus.GOOD, back.status());
        assertTaskSetsAreEmpty();
    }

    /** A copy of eight pieces from alpha to beta, of which so many steps have been made. */
    private ScriptedTask begin(int steps) {
        ScriptedTask copy = disks.beginCopy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 16384, 0, 0)));
        for (int i = 0; i < steps; i++) {
            assertTrue(i % 2 == 0 ? disks.target.diskThreads.runOne() : disks.target.runLoops());
        }
        return copy;
    }

    private void assertTaskSetsAreEmpty() {
        List<Task> left = new ArrayList<>();
        Stream.of(disks.alpha, disks.beta)
                .forEach(unit -> unit.fence(
                        task -> {
                            left.add(task);
                            return null;
                        },
                        null,
                        affected -> {}));
        disks.target.runAll();
        assertEquals(List.of(), left);
    }
}
