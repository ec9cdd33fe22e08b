package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.core.io.LoopPort;
import dev.kume.core.measure.CommandFailure;
import dev.kume.core.measure.Durations;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.measure.OperationClass;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.testing.FixedClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What commands are counted as, what they waited and what they took. */
final class MeasuredTaskTest {
    private static final String WRITE_10 = "2A 00 00 00 00 00 00 00 01 00";
    private static final String READ_10 = "28 00 00 00 00 00 00 00 01 00";
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String SYNCHRONIZE_CACHE = "35 00 00 00 00 00 00 00 00 00";
    private static final String UNMAP = "42 00 00 00 00 00 00 00 18 00";
    private static final String PRE_FETCH = "34 00 00 00 00 00 00 00 01 00";
    private static final String RESERVE_6 = "16 00 00 00 00 00";
    private static final int BLOCK_BYTES = 512;

    private final TestTarget target = new TestTarget();
    private final FixedClock clock = (FixedClock) target.unit.lane().clock();

    @Test
    void commandsAreCountedByWhatTheyDo() {
        target.run(WRITE_10, new byte[BLOCK_BYTES]);
        target.run(READ_10);
        target.run(READ_10);
        target.run(SYNCHRONIZE_CACHE);
        target.run(UNMAP, TestTarget.bytes("0016001000000000" + "0000000000000000" + "00000001" + "00000000"));
        target.run(TEST_UNIT_READY);
        LoadFigures node1 = load(target.node1);
        assertEquals(1, node1.commands(OperationClass.WRITE));
        assertEquals(2, node1.commands(OperationClass.READ));
        assertEquals(1, node1.commands(OperationClass.FLUSH));
        assertEquals(1, node1.commands(OperationClass.UNMAP));
        assertEquals(1, node1.commands(OperationClass.OTHER));
        assertEquals(2 * BLOCK_BYTES, node1.readBytes());
        assertEquals(0, node1.outstanding());
        assertEquals(Map.of(), node1.failures());
        assertEquals(LoadFigures.NONE.service(), load(target.node2).service(), "the other node has done nothing");
    }

    @Test
    void aWriteWaitsForItsDataAndForADiskThread() {
        ScriptedTask write = target.beginHeld(target.node1, 0, WRITE_10, new byte[BLOCK_BYTES]);
        assertEquals(1, load(target.node1).outstanding());
        clock.advance(Duration.ofMillis(3));
        write.sendData();
        clock.advance(Duration.ofMillis(4));
        target.diskThreads.runOne();
        clock.advance(Duration.ofMillis(5));
        target.runAll();
        LoadFigures node1 = load(target.node1);
        assertEquals(7_000_000, queue(node1, OperationClass.WRITE).sumNanos());
        assertEquals(5_000_000, service(node1, OperationClass.WRITE).sumNanos());
        assertEquals(BLOCK_BYTES, node1.writtenBytes());
        assertEquals(0, node1.outstanding());
    }

    @Test
    void aReadThatADiskThreadHasToDoWaitsForIt() {
        ScriptedTask read = target.begin(target.node1, 0, TestTarget.bytes(READ_10), new byte[0], false);
        clock.advance(Duration.ofMillis(2));
        target.diskThreads.runOne();
        clock.advance(Duration.ofMillis(1));
        target.runAll();
        assertEquals(1, read.completions);
        assertEquals(2_000_000, queue(load(target.node1), OperationClass.READ).sumNanos());
        assertEquals(1_000_000, service(load(target.node1), OperationClass.READ).sumNanos());
    }

    @Test
    void atTheGateOfAUnitACommandWaits() {
        ScriptedTask before = target.beginHeld(target.node1, 0, WRITE_10, new byte[BLOCK_BYTES]);
        target.unit.quiesce(task -> null, null, affected -> {});
        target.runLoops();
        ScriptedTask behind = new ScriptedTask(
                target.loops.get(0).port(), TestTarget.bytes(TEST_UNIT_READY), new byte[0], BLOCK_BYTES, false);
        ScriptedTask ordered = new ScriptedTask(
                target.loops.get(0).port(), TestTarget.bytes(TEST_UNIT_READY), new byte[0], BLOCK_BYTES, false);
        ordered.prepare(target.unit, target.node1, LunMap.of(Map.of(0, target.unit)), TaskAttribute.ORDERED);
        target.unit.begin(ordered);
        behind.prepare(target.unit, target.node1, LunMap.of(Map.of(0, target.unit)), TaskAttribute.SIMPLE);
        target.unit.begin(behind);
        clock.advance(Duration.ofMillis(9));
        before.sendData();
        target.runAll();
        assertEquals(1, behind.completions);
        assertEquals(1, ordered.completions);
        assertEquals(18_000_000, queue(load(target.node1), OperationClass.OTHER).sumNanos());
    }

