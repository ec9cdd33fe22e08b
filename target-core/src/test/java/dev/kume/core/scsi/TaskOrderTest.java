package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Task attributes, SAM-5 8.6: one task set for all nexuses and loops of a unit. */
final class TaskOrderTest {
    private static final String WRITE = "2A 00 00 00 00 05 00 00 01 00";
    private static final String READ = "28 00 00 00 00 05 00 00 01 00";
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

    private final TestTarget target = new TestTarget();
    private final List<String> told = new ArrayList<>();

    private ScriptedTask begin(ITLNexus from, int loop, int attribute, String cdb) {
        return begin(from, loop, attribute, cdb, true);
    }

    private ScriptedTask begin(ITLNexus from, int loop, int attribute, String cdb, boolean holdsData) {
        ScriptedTask task =
                new ScriptedTask(target.loops.get(loop).port(), TestTarget.bytes(cdb), new byte[512], 8192, holdsData);
        task.prepare(target.unit, from, LunMap.EMPTY, attribute);
        target.unit.begin(task);
        return task;
    }

    private ScriptedTask simple(int loop, String cdb) {
        return begin(loop == 0 ? target.node1 : target.node2, loop, TaskAttribute.SIMPLE, cdb);
    }

    private ScriptedTask ordered(int loop, String cdb) {
        return begin(loop == 0 ? target.node1 : target.node2, loop, TaskAttribute.ORDERED, cdb);
    }

    private ScriptedTask headOfQueue(int loop, String cdb) {
        return begin(loop == 0 ? target.node1 : target.node2, loop, TaskAttribute.HEAD_OF_QUEUE, cdb);
    }

    @Test
    void anOrderedTaskWaitsForTheOlderOnesOfAllNexuses() {
        ScriptedTask own = simple(0, WRITE);
        ScriptedTask other = simple(1, WRITE);
        ScriptedTask ordered = ordered(0, TEST_UNIT_READY);
        target.runAll();
        assertEquals(Task.State.GATED, ordered.state());
        own.sendData();
        target.runAll();
        assertFalse(ordered.ended(), "the other nexus has an older task");
        other.sendData();
        target.runAll();
        assertEquals(1, ordered.completions);
        assertEquals(ScsiStatus.GOOD, ordered.status());
    }

    @Test
    void anOrderedTaskAloneBegins() {
        ScriptedTask ordered = ordered(0, TEST_UNIT_READY);
        target.runAll();
        assertEquals(1, ordered.completions);
        assertEquals(1, afterAllIsOver().completions);
    }

    @Test
    void youngerTasksWaitOnEveryLoopUntilItHasEnded() {
        ScriptedTask ordered = ordered(0, WRITE);
        ScriptedTask sameLoop = simple(0, TEST_UNIT_READY);
        assertFalse(sameLoop.ended(), "it came behind the ordered one, in the same segment");
        target.runAll();
        assertTrue(ordered.wantsData());
        ScriptedTask otherLoop = simple(1, TEST_UNIT_READY);
        ScriptedTask untagged = begin(target.node2, 1, TaskAttribute.UNTAGGED, TEST_UNIT_READY);
        target.runAll();
        for (ScriptedTask younger : List.of(sameLoop, otherLoop, untagged)) {
            assertEquals(Task.State.GATED, younger.state());
        }
        ordered.sendData();
        target.runLoops();
        assertFalse(otherLoop.ended(), "a disk thread has the ordered one");
        target.runAll();
        for (ScriptedTask younger : List.of(sameLoop, otherLoop, untagged)) {
            assertEquals(1, younger.completions);
        }
        assertEquals(ScsiStatus.GOOD, ordered.status());
    }

    @Test
    void aHeadOfQueueTaskPassesAnOrderedOneThatWaitsForItsInitiator() {
        ordered(0, WRITE);
        target.runAll();
        assertEquals(1, headOfQueue(0, TEST_UNIT_READY).completions);
        assertEquals(1, headOfQueue(1, TEST_UNIT_READY).completions);
    }

