package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Fences, quiesces and resets of a unit, and tasks that are doomed wherever they are. */
final class FenceTest {
    private static final String WRITE = "2A 00 00 00 00 05 00 00 01 00";
    private static final String READ = "28 00 00 00 00 05 00 00 01 00";
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

    private final TestTarget target = new TestTarget();
    private final List<String> told = new ArrayList<>();

    @Test
    void aFenceWaitsForTheTaskThatADiskThreadHas() {
        ScriptedTask write = begin(target.node1, 0, WRITE);
        target.unit.fence(Coverage.ALL, null, affected -> told.add("done"));
        target.runLoops();
        assertEquals(List.of(), told, "the disk thread has not come back");
        target.runAll();
        assertEquals(List.of("done"), told);
        assertEquals(1, write.dooms);
        assertEquals(List.of(), target.disk.log, "it was doomed before the disk thread looked at it");
    }

    @Test
    void aFenceDoesNotWaitForAnInitiatorThatIsSilent() {
        ScriptedTask write = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        assertTrue(write.wantsData());
        target.unit.fence(Coverage.ALL, null, affected -> told.add("done"));
        target.runLoops();
        assertEquals(List.of("done"), told);
        assertEquals(1, write.dooms);
    }

    @Test
    void aFenceLeavesTheOthersAndTheRequesterAlone() {
        ScriptedTask own = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        ScriptedTask requester = target.beginHeld(target.node2, 1, WRITE, new byte[512]);
        ScriptedTask victim = target.beginHeld(target.node2, 1, WRITE, new byte[512]);
        Set<ITLNexus> affected = new HashSet<>();
        target.unit.fence(Coverage.silent(task -> task.nexus() == target.node2), requester, affected::addAll);
        target.runAll();
        assertFalse(own.ended());
        assertFalse(requester.ended());
        assertEquals(1, victim.dooms);
        assertEquals(Set.of(target.node2), affected);
        own.sendData();
        requester.sendData();
        target.runAll();
        assertEquals(2, own.completions + requester.completions);
    }

