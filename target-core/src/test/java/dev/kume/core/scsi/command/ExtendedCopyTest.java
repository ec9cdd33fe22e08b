package dev.kume.core.scsi.command;

import static dev.kume.core.scsi.CopyDisks.ALPHA;
import static dev.kume.core.scsi.CopyDisks.BETA;
import static dev.kume.core.scsi.CopyDisks.HIDDEN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.MemoryDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.CopyDisks;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** EXTENDED COPY: what is moved, and every list that is refused and changes nothing. */
final class ExtendedCopyTest {
    private static final int SIZE = 4 << 20;

    private final TestDisk alphaDisk = new TestDisk(SIZE);
    private final TestDisk betaDisk = new TestDisk(SIZE);
    private final CopyDisks disks = new CopyDisks(alphaDisk, betaDisk);
    private final byte[] data = TestTarget.pattern(SIZE, 3);

    @Test
    void blocksGoFromDiskToDisk() throws IOException {
        alphaDisk.write(0, ByteBuffer.wrap(data));
        Answer answer = disks.copy(disks.alphaAndBeta(
                CopyDisks.segment(0, 1, 5000, 100, 700), CopyDisks.byteSegment(0, 1, 1024, 6000, 7000)));
        assertEquals(ScsiStatus.GOOD, answer.status());
        byte[] expected = new byte[SIZE];
        System.arraycopy(data, 100 * 512, expected, 700 * 512, 5000 * 512);
        System.arraycopy(data, 6000 * 512, expected, 7000 * 512, 1024);
        assertArrayEquals(expected, betaDisk.bytes(0, SIZE));
        assertArrayEquals(data, alphaDisk.bytes(0, SIZE));
    }

    @Test
    void theDiskThatGetsTheCommandNeedNotBeTheSource() throws IOException {
        betaDisk.write(0, ByteBuffer.wrap(data));
        Answer answer = disks.copy(disks.alphaAndBeta(CopyDisks.segment(1, 0, 16, 8, 0)));
        assertEquals(ScsiStatus.GOOD, answer.status());
        assertArrayEquals(Arrays.copyOfRange(data, 8 * 512, 24 * 512), alphaDisk.bytes(0, 16 * 512));
    }

    @Test
    void overlappingRangesOfOneDiskArriveWhole() {
        Trials.forSeed(1, 30, random -> {
            int blocks = random.nextInt(1, 6000);
            int from = random.nextInt(8192 - blocks);
            int to = Math.clamp(from + random.nextInt(-blocks, blocks + 1), 0, 8192 - blocks);
            alphaDisk.write(0, ByteBuffer.wrap(data));
            assertEquals(
                    ScsiStatus.GOOD,
                    disks.copy(disks.alphaAndBeta(CopyDisks.segment(0, 0, blocks, from, to)))
                            .status());
            byte[] expected = data.clone();
            System.arraycopy(data, from * 512, expected, to * 512, blocks * 512);
            assertArrayEquals(expected, alphaDisk.bytes(0, SIZE), from + "+" + blocks + " to " + to);
        });
    }

    @Test
    void holesStayHoles() throws IOException {
        VirtualDisk sparse = MemoryDisk.ofSize(SIZE);
        sparse.write(1 << 20, ByteBuffer.wrap(data, 0, 8192));
        CopyDisks thin = new CopyDisks(alphaDisk, sparse);
        alphaDisk.fill(0, SIZE, 9);
        alphaDisk.thin = true;
        assertEquals(
                ScsiStatus.GOOD,
                thin.copy(thin.alphaAndBeta(CopyDisks.segment(1, 0, 8000, 0, 0)))
                        .status());
        assertEquals("unmap 0+1048576", alphaDisk.log.getFirst());
        assertArrayEquals(Arrays.copyOf(data, 8192), alphaDisk.bytes(1 << 20, 8192));
        assertArrayEquals(new byte[1 << 20], alphaDisk.bytes(0, 1 << 20));
        assertEquals(9, alphaDisk.bytes(8000 * 512, 1)[0], "behind the range");
    }