    @Test
    void aHeadOfQueueTaskPassesAnOrderedOneThatWaitsForASlowDisk() {
        ScriptedTask slow = simple(1, READ);
        ScriptedTask ordered = ordered(0, READ);
        ScriptedTask younger = simple(0, TEST_UNIT_READY);
        target.runLoops();
        assertEquals(1, headOfQueue(0, TEST_UNIT_READY).completions);
        assertFalse(slow.ended() || ordered.ended() || younger.ended());
        target.runAll();
        assertTrue(slow.ended() && ordered.ended() && younger.ended());
    }

    @Test
    void anOrderedTaskWaitsForHeadOfQueueTasksThatAreThere() {
        ScriptedTask first = headOfQueue(1, WRITE);
        ScriptedTask ordered = ordered(0, TEST_UNIT_READY);
        target.runAll();
        assertFalse(ordered.ended());
        first.sendData();
        target.runAll();
        assertTrue(ordered.ended());
    }

    @Test
    void orderedTasksOfTwoLoopsRunInTheOrderInWhichTheyCame() {
        // Neither loop has heard of the other's when its own comes.
        ScriptedTask first = ordered(1, WRITE);
        ScriptedTask behindFirst = told("1", simple(1, TEST_UNIT_READY));
        ScriptedTask second = ordered(0, WRITE);
        told("2", simple(0, TEST_UNIT_READY));
        target.runAll();
        assertTrue(first.wantsData());
        assertFalse(second.wantsData());
        first.sendData();
        target.runAll();
        assertEquals(List.of("1"), told, "it came before loop 1 had heard of the second one");
        assertEquals(1, behindFirst.completions);
        assertTrue(second.wantsData());
        second.sendData();
        target.runAll();
        assertEquals(List.of("1", "2"), told);
    }

    @Test
    void aLoopMayHearOfTheSecondBeforeTheFirst() {
        ScriptedTask old = simple(1, WRITE);
        // The unit is told of two ordered tasks of loop 0; loop 1 hears late of both, and has one of its own between.
        ScriptedTask first = ordered(0, WRITE);
        ScriptedTask second = ordered(1, WRITE);
        ScriptedTask third = ordered(0, WRITE);
        target.runAll();
        old.sendData();
        for (ScriptedTask next : List.of(first, second, third)) {
            target.runAll();
            assertTrue(next.wantsData(), () -> "not its turn: " + next);
            next.sendData();
        }
        target.runAll();
        assertEquals(3, first.completions + second.completions + third.completions);
        assertEquals(1, afterAllIsOver().completions);
    }

    @Test
    void anAbortedOrderedTaskHoldsNobodyUpAndOrderIsKept() {
        ScriptedTask old = simple(1, WRITE);
        ScriptedTask aborted = ordered(0, WRITE);
        ScriptedTask between = simple(1, TEST_UNIT_READY);
        ScriptedTask later = ordered(0, TEST_UNIT_READY);
        ScriptedTask last = simple(0, TEST_UNIT_READY);
        target.runAll();
        assertTrue(aborted.doom());
        target.runAll();
        assertTrue(between.ended());
        assertFalse(later.ended(), "it waits for the oldest task still");
        assertFalse(last.ended());
        old.sendData();
        target.runAll();
        assertTrue(later.ended() && last.ended());
        assertEquals(1, aborted.dooms);
    }

    @Test
    void anOrderedTaskThatWaitsForASilentInitiatorIsAborted() {
        ScriptedTask ordered = ordered(0, WRITE);
        ScriptedTask younger = simple(1, TEST_UNIT_READY);
        target.runAll();
        ScriptedTask behind = simple(1, TEST_UNIT_READY);
        assertTrue(ordered.wantsData());
        assertTrue(younger.ended(), "loop 1 had not heard of the ordered one");
        assertFalse(behind.ended());
        assertTrue(ordered.doom());
        target.runAll();
        assertTrue(behind.ended());
    }