    @Test
    void inATurnACommandBeginsWhenTheOneBeforeHasEnded() {
        LoopPort port = target.loops.getFirst().port();
        port.turnBegins();
        long arrived = port.turnNanos(clock);
        assertEquals(arrived, port.latestNanos(clock));
        clock.advance(Duration.ofNanos(70));
        assertEquals(arrived, port.latestNanos(clock), "nobody has looked at the clock since");
        assertEquals(arrived + 70, port.freshNanos(clock));
        assertEquals(arrived + 70, port.latestNanos(clock));
        assertEquals(arrived, port.turnNanos(clock));
        port.turnEnds();
        clock.advance(Duration.ofNanos(5));
        assertEquals(arrived + 75, port.latestNanos(clock), "out of a turn the clock is asked");
    }

    @Test
    void whatDoesNotEndWellIsCountedByItsSense() {
        target.run("28 00 7F FF FF FF 00 00 01 00");
        target.run("FF 00 00 00 00 00");
        target.run(PRE_FETCH);
        target.run(RESERVE_6);
        target.runAsNode2(READ_10);
        assertEquals(
                Map.of(
                        new CommandFailure(ScsiStatus.CHECK_CONDITION, 5, 0x21, 0), 1L,
                        new CommandFailure(ScsiStatus.CHECK_CONDITION, 5, 0x20, 0), 1L),
                load(target.node1).failures());
        assertEquals(
                Map.of(CommandFailure.of(ScsiStatus.RESERVATION_CONFLICT), 1L),
                load(target.node2).failures());
        assertEquals(0, load(target.node2).commands(OperationClass.READ), "it was not begun");
        assertEquals(0, load(target.node2).readBytes());
    }

    @Test
    void whatIsFencedOffIsCountedAsAbortedAndTheFenceIsTimed() {
        target.beginHeld(target.node1, 0, WRITE_10, new byte[BLOCK_BYTES]);
        target.unit.fence(Coverage.ALL, null, affected -> {});
        clock.advance(Duration.ofMillis(6));
        target.runAll();
        assertEquals(1, load(target.node1).aborted());
        assertEquals(0, load(target.node1).outstanding());
        assertEquals(6_000_000, target.unit.events().figures().fences().sumNanos());
        assertEquals(0, target.unit.events().figures().quiesces().count());
        target.unit.reset(() -> {});
        target.runAll();
        assertEquals(1, target.unit.events().figures().quiesces().count());
        assertEquals(1, target.unit.events().figures().fences().count());
    }

    @Test
    void changesOfReservationsAreCounted() {
        target.memory.answersAtOnce = true;
        byte[] list = TestTarget.bytes("%016X%016X0000000000000000".formatted(0, 7));
        assertEquals(
                ScsiStatus.GOOD,
                target.run("5F 06 00 00 00 00 00 00 18 00", list).status());
        assertEquals(1, target.unit.events().figures().reservationChanges());
    }

    @Test
    void theSumOfAUnitKeepsWhatForgottenNexusesDid() {
        target.run(READ_10);
        target.unit.detach(target.node1);
        for (int i = 0; i < 100; i++) {
            ITNexus nexus = new ITNexus("iqn.2026-11.dev.kume:n" + i, i, "iqn.2026-11.dev.kume:t1", 1);
            target.unit.detach(target.unit.attach(nexus));
        }
        assertEquals(1, target.unit.nexuses().load().commands(OperationClass.READ));
        assertNull(target.unit.nexuses().find(TestTarget.NODE1));
    }

    private static LoadFigures load(ITLNexus nexus) {
        return nexus.load().figures();
    }

    private static Durations queue(LoadFigures load, OperationClass of) {
        return load.queue().getOrDefault(of, Durations.NONE);
    }

    private static Durations service(LoadFigures load, OperationClass of) {
        return load.service().getOrDefault(of, Durations.NONE);
    }
}