    @Test
    void withoutAWriteCacheWhatIsCopiedIsDurable() {
        alphaDisk.fill(0, SIZE, 1);
        disks.beta.change(state -> state.withModes(ModeState.DEFAULT.withWriteCacheEnabled(false)), () -> {});
        disks.copy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0)));
        assertEquals(List.of("write 0+4096", "flush"), betaDisk.log);
    }

    @Test
    void nothingToDoIsDone() {
        assertEquals(ScsiStatus.GOOD, disks.copy(new byte[0]).status());
        assertEquals(ScsiStatus.GOOD, disks.copy(disks.alphaAndBeta()).status());
        assertEquals(
                ScsiStatus.GOOD,
                disks.copy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 0, 0, 0))).status());
        assertUntouched();
    }

    @Test
    void aListThatIsCutOffIsRefused() {
        byte[] whole = disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0));
        for (int bytes = 1; bytes < whole.length; bytes++) {
            assertEquals(
                    Sense.PARAMETER_LIST_LENGTH_ERROR,
                    disks.copy(Arrays.copyOf(whole, bytes)).sense(),
                    bytes + " bytes");
        }
        Answer shorterThanTheCdbSays = disks.target.run(disks.target.node1, 0, CopyDisks.cdb(whole.length + 1), whole);
        assertEquals(Sense.PARAMETER_LIST_LENGTH_ERROR, shorterThanTheCdbSays.sense());
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                disks.target
                        .run(disks.target.node1, 0, CopyDisks.cdb(65_537), new byte[0])
                        .sense());
        assertUntouched();
    }

    @Test
    void tooManyDescriptorsAreRefused() {
        ByteBuffer cscd = disks.cscd(ALPHA, 512);
        ByteBuffer segment = CopyDisks.segment(0, 0, 8, 0, 8);
        assertEquals(
                Sense.TOO_MANY_CSCD_DESCRIPTORS.inParameters(2, -1),
                disks.copy(CopyDisks.list(1, Collections.nCopies(17, cscd), List.of(segment)))
                        .sense());
        assertEquals(
                Sense.TOO_MANY_SEGMENT_DESCRIPTORS.inParameters(8, -1),
                disks.copy(CopyDisks.list(1, List.of(cscd), Collections.nCopies(65, segment)))
                        .sense());
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                disks.copy(CopyDisks.list(1, Collections.nCopies(17, cscd), Collections.nCopies(80, segment)))
                        .sense());
        assertUntouched();
        assertEquals(
                ScsiStatus.GOOD,
                disks.copy(CopyDisks.list(1, Collections.nCopies(16, cscd), Collections.nCopies(64, segment)))
                        .status());
    }

    @Test
    void whatIsNotUnderstoodIsRefusedAndPointedAt() {
        Sense field = Sense.INVALID_FIELD_IN_PARAMETER_LIST;
        refused(0, 2, Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(0, -1), 1, 0x18);
        refused(1, 0x40, field.inParameters(1, 6));
        refused(1, 0x80, field.inParameters(1, 7));
        refused(1, 0x08, field.inParameters(1, 4));
        refused(3, 65, field.inParameters(2, -1), 11, 27);
        refused(15, 1, Sense.INLINE_DATA_LENGTH_EXCEEDED.inParameters(12, -1));
        refused(16, 0xE0, Sense.UNSUPPORTED_CSCD_DESCRIPTOR_TYPE_CODE.inParameters(16, -1));
        refused(17, 0x05, field.inParameters(17, 4));
        refused(23, 0, field.inParameters(23, -1));
        refused(23, 21, field.inParameters(23, -1));
        refused(80, 0x00, Sense.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE.inParameters(80, -1));
        refused(81, 0x04, field.inParameters(81, 2));
        refused(83, 25, field.inParameters(82, -1));
    }

    @Test
    void whatCannotBeCopiedIsRefusedAtItsSegment() {
        Sense outside = Sense.COPY_ABORTED;
        refused(85, 2, Sense.UNREACHABLE_COPY_TARGET.inParameters(84, -1).atSegment(0));
        refused(87, 2, Sense.UNREACHABLE_COPY_TARGET.inParameters(86, -1).atSegment(0));
        refused(92, 0x80, outside.inParameters(92, -1).atSegment(0));
        refused(98, 0x20, outside.inParameters(92, -1).atSegment(0));
        refused(106, 0x20, outside.inParameters(100, -1).atSegment(0));
        refused(100, 0xFF, outside.inParameters(100, -1).atSegment(0));
        refused(
                46,
                0x10,
                Sense.INVALID_OPERATION_FOR_COPY_SOURCE_OR_DESTINATION
                        .inParameters(80, -1)
                        .atSegment(0));
        refused(
                24,
                0x77,
                Sense.COPY_TARGET_DEVICE_NOT_REACHABLE.inParameters(84, -1).atSegment(0));
        refused(
                20,
                0x02,
                Sense.COPY_TARGET_DEVICE_NOT_REACHABLE.inParameters(84, -1).atSegment(0));
    }

    @Test
    void bytesThatAreNoWholeBlocksAreRefused() {
        Sense granularity = Sense.COPY_SEGMENT_GRANULARITY_VIOLATION;
        assertEquals(
                granularity.inParameters(88, -1).atSegment(0),
                disks.copy(disks.alphaAndBeta(CopyDisks.byteSegment(0, 1, 513, 0, 0)))
                        .sense());
        assertEquals(
                granularity.inParameters(108, -1),
                disks.copy(disks.alphaAndBeta(
                                CopyDisks.byteSegment(0, 1, 512, 0, 0).putShort(28, (short) 512)))
                        .sense());
        assertEquals(
                granularity.inParameters(110, -1),
                disks.copy(disks.alphaAndBeta(
                                CopyDisks.byteSegment(0, 1, 512, 0, 0).putShort(30, (short) 1)))
                        .sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(88, -1).atSegment(0),
                disks.copy(disks.alphaAndBeta(CopyDisks.byteSegment(0, 1, (64 << 20) + 512, 0, 0)))
                        .sense());
        assertUntouched();
    }

    @Test
    void anErrorInTheLastSegmentKeepsTheFirstFromBeginning() {
        Answer answer =
                disks.copy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0), CopyDisks.segment(0, 1, 8, 0, 8191)));
        assertEquals(Sense.COPY_ABORTED.inParameters(128, -1).atSegment(1), answer.sense());
        byte[] sense = answer.expectSense().toFixed();
        assertEquals(1, sense[11], "the segment number in COMMAND-SPECIFIC INFORMATION");
        assertUntouched();
    }

    @Test
    void aDiskThatTheInitiatorDoesNotSeeIsNotReachable() {
        byte[] list = CopyDisks.list(
                1, List.of(disks.cscd(ALPHA, 512), disks.cscd(HIDDEN, 512)), List.of(CopyDisks.segment(1, 0, 8, 0, 0)));
        Sense notReachable =
                Sense.COPY_TARGET_DEVICE_NOT_REACHABLE.inParameters(84, -1).atSegment(0);
        assertEquals(notReachable, disks.copy(list).sense());
        // Not even where the map shows it, as long as this nexus has not met it.
        disks.target.luns(LunMap.of(Map.of(0, disks.alpha, 1, disks.beta, 2, disks.hidden)));
        assertEquals(notReachable, disks.copy(list).sense());
        CopyDisks.attach(disks.hidden, TestTarget.NODE1);
        assertEquals(ScsiStatus.GOOD, disks.copy(list).status());
    }

    @Test
    void anotherBlockLengthAtTheOtherDiskIsRefused() {
        LogicalUnit large = disks.unit("large", 0xD, new TestDisk(1 << 20), BlockGeometry.native4k(1 << 20));
        CopyDisks.attach(large, TestTarget.NODE1);
        disks.target.luns(LunMap.of(Map.of(0, disks.alpha, 1, large)));
        byte[] list = CopyDisks.list(
                1, List.of(disks.cscd(ALPHA, 512), disks.cscd(0xD, 4096)), List.of(CopyDisks.segment(0, 1, 8, 0, 0)));
        assertEquals(
                Sense.INVALID_OPERATION_FOR_COPY_SOURCE_OR_DESTINATION
                        .inParameters(80, -1)
                        .atSegment(0),
                disks.copy(list).sense());
        assertUntouched();
    }

    @Test
    void aDiskThatCannotBeWrittenOrReadEndsTheCopy() {
        betaDisk.fill(0, SIZE, 1);
        disks.beta.change(state -> state.withWriteProtected(true), () -> {});
        Sense failure = Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(0);
        assertEquals(
                failure,
                disks.copy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0))).sense());
        assertEquals(
                ScsiStatus.GOOD,
                disks.copy(disks.alphaAndBeta(CopyDisks.segment(1, 0, 8, 0, 0))).status(),
                "it can be read");
        disks.beta.change(state -> state.offline("gone"), () -> {});
        assertEquals(
                failure,
                disks.copy(disks.alphaAndBeta(CopyDisks.segment(1, 0, 8, 0, 0))).sense());
        assertEquals(List.of("extent 0+4096", "read 0+4096"), betaDisk.log);
    }

    @Test
    void aFailureOfEitherDiskEndsTheCopyAtItsSegment() {
        alphaDisk.fill(0, SIZE, 1);
        betaDisk.fill(0, SIZE, 2);
        betaDisk.failNext("write", new IOException("broken"));
        byte[] list = disks.alphaAndBeta(CopyDisks.segment(1, 0, 8, 0, 0), CopyDisks.segment(0, 1, 8, 0, 0));
        assertEquals(
                Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(1), disks.copy(list).sense());
        alphaDisk.failNext("read", new IOException("broken"));
        assertEquals(
                Sense.THIRD_PARTY_DEVICE_FAILURE.atSegment(1), disks.copy(list).sense());
        assertEquals(ScsiStatus.GOOD, disks.copy(list).status());
    }

    @Test
    void aUnitAttentionOfTheOtherDiskWaitsForTheInitiator() {
        disks.beta.raise(Sense.CAPACITY_DATA_HAS_CHANGED, nexus -> true);
        assertEquals(
                ScsiStatus.GOOD,
                disks.copy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0))).status());
        assertEquals(Sense.CAPACITY_DATA_HAS_CHANGED, disks.node1AtBeta.poll());
    }

    @Test
    void soManyCopiesAndNoMoreAreUnderWayAtOnce() {
        List<ScriptedTask> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            running.add(disks.beginCopy(CopyDisks.list(
                    i,
                    List.of(disks.cscd(ALPHA, 512), disks.cscd(BETA, 512)),
                    List.of(CopyDisks.segment(0, 1, 8, 0, 8L * i)))));
        }
        byte[] another = disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0));
        ScriptedTask refused = disks.beginCopy(another);
        assertEquals(1, refused.completions);
        assertEquals(ScsiStatus.BUSY, refused.status());
        disks.target.runAll();
        assertTrue(running.stream().allMatch(task -> task.completions == 1 && task.status() == ScsiStatus.GOOD));
        assertEquals(ScsiStatus.GOOD, disks.copy(another).status());
    }

    @Test
    void aListIdentifierInUseIsRefused() {
        byte[] list = disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0));
        ScriptedTask first = disks.beginCopy(list);
        ScriptedTask second = disks.beginCopy(list);
        assertEquals(Sense.OPERATION_IN_PROGRESS.inParameters(0, -1), second.sense());
        byte[] withoutIdentifier = list.clone();
        withoutIdentifier[0] = 0;
        withoutIdentifier[1] = 0x18;
        ScriptedTask third = disks.beginCopy(withoutIdentifier);
        disks.target.runAll();
        assertEquals(ScsiStatus.GOOD, first.status());
        assertEquals(ScsiStatus.GOOD, third.status());
        assertFalse(second.dooms > 0);
    }

    /** Sends a good list with some bytes changed: pairs of place and value. */
    private void refused(int at, int value, Sense expected, int... more) {
        byte[] list = disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0));
        list[at] = (byte) value;
        for (int i = 0; i < more.length; i += 2) {
            list[more[i]] = (byte) more[i + 1];
        }
        assertEquals(expected, disks.copy(list).sense(), "byte " + at + " is " + value);
        assertUntouched();
    }

    private void assertUntouched() {
        assertEquals(
                List.of(),
                Stream.concat(alphaDisk.log.stream(), betaDisk.log.stream()).toList());
    }
}
