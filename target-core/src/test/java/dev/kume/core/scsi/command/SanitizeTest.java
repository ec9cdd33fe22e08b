package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.SanitizeState.Phase;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.sanitize.Sanitizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SANITIZE: the whole disk, alone, to its end, whatever happens meanwhile. */
final class SanitizeTest {
    private static final int SIZE = 4 << 20;
    private static final String BLOCK_ERASE = "48 02 00 00 00 00 00 00 00 00";
    private static final String BLOCK_ERASE_UNRESTRICTED = "48 22 00 00 00 00 00 00 00 00";
    private static final String EXIT_FAILURE_MODE = "48 1F 00 00 00 00 00 00 00 00";
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String REQUEST_SENSE = "03 00 00 00 FF 00";
    private static final String WRITE = "2A 00 00 00 00 05 00 00 01 00";

    private final TestDisk disk = new TestDisk(SIZE);
    private final TestTarget target = new TestTarget(disk, BlockGeometry.emulated512(SIZE), Commands.table());

    @BeforeEach
    void full() {
        disk.fill(0, SIZE, 7);
        target.memory.answersAtOnce = true;
    }

    @Test
    void blockEraseLeavesZeroesAndIsDurable() {
        assertEquals(ScsiStatus.GOOD, target.run(BLOCK_ERASE).status());
        assertArrayEquals(new byte[SIZE], disk.bytes(0, SIZE));
        assertEquals(List.of("unmap 0+" + SIZE, "flush"), disk.log);
        assertEquals(SanitizeState.NONE, target.memory.saved.sanitize());
        assertEquals(ScsiStatus.GOOD, target.run(TEST_UNIT_READY).status());
    }