    @Test
    void aFenceWithAnAnswerTellsWhatWasNotDone() {
        ScriptedTask waiting = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        ScriptedTask queued = begin(target.node1, 0, WRITE);
        target.unit.fence(task -> Ending.CONFLICT, null, affected -> told.add("done"));
        target.runLoops();
        assertEquals(List.of(), told, "a disk thread has one of them");
        target.runAll();
        assertEquals(List.of("done"), told);
        assertEquals(1, waiting.completions);
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, waiting.status());
        assertEquals(1, queued.completions);
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, queued.status());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void whatTheDiskThreadHasDoneIsTold() {
        ScriptedTask written = begin(target.node1, 0, WRITE);
        assertTrue(target.diskThreads.runOne());
        ;
        target.unit.fence(task -> Ending.CONFLICT, null, affected -> told.add("done"));
        target.runAll();
        assertEquals(List.of("done"), told);
        assertEquals(1, written.completions);
        assertEquals(ScsiStatus.GOOD, written.status());
        assertEquals(1, target.disk.log.size());
    }

    @Test
    void ofAWriteThatIsPartlyDoneNobodyIsToldThatItWasRefused() {
        ScriptedTask write = new ScriptedTask(
                target.loops.get(0).port(),
                TestTarget.bytes("2A 00 00 00 00 05 00 00 02 00"),
                new byte[1024],
                512,
                false);
        write.prepare(target.unit, target.node1, LunMap.EMPTY, TaskAttribute.SIMPLE);
        target.unit.begin(write);
        assertTrue(target.diskThreads.runOne(), "the first of two pieces");
        target.unit.fence(task -> Ending.CONFLICT, null, affected -> told.add("done"));
        target.runAll();
        assertEquals(List.of("done"), told);
        assertEquals(List.of("write 2560+512"), target.disk.log);
        assertEquals(ScsiStatus.CHECK_CONDITION, write.status());
        assertEquals(Sense.COMMANDS_CLEARED_BY_DEVICE_SERVER, write.sense());
    }

    @Test
    void silenceGoesBeforeAnAnswer() {
        ScriptedTask write = begin(target.node1, 0, WRITE);
        target.unit.fence(task -> Ending.CONFLICT, null, affected -> told.add("conflict"));
        target.runLoops();
        write.doom();
        target.runAll();
        assertEquals(List.of("conflict"), told);
        assertEquals(0, write.completions);
        assertEquals(1, write.dooms);
    }

    @Test
    void aChangeIsDurableBeforeItIsVisibleAndFencesBeforeItHasEnded() {
        ScriptedTask victim = begin(target.node2, 1, WRITE);
        target.unit.change(
                new Recorded() {
                    @Override
                    public Coverage fenced(UnitState before, UnitState after) {
                        told.add("published");
                        return task -> task.nexus() == target.node2 ? Ending.CONFLICT : null;
                    }
                },
                () -> told.add("over"));
        assertEquals(List.of("saving"), told);
        assertFalse(target.unit.state().writeProtected());
        target.memory.answer(null);
        assertTrue(target.unit.state().writeProtected());
        assertEquals(List.of("saving", "published"), told);
        target.runLoops();
        assertEquals(List.of("saving", "published", "over"), told);
        assertFalse(victim.ended(), "it waits in the disk's queue, and cannot reach the disk");
        target.runAll();
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, victim.status());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void aChangesFenceWaitsForTheWriteInsideOfTheDiskAndForNoneThatQueues() {
        List<String> toldInside = new ArrayList<>(List.of("nothing"));
        ScriptedTask inside = begin(target.node2, 1, WRITE);
        ScriptedTask queued = begin(target.node2, 1, WRITE);
        target.disk.whenDone = () -> {
            target.disk.whenDone = () -> {};
            target.memory.answersAtOnce = true;
            target.unit.change(new Fencing(), () -> told.add("over"));
            target.runLoops();
            toldInside.addAll(told);
        };
        target.runAll();
        assertEquals(List.of("nothing"), toldInside, "a write is inside of the disk");
        assertEquals(List.of("over"), told);
        assertEquals(ScsiStatus.GOOD, inside.status(), "it was done when it was doomed");
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, queued.status());
        assertEquals(1, target.disk.log.size());
    }

    /** Takes access away from the second node. */
    private final class Fencing extends Recorded {
        @Override
        public UnitState apply(UnitState now) {
            return now.withWriteProtected(true);
        }

        @Override
        public Coverage fenced(UnitState before, UnitState after) {
            return task -> task.nexus() == target.node2 ? Ending.CONFLICT : null;
        }
    }

    @Test
    void aChangeThatIsNotDurableIsNone() {
        target.unit.change(new Recorded(), () -> told.add("over"));
        target.memory.answer(new IOException("no space"));
        assertEquals(List.of("saving", "not saved: no space", "over"), told);
        assertFalse(target.unit.state().writeProtected());
    }

    /** A change that write protects the unit, and must be durable. */
    private class Recorded implements UnitChange {
        @Override
        public UnitState apply(UnitState now) {
            told.add("saving");
            return now.withWriteProtected(true);
        }

        @Override
        public boolean isDurable() {
            return true;
        }

        @Override
        public void notSaved(IOException failure) {
            told.add("not saved: " + failure.getMessage());
        }

        @Override
        public void ended(Task task) {
            throw new AssertionError("no task asked for it");
        }
    }

    @Test
    void tasksThatBeginDuringAFenceGoOn() {
        begin(target.node1, 0, WRITE);
        target.unit.fence(Coverage.ALL, null, affected -> told.add("done"));
        target.runLoops();
        ScriptedTask later = begin(target.node1, 0, TEST_UNIT_READY);
        assertEquals(1, later.completions);
        assertEquals(List.of(), told);
        target.runAll();
        assertEquals(List.of("done"), told);
    }

    @Test
    void tasksThatBeginDuringAQuiesceWaitAtTheGateAndRunInOrder() {
        begin(target.node1, 0, WRITE);
        target.unit.quiesce(Coverage.ALL, null, affected -> told.add("act"));
        target.runLoops();
        List<ScriptedTask> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            ScriptedTask task = begin(target.node1, 0, READ);
            task.whenEnded = () -> told.add("task " + number);
            assertEquals(Task.State.GATED, task.state());
            waiting.add(task);
        }
        ScriptedTask elsewhere = begin(target.node2, 1, TEST_UNIT_READY);
        assertFalse(elsewhere.ended());
        target.runAll();
        assertEquals(List.of("act", "task 0", "task 1", "task 2"), told);
        assertEquals(1, elsewhere.completions);
    }

    @Test
    void aGatedTaskCanBeDoomed() {
        begin(target.node1, 0, WRITE);
        target.unit.quiesce(Coverage.ALL, null, affected -> told.add("act"));
        target.runLoops();
        ScriptedTask gated = begin(target.node1, 0, READ);
        assertTrue(gated.doom());
        target.runAll();
        assertEquals(1, gated.dooms);
        assertEquals(0, gated.completions);
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void anEmptyUnitQuiescesAtOnceAndOpensAgain() {
        target.unit.quiesce(Coverage.ALL, null, affected -> told.add("act"));
        target.runLoops();
        assertEquals(List.of("act"), told);
        assertEquals(1, begin(target.node1, 0, TEST_UNIT_READY).completions);
    }

    @Test
    void changesHappenInTheOrderInWhichTheyWereAskedFor() {
        begin(target.node1, 0, WRITE);
        target.unit.quiesce(Coverage.ALL, null, affected -> told.add("first quiesce"));
        target.unit.change(state -> state.withWriteProtected(true), () -> told.add("change"));
        target.unit.fence(Coverage.ALL, null, affected -> told.add("fence"));
        target.unit.quiesce(Coverage.ALL, null, affected -> told.add("second quiesce"));
        target.unit.afterChanges(() -> told.add("after"));
        target.runLoops();
        assertEquals(List.of(), told);
        target.runAll();
        assertEquals(List.of("first quiesce", "change", "fence", "second quiesce", "after"), told);
        assertEquals(1, begin(target.node1, 0, TEST_UNIT_READY).completions);
    }

    @Test
    void aCoverThatForgetsItsTasksStillEnds() {
        ScriptedTask write = begin(target.node1, 0, WRITE);
        boolean[] covers = {true};
        target.unit.fence(Coverage.silent(task -> covers[0]), null, affected -> told.add("done"));
        target.runLoops();
        covers[0] = false;
        target.runAll();
        assertEquals(List.of("done"), told);
        assertEquals(1, write.dooms);
    }

    @Test
    void whoHearsOfTheFenceMayEndFurtherTasks() {
        ScriptedTask requester = target.beginHeld(target.node2, 0, WRITE, new byte[512]);
        begin(target.node1, 0, WRITE);
        target.unit.fence(Coverage.ALL, requester, affected -> {
            requester.terminate(ScsiStatus.BUSY);
            told.add("done");
        });
        target.runAll();
        assertEquals(List.of("done"), told);
        assertEquals(1, requester.completions);
    }

    @Test
    void aTaskThatIsAtANewCommandIsNotDoomedForItsOldOne() {
        ScriptedTask first = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        ScriptedTask second = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        first.whenEnded = () -> {
            // The connection closes: it dooms its other task, frees it, and a new command takes it.
            second.whenEnded = () -> {};
            second.doom();
            second.release();
            second.prepare(target.unit, target.node1, LunMap.EMPTY, TaskAttribute.SIMPLE);
            target.unit.begin(second);
        };
        target.unit.fence(Coverage.ALL, null, affected -> told.add("done"));
        target.runLoops();
        assertEquals(List.of("done"), told);
        assertEquals(1, second.dooms, "the new command goes on");
        assertEquals(Task.State.TAKING_DATA, second.state());
    }

    @Test
    void aBugInAChangeHoldsNobodyUp() {
        target.unit.change(state -> state, () -> target.unit.afterChanges(() -> told.add("after the bug")));
        assertThrows(
                IllegalStateException.class,
                () -> target.unit.change(
                        state -> {
                            throw new IllegalStateException("bug");
                        },
                        () -> told.add("never")));
        target.unit.quiesce(Coverage.ALL, null, FenceTest::fail);
        assertThrows(IllegalStateException.class, target::runLoops);
        target.unit.afterChanges(() -> told.add("last"));
        target.runAll();
        assertEquals(List.of("after the bug", "last"), told);
        assertEquals(1, begin(target.node1, 0, TEST_UNIT_READY).completions, "the gate is open");
    }

    private static void fail(Collection<ITLNexus> affected) {
        throw new IllegalStateException("bug with " + affected.size());
    }

    @Test
    void aLongQueueNeedsNoDeepStack() {
        int changes = 200_000;
        begin(target.node1, 0, WRITE);
        target.unit.fence(Coverage.ALL, null, affected -> {});
        int[] done = new int[1];
        for (int i = 0; i < changes; i++) {
            target.unit.change(state -> state, () -> done[0]++);
        }
        assertEquals(0, done[0]);
        target.runAll();
        assertEquals(changes, done[0]);
    }

    @Test
    void aResetEndsAllTasksAndTellsEveryNexus() {
        target.unit.change(state -> state.withModes(ModeState.DEFAULT.withWriteCacheEnabled(false)), () -> {});
        ScriptedTask waiting = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        ScriptedTask inIo = begin(target.node2, 1, READ);
        target.unit.reset(() -> told.add("reset"));
        target.runLoops();
        assertEquals(List.of(), told);
        target.runAll();
        assertEquals(List.of("reset"), told);
        assertEquals(1, waiting.dooms);
        assertEquals(1, inIo.dooms);
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
        assertEquals(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, target.node1.poll());
        assertEquals(List.of(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED), target.attentionsOfNode2());
    }

    @Test
    void doomInEachState() {
        ScriptedTask complete = begin(target.node1, 0, TEST_UNIT_READY);
        assertTrue(complete.doom());
        assertEquals(0, complete.dooms, "an ended task is not doomed");

        ScriptedTask takingData = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        assertTrue(takingData.doom());

        ScriptedTask consuming = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        consuming.sendData();
        ScriptedTask reading = begin(target.node1, 0, READ);
        ScriptedTask working = begin(target.node1, 0, "35 00 00 00 00 00 00 00 00 00");
        for (ScriptedTask inIo : List.of(consuming, reading, working)) {
            assertFalse(inIo.doom());
            assertFalse(inIo.doom(), "twice is once");
            assertFalse(inIo.ended());
        }
        target.runAll();
        for (ScriptedTask doomed : List.of(takingData, consuming, reading, working)) {
            assertEquals(1, doomed.dooms);
            assertEquals(0, doomed.completions);
            doomed.release();
        }
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void aTaskEndsOnceOnly() {
        ScriptedTask task = begin(target.node1, 0, TEST_UNIT_READY);
        assertThrows(IllegalStateException.class, task::good);
        assertThrows(IllegalStateException.class, () -> task.terminate(ScsiStatus.BUSY));
        task.release();
        assertThrows(IllegalStateException.class, task::release);
        ScriptedTask busy = begin(target.node1, 0, READ);
        assertThrows(IllegalStateException.class, busy::release);
        target.runAll();
    }

    private ScriptedTask begin(ITLNexus from, int loop, String cdb) {
        return target.begin(from, loop, TestTarget.bytes(cdb), new byte[512], false);
    }
}