    @Test
    void aFenceEndsAnOrderedTaskThatWaitsAndTheQueueGoesOn() {
        ScriptedTask frozen = simple(0, WRITE);
        ScriptedTask gated = ordered(0, WRITE);
        target.runAll();
        ScriptedTask gatedToo = simple(0, WRITE);
        ScriptedTask survivor = simple(1, TEST_UNIT_READY);
        assertFalse(survivor.ended());
        target.unit.fence(
                task -> task.nexus() == target.node1 ? Ending.CONFLICT : null, null, affected -> told.add("done"));
        target.runLoops();
        assertEquals(List.of("done"), told);
        for (ScriptedTask ended : List.of(frozen, gated, gatedToo)) {
            assertEquals(ScsiStatus.RESERVATION_CONFLICT, ended.status());
            assertEquals(1, ended.completions);
        }
        assertEquals(1, survivor.completions);
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void aResetEndsTheOrderedTasksOfAllNexuses() {
        ScriptedTask old = simple(0, WRITE);
        ScriptedTask first = ordered(0, WRITE);
        ScriptedTask second = ordered(1, WRITE);
        ScriptedTask simple = simple(1, WRITE);
        target.runAll();
        target.unit.reset(() -> told.add("reset"));
        target.runAll();
        assertEquals(List.of("reset"), told);
        for (ScriptedTask doomed : List.of(old, first, second, simple)) {
            assertEquals(1, doomed.dooms);
        }
        target.node2.poll();
        assertEquals(1, afterAllIsOver().completions);
    }

    @Test
    void headOfQueueWaitsForTheEndOfAResetAndGoesFirst() {
        ScriptedTask inIo = begin(target.node1, 0, TaskAttribute.SIMPLE, WRITE, false);
        target.unit.reset(() -> told.add("reset"));
        target.runLoops();
        ScriptedTask simple = told("simple", simple(0, READ));
        ScriptedTask ordered = told("ordered", ordered(0, READ));
        ScriptedTask head = told("head", headOfQueue(0, TEST_UNIT_READY));
        target.runLoops();
        for (ScriptedTask waiting : List.of(simple, ordered, head)) {
            assertEquals(Task.State.GATED, waiting.state());
        }
        target.runAll();
        assertEquals(1, inIo.dooms);
        assertEquals(List.of("reset", "head", "simple", "ordered"), told);
        assertEquals(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, head.sense(), "it comes after the reset");
    }

    @Test
    void aGatedHeadOfQueueTaskCanBeDoomed() {
        begin(target.node1, 0, TaskAttribute.SIMPLE, WRITE, false);
        target.unit.quiesce(Coverage.ALL, null, affected -> told.add("act"));
        target.runLoops();
        ScriptedTask head = headOfQueue(0, TEST_UNIT_READY);
        assertTrue(head.doom());
        target.runAll();
        assertEquals(0, head.completions);
        assertEquals(1, head.dooms);
    }

    @Test
    void acaAndReservedAttributesAreRefused() {
        for (int attribute = TaskAttribute.ACA; attribute < 8; attribute++) {
            ScriptedTask task = begin(target.node1, 0, attribute, WRITE);
            assertEquals(ScsiStatus.CHECK_CONDITION, task.status());
            assertEquals(Sense.INVALID_MESSAGE_ERROR, task.sense());
            ScriptedTask nowhere = new ScriptedTask(
                    target.loops.get(0).port(), TestTarget.bytes("12 00 00 00 24 00"), new byte[0], 8192, false);
            nowhere.prepare(null, null, LunMap.EMPTY, attribute);
            LogicalUnit.beginWithoutUnit(nowhere, target.unit.commands());
            assertEquals(Sense.INVALID_MESSAGE_ERROR, nowhere.sense());
        }
        assertEquals(List.of(), target.disk.log);
        assertEquals(1, afterAllIsOver().completions);
    }

    @Test
    void nacaIsRefusedByEveryCommand() {
        for (Command command : target.unit.commands().commands()) {
            byte[] cdb = new byte[16];
            CommandDescriptor descriptor = command.descriptor();
            cdb[0] = (byte) descriptor.opcode();
            if (descriptor.hasServiceAction()) {
                cdb[1] = (byte) descriptor.serviceAction();
            }
            int control = descriptor.cdbBytes() - 1;
            cdb[control] = 0x04;
            TestTarget.Answer answer = target.run(target.node1, 0, cdb, new byte[0]);
            assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), descriptor::name);
            assertEquals(Sense.INVALID_FIELD_IN_CDB.inCdb(control, 2), answer.sense(), descriptor::name);
        }
        assertEquals(List.of(), target.disk.log);
    }

    private ScriptedTask told(String name, ScriptedTask task) {
        task.whenEnded = () -> told.add(name);
        return task;
    }

    /** The gates are open: a simple task begins at once. */
    private ScriptedTask afterAllIsOver() {
        return simple(1, TEST_UNIT_READY);
    }

    /**
     * Random tasks on two loops that hear of each other late: each ordered task runs alone among those that are not
     * HEAD OF QUEUE, behind all that came before it.
     */
    @Test
    void noOrderedTaskOvertakesOrIsOvertaken() {
        int[] ran = new int[1];
        Trials.forSeed(1, 300, random -> ran[0] += new TaskOrderTest().randomOrder(random));
        assertTrue(ran[0] > 1_000, () -> "ordered tasks that ran: " + ran[0]);
    }

    private record Begun(ScriptedTask task, int number) {}

    private int randomOrder(RandomGenerator random) {
        List<Begun> alive = new ArrayList<>();
        int orderedRan = 0;
        for (int step = 0; step < 400; step++) {
            int kind = random.nextInt(10);
            if (kind < 3) {
                int loop = random.nextInt(2);
                int attribute = random.nextInt(4) == 0 ? TaskAttribute.ORDERED : random.nextInt(4);
                String cdb = random.nextBoolean() ? WRITE : random.nextBoolean() ? READ : TEST_UNIT_READY;
                ScriptedTask task = begin(loop == 0 ? target.node1 : target.node2, loop, attribute, cdb);
                alive.add(new Begun(task, step));
            } else if (kind < 6) {
                target.loops.get(random.nextInt(2)).runOne();
            } else if (kind < 7) {
                target.diskThreads.runOne();
            } else if (kind < 9 && !alive.isEmpty()) {
                ScriptedTask task = alive.get(random.nextInt(alive.size())).task();
                if (task.wantsData()) {
                    task.sendData();
                }
            } else if (random.nextInt(4) == 0 && !alive.isEmpty()) {
                alive.get(random.nextInt(alive.size())).task().doom();
            } else if (random.nextInt(40) == 0) {
                target.unit.fence(Coverage.silent(task -> task.nexus() == target.node1), null, affected -> {});
            } else if (random.nextInt(40) == 0) {
                target.unit.quiesce(Coverage.ALL, null, affected -> {});
            }
            alive.removeIf(each -> each.task().ended());
            orderedRan += check(alive);
        }
        settle(alive);
        return orderedRan;
    }

    private static int check(List<Begun> alive) {
        int running = 0;
        for (Begun ordered : alive) {
            if (ordered.task().attribute() != TaskAttribute.ORDERED
                    || ordered.task().state() == Task.State.GATED) {
                continue;
            }
            running++;
            for (Begun other : alive) {
                if (other != ordered && other.task().attribute() != TaskAttribute.HEAD_OF_QUEUE) {
                    assertTrue(other.number() > ordered.number(), "an older task has not ended");
                    assertEquals(Task.State.GATED, other.task().state(), "another task runs beside an ordered one");
                }
            }
        }
        return running;
    }

    private void settle(List<Begun> alive) {
        boolean ran = true;
        while (ran) {
            ran = target.diskThreads.runOne() | target.runLoops();
            for (Begun each : alive) {
                if (each.task().wantsData()) {
                    each.task().sendData();
                    ran = true;
                }
            }
            alive.removeIf(each -> each.task().ended());
            check(alive);
        }
        assertEquals(0, alive.size(), () -> "tasks that never began, the first: " + alive.getFirst());
        assertEquals(1, afterAllIsOver().completions, "a gate is closed");
    }
}