    @Test
    void overwriteRepeatsThePatternInEachBlock() {
        byte[] pattern = {1, 2, 3, 4, 5};
        assertEquals(ScsiStatus.GOOD, overwrite(0x01, pattern).status());
        byte[] expected = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            expected[i] = pattern[i % 512 % 5];
        }
        assertArrayEquals(expected, disk.bytes(0, SIZE));
        assertEquals("flush", disk.log.getLast());
    }

    @Test
    void invertTurnsEveryOtherPassOverAndNotTheLast() {
        List<Byte> passes = new ArrayList<>();
        disk.whenDone = () -> passes.add(disk.bytes(0, 1)[0]);
        assertEquals(ScsiStatus.GOOD, overwrite(0x84, (byte) 0x0F).status());
        assertEquals(16, passes.size());
        assertEquals(List.of((byte) 0xF0, (byte) 0x0F, (byte) 0xF0, (byte) 0x0F), everyFourth(passes));
        assertEquals(0x0F, disk.bytes(SIZE - 1, 1)[0]);
        assertEquals(4, disk.log.stream().filter("flush"::equals).count(), "each pass is durable before the next");
    }

    private static List<Byte> everyFourth(List<Byte> all) {
        List<Byte> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += 4) {
            some.add(all.get(i));
        }
        return some;
    }

    @Test
    void lengthsThatTheStandardForbidsAreRefused() {
        Sense length = Sense.INVALID_FIELD_IN_CDB.inCdb(7, -1);
        for (int bytes : new int[] {0, 1, 4, 517, 65_535}) {
            assertEquals(
                    length,
                    target.run(cdb(0x01, bytes), new byte[Math.min(bytes, 600)]).sense(),
                    bytes + " bytes");
        }
        assertEquals(
                length, target.run("48 02 00 00 00 00 00 00 08 00", new byte[8]).sense());
        assertEquals(
                length, target.run("48 1F 00 00 00 00 00 00 08 00", new byte[8]).sense());
        assertUntouched();
    }

    @Test
    void badFieldsAreRefusedAndPointedAt() {
        Sense field = Sense.INVALID_FIELD_IN_PARAMETER_LIST;
        assertEquals(field.inParameters(0, 4), overwrite(0x00, (byte) 1).sense());
        assertEquals(field.inParameters(0, 6), overwrite(0x41, (byte) 1).sense());
        assertEquals(field.inParameters(0, 5), overwrite(0x21, (byte) 1).sense());
        byte[] list = list(0x01, new byte[512]);
        list[2] = 0;
        list[3] = 0;
        assertEquals(
                field.inParameters(2, -1),
                target.run(cdb(0x01, list.length), list).sense());
        list[2] = 2;
        list[3] = 4;
        assertEquals(
                field.inParameters(2, -1),
                target.run(cdb(0x01, list.length), list).sense());
        list = list(0x01, new byte[8]);
        list[3] = 9;
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                target.run(cdb(0x01, 12), list).sense());
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                target.run(cdb(0x01, 12), Arrays.copyOf(list, 11)).sense());
        list = list(0x01, new byte[8]);
        list[1] = 1;
        assertEquals(field.inParameters(1, -1), target.run(cdb(0x01, 12), list).sense());
        assertUntouched();
    }

    @Test
    void cryptographicEraseAndReservedBitsAreRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                target.run("48 03 00 00 00 00 00 00 00 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 6),
                target.run("48 42 00 00 00 00 00 00 00 00").sense());
        for (int at = 2; at < 7; at++) {
            byte[] cdb = TestTarget.bytes(BLOCK_ERASE);
            cdb[at] = 1;
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(at, 0),
                    target.run(target.node1, 0, cdb, new byte[0]).sense());
        }
        assertUntouched();
    }

    @Test
    void aWriteProtectedDiskIsNotSanitized() {
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        assertEquals(Sense.WRITE_PROTECTED, target.run(BLOCK_ERASE).sense());
        assertUntouched();
    }

    @Test
    void nothingThatWasUnderWayLandsOnWhatIsSanitized() {
        ScriptedTask queued = target.begin(target.node2, 1, TestTarget.bytes(WRITE), new byte[512], false);
        ScriptedTask waiting = target.beginHeld(target.node2, 1, WRITE, new byte[512]);
        ScriptedTask sanitize = begin(BLOCK_ERASE);
        target.runLoops();
        target.runAll();
        assertEquals(Sense.SANITIZE_IN_PROGRESS, queued.sense());
        assertEquals(Sense.SANITIZE_IN_PROGRESS, waiting.sense());
        assertEquals(ScsiStatus.GOOD, sanitize.status());
        assertFalse(disk.log.stream().anyMatch(line -> line.startsWith("write")), disk.log.toString());
        assertArrayEquals(new byte[SIZE], disk.bytes(0, SIZE));
    }

    @Test
    void itIsDurableBeforeTheFirstByteAndForgottenAfterTheLast() {
        target.memory.answersAtOnce = false;
        ScriptedTask sanitize = begin(BLOCK_ERASE);
        target.runAll();
        assertEquals(List.of(), disk.log, "not yet durable");
        target.memory.answer(null);
        target.runAll();
        assertEquals(Phase.RUNNING, target.memory.saved.sanitize().phase());
        assertEquals(List.of("unmap 0+" + SIZE, "flush"), disk.log);
        assertFalse(sanitize.ended(), "its end is not yet durable");
        target.memory.answer(null);
        target.runAll();
        assertEquals(ScsiStatus.GOOD, sanitize.status());
        assertEquals(Phase.NONE, target.memory.saved.sanitize().phase());
    }

    @Test
    void whatCannotBeMadeDurableIsNotBegun() {
        target.memory.answersAtOnce = false;
        ScriptedTask sanitize = begin(BLOCK_ERASE);
        target.memory.answer(new IOException("no space"));
        target.runAll();
        assertEquals(Sense.INTERNAL_TARGET_FAILURE, sanitize.sense());
        assertUntouched();
        assertEquals(ScsiStatus.GOOD, target.run(TEST_UNIT_READY).status());
    }

    @Test
    void meanwhileOnlyWhatTellsOfTheUnitItselfRuns() {
        assertEquals(ScsiStatus.GOOD, immediate(0x01, new byte[] {1}).status());
        step();
        step();
        Set<String> runs = new TreeSet<>();
        for (Command command : target.unit.commands().commands()) {
            ScriptedTask task = target.begin(target.node2, 1, cdbOf(command), new byte[0], true);
            Sense sense = task.sense();
            boolean refused = sense != null && sense.asc() == 0x04 && sense.ascq() == 0x1B;
            if (!refused) {
                runs.add(command.descriptor().name().replaceFirst("^(PERSISTENT RESERVE OUT) .*", "$1"));
            } else {
                assertEquals(Sense.SANITIZE_IN_PROGRESS.withProgress(32_768), sense, "half of it is done");
            }
        }
        assertEquals(
                Set.of(
                        "INQUIRY",
                        "REPORT LUNS",
                        "REQUEST SENSE",
                        "READ CAPACITY(10)",
                        "READ CAPACITY(16)",
                        "PERSISTENT RESERVE IN READ KEYS",
                        "PERSISTENT RESERVE IN READ RESERVATION",
                        "PERSISTENT RESERVE IN REPORT CAPABILITIES",
                        "PERSISTENT RESERVE IN READ FULL STATUS",
                        "PERSISTENT RESERVE OUT"),
                runs);
    }

    @Test
    void requestSenseTellsTheProgress() {
        immediate(0x01, new byte[] {1});
        assertEquals("70000200000000" + "0a" + "00000000" + "041b" + "00" + "800000", sense());
        step();
        assertEquals("70000200000000" + "0a" + "00000000" + "041b" + "00" + "804000", sense());
        step();
        assertEquals("808000", sense().substring(30, 36));
        target.runAll();
        assertEquals("00", sense().substring(4, 6), "no sense");
    }

    @Test
    void neitherAbortNorResetEndsIt() {
        ScriptedTask sanitize = begin(cdb(0x01, 5), list(0x01, new byte[] {9}));
        target.runLoops();
        step();
        sanitize.doom();
        assertEquals(1, sanitize.dooms, "nothing of the command itself is under way");
        List<String> told = new ArrayList<>();
        target.unit.reset(() -> told.add("reset"));
        target.runLoops();
        assertEquals(List.of("reset"), told);
        target.node1.poll();
        assertEquals(0x1B, answered(TEST_UNIT_READY).sense().ascq());
        target.runAll();
        assertEquals(9, disk.bytes(SIZE - 1, 1)[0]);
        assertEquals(0, sanitize.completions);
        assertEquals(ScsiStatus.GOOD, target.run(TEST_UNIT_READY).status());
    }

    @Test
    void aSecondOneIsRefusedWhileOneRuns() {
        immediate(0x01, new byte[] {1});
        assertEquals(0x1B, answered(BLOCK_ERASE).sense().ascq());
        assertEquals(0x1B, answered(EXIT_FAILURE_MODE).sense().ascq());
        target.runAll();
        assertEquals(1, disk.bytes(0, 1)[0]);
    }

    @Test
    void ofTwoThatComeTogetherOneIsRefused() {
        ScriptedTask first = begin(BLOCK_ERASE);
        ScriptedTask second = begin(BLOCK_ERASE);
        target.runAll();
        assertEquals(ScsiStatus.GOOD, first.status());
        assertEquals(0x1B, second.sense().ascq());
    }

    @Test
    void afterAFailureNothingRunsUntilItIsSanitizedOrExited() {
        disk.failNext("unmap", new IOException("broken"));
        assertEquals(
                Sense.SANITIZE_COMMAND_FAILED,
                target.run(BLOCK_ERASE_UNRESTRICTED).sense());
        assertEquals(Phase.FAILED, target.memory.saved.sanitize().phase());
        assertEquals(Sense.SANITIZE_COMMAND_FAILED, target.run(TEST_UNIT_READY).sense());
        assertEquals(
                Sense.SANITIZE_COMMAND_FAILED, target.run(WRITE, new byte[512]).sense());
        assertEquals("3103", sense().substring(24, 28));
        assertEquals(ScsiStatus.GOOD, target.run("12 00 00 00 60 00").status());
        assertEquals(ScsiStatus.GOOD, target.run(EXIT_FAILURE_MODE).status());
        assertEquals(ScsiStatus.GOOD, target.run(TEST_UNIT_READY).status());
        assertEquals(Phase.NONE, target.memory.saved.sanitize().phase());
    }

    @Test
    void theRestrictedFailureModeIsLeftByASuccessAlone() {
        disk.failNext("flush", new IOException("broken"));
        assertEquals(Sense.SANITIZE_COMMAND_FAILED, target.run(BLOCK_ERASE).sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                target.run(EXIT_FAILURE_MODE).sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 5),
                target.run(BLOCK_ERASE_UNRESTRICTED).sense());
        assertEquals(Sense.SANITIZE_COMMAND_FAILED, target.run(TEST_UNIT_READY).sense());
        assertEquals(ScsiStatus.GOOD, target.run(BLOCK_ERASE).status());
        assertEquals(ScsiStatus.GOOD, target.run(TEST_UNIT_READY).status());
    }

    @Test
    void withoutAFailureThereIsNothingToExit() {
        assertEquals(ScsiStatus.GOOD, target.run(EXIT_FAILURE_MODE).status());
    }

    @Test
    void anotherDaemonGoesOnWhereThisOneStopped() {
        immediate(0x81, new byte[] {1, 2});
        step();
        DurableState left = target.memory.saved;
        assertTrue(left.sanitize().isRunning());
        TestDisk same = new TestDisk(SIZE);
        same.fill(0, SIZE, 7);
        TestTarget next = new TestTarget(same, BlockGeometry.emulated512(SIZE), Commands.table());
        next.memory.answersAtOnce = true;
        next.unit.change(state -> state.withDurable(left), () -> {});
        Sanitizer.resume(next.unit);
        assertEquals(
                0x1B,
                next.begin(next.node1, 0, TestTarget.bytes(TEST_UNIT_READY), new byte[0], false)
                        .sense()
                        .ascq());
        next.runAll();
        assertEquals(1, same.bytes(0, 1)[0]);
        assertEquals(2, same.bytes(SIZE - 1, 1)[0]);
        assertEquals(ScsiStatus.GOOD, next.run(TEST_UNIT_READY).status());
    }

    @Test
    void aLargeDiskIsRecordedAsItGoesAndResumedThere() {
        long size = 5L << 30;
        TestDisk large = TestDisk.hollow(size);
        large.swallows = true;
        TestTarget first = new TestTarget(large, BlockGeometry.emulated512(size), Commands.table());
        first.memory.answersAtOnce = true;
        first.run("48 82 00 00 00 00 00 00 00 00");
        assertTrue(large.log.size() > 80);
        assertEquals(4 + 1, large.log.stream().filter("flush"::equals).count());
        large.log.clear();
        first.unit.change(
                state -> state.withDurable(state.durable()
                        .withSanitize(SanitizeState.blockErase(false).doneUpTo(4L << 30, size))),
                () -> {});
        Sanitizer.resume(first.unit);
        first.runAll();
        assertEquals("unmap " + (4L << 30) + "+" + (64 << 20), large.log.getFirst());
        large.log.clear();
        first.unit.change(
                state -> state.withDurable(state.durable()
                        .withSanitize(SanitizeState.blockErase(false).doneUpTo(4L << 30, size + 512))),
                () -> {});
        Sanitizer.resume(first.unit);
        first.runAll();
        assertEquals("unmap 0+" + (64 << 20), large.log.getFirst(), "the disk had another size then");
    }

    @Test
    void aDiskThatIsTakenAwayEndsTheWorkAndNotTheOperation() {
        immediate(0x01, new byte[] {1});
        step();
        target.unit.change(state -> state.offline("closed"), () -> {});
        target.runAll();
        assertTrue(target.unit.state().durable().sanitize().isRunning());
        assertTrue(target.memory.saved.sanitize().isRunning());
        target.unit.change(SanitizeTest.this::online, () -> {});
        Sanitizer.resume(target.unit);
        target.runAll();
        assertEquals(1, disk.bytes(SIZE - 1, 1)[0]);
        assertEquals(Phase.NONE, target.memory.saved.sanitize().phase());
    }

    @Test
    void aDiskThatComesBackQuicklyIsSanitizedByOneAlone() {
        immediate(0x01, new byte[] {1});
        step();
        target.unit.change(state -> state.offline("closed"), () -> {});
        target.unit.change(this::online, () -> {});
        Sanitizer.resume(target.unit);
        target.runAll();
        assertEquals(
                4, disk.log.stream().filter(line -> line.startsWith("write")).count(), disk.log.toString());
        assertEquals(Phase.NONE, target.memory.saved.sanitize().phase());
    }

    private UnitState online(UnitState state) {
        return new UnitState(disk, null, state.geometry(), false, state.modes(), null, state.durable());
    }

    @Test
    void pageB1SaysThatReadsSucceedAfterBlockErase() {
        assertEquals(0x40, target.run("12 01 B1 00 FF 00").data()[7] & 0xC0);
    }

    private ScriptedTask begin(String cdb) {
        return begin(cdb, new byte[0]);
    }

    private ScriptedTask begin(String cdb, byte[] list) {
        return target.begin(target.node1, 0, TestTarget.bytes(cdb), list, false);
    }

    private Answer overwrite(int flags, byte... pattern) {
        byte[] list = list(flags, pattern);
        return target.run(cdb(0x01, list.length), list);
    }

    /** Begins an overwrite that is answered at once, and leaves it at its beginning. */
    private ScriptedTask immediate(int flags, byte[] pattern) {
        byte[] list = list(flags, pattern);
        ScriptedTask task = begin(cdb(0x81, list.length), list);
        target.runLoops();
        assertEquals(1, task.completions);
        return task;
    }

    private void step() {
        assertTrue(target.diskThreads.runOne());
        target.runLoops();
    }

    /** A command that is answered while the sanitize operation stands still. */
    private ScriptedTask answered(String cdb) {
        ScriptedTask task = begin(cdb);
        target.runLoops();
        assertEquals(1, task.completions, task.toString());
        return task;
    }

    private String sense() {
        return HexFormat.of().formatHex(answered(REQUEST_SENSE).dataIn());
    }

    private static byte[] cdbOf(Command command) {
        byte[] cdb = new byte[command.descriptor().cdbBytes()];
        cdb[0] = (byte) command.descriptor().opcode();
        if (command.descriptor().hasServiceAction()) {
            cdb[1] = (byte) command.descriptor().serviceAction();
        }
        return cdb;
    }

    private static String cdb(int byte1, int listBytes) {
        return "48 %02x 00 00 00 00 00 %02x %02x 00".formatted(byte1, listBytes >> 8, listBytes & 0xFF);
    }

    private static byte[] list(int flags, byte[] pattern) {
        byte[] list = new byte[4 + pattern.length];
        list[0] = (byte) flags;
        list[2] = (byte) (pattern.length >> 8);
        list[3] = (byte) pattern.length;
        System.arraycopy(pattern, 0, list, 4, pattern.length);
        return list;
    }

    private void assertUntouched() {
        assertEquals(List.of(), disk.log);
        assertNull(target.memory.saved == DurableState.INITIAL ? null : target.memory.saved);
    }
}
