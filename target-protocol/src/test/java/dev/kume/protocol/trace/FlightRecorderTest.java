package dev.kume.protocol.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FlightRecorderTest {
    private static final int ROUNDS = 20_000;

    private long nowNanos = 1_000_000;
    private final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return nowNanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    /** Without leak detection, which takes a stack trace for each access where it is paranoid. */
    private final ByteBuf buffer = new UnpooledByteBufAllocator(true, true).directBuffer(4_096);

    private final ScsiCommandPdu command = new ScsiCommandPdu();
    private final ScsiResponsePdu response = new ScsiResponsePdu();

    FlightRecorderTest() {
        buffer.writeZero(buffer.capacity());
    }

    @AfterEach
    void release() {
        buffer.release();
    }

    @Test
    void keepsTheLastOnesOldestFirst() {
        FlightRecorder recorder = new FlightRecorder(clock, 40);
        for (int tag = 0; tag < 100; tag++) {
            nop(recorder, tag);
        }
        assertEquals(100, recorder.seen());
        assertTags(recorder, 60, 40);
        nop(recorder, 100);
        assertTags(recorder, 61, 40);
    }

    @Test
    void beforeItIsFullNothingIsForgotten() {
        FlightRecorder recorder = new FlightRecorder(clock, 256);
        for (int tag = 0; tag < 200; tag++) {
            nop(recorder, tag);
            assertTags(recorder, 0, tag + 1);
        }
    }

    @Test
    void exactlyFullItBeginsWithTheFirst() {
        FlightRecorder recorder = new FlightRecorder(clock, 32);
        for (int tag = 0; tag < 32; tag++) {
            nop(recorder, tag);
        }
        assertTags(recorder, 0, 32);
    }

    @Test
    void aRingOfOneKeepsTheLast() {
        FlightRecorder recorder = new FlightRecorder(clock, 1);
        nop(recorder, 1);
        nop(recorder, 2);
        assertTags(recorder, 2, 1);
    }

    @Test
    void ofSizeZeroItRecordsNothingAndTakesNoMemory() {
        FlightRecorder recorder = new FlightRecorder(clock, 0);
        nop(recorder, 1);
        recorder.sent(buffer, 0);
        recorder.receivedBroken(buffer, 0);
        assertEquals(List.of(), recorder.pdus());
        assertEquals(0, recorder.seen());
        assertEquals(0, recorder.capacityPdus());
    }

    @Test
    void itsMemoryFollowsWhatWasRecorded() {
        FlightRecorder recorder = new FlightRecorder(clock, 200);
        assertEquals(0, recorder.capacityPdus());
        nop(recorder, 1);
        assertEquals(16, recorder.capacityPdus());
        for (int tag = 0; tag < 16; tag++) {
            nop(recorder, tag);
        }
        assertEquals(32, recorder.capacityPdus());
        for (int tag = 0; tag < 1_000; tag++) {
            nop(recorder, tag);
        }
        assertEquals(200, recorder.capacityPdus());
    }

    @Test
    void aPduHasItsTimeItsDirectionAndItsHeader() {
        FlightRecorder recorder = new FlightRecorder(clock, 8);
        for (int i = 0; i < PduHeader.SIZE_BYTES; i++) {
            buffer.setByte(i, i + 100);
        }
        nowNanos += 42;
        recorder.sent(buffer, 0);
        nowNanos += 1;
        recorder.receivedBroken(buffer, 0);
        List<RecordedPdu> pdus = recorder.pdus();
        byte[] header = new byte[PduHeader.SIZE_BYTES];
        buffer.getBytes(0, header);
        assertArrayEquals(header, pdus.getFirst().header());
        assertEquals(0, pdus.getFirst().extra().length);
        assertEquals(42, pdus.getFirst().atNanos());
        assertEquals(43, pdus.getLast().atNanos());
        assertTrue(!pdus.getFirst().received() && !pdus.getFirst().broken());
        assertTrue(pdus.getLast().received() && pdus.getLast().broken());
    }

    @Test
    void theAdditionalHeadersOfACommandAreKeptUpToABound() {
        FlightRecorder recorder = new FlightRecorder(clock, 8);
        new ScsiCommandPdu().wrap(buffer, 0).begin().totalAhsLength(5);
        for (int i = 0; i < 1_020; i++) {
            buffer.setByte(PduHeader.SIZE_BYTES + i, i + 1);
        }
        recorder.received(buffer, 0);
        new ScsiCommandPdu().wrap(buffer, 0).totalAhsLength(255);
        recorder.received(buffer, 0);
        assertArrayEquals(upTo(20), recorder.pdus().getFirst().extra());
        assertArrayEquals(
                upTo(RecordedPdu.EXTRA_BYTES_MAX), recorder.pdus().getLast().extra());
    }

    @Test
    void senseDataIsKeptBehindAHeaderDigestToo() {
        FlightRecorder recorder = new FlightRecorder(clock, 8);
        recorder.headerDigest(4);
        new ScsiResponsePdu().wrap(buffer, 0).begin().status(2).dataSegmentLength(20);
        for (int i = 0; i < 20; i++) {
            buffer.setByte(PduHeader.SIZE_BYTES + 4 + i, i + 1);
        }
        recorder.sent(buffer, 0);
        assertArrayEquals(upTo(20), recorder.pdus().getFirst().extra());
    }

    @Test
    void noOtherPduKeepsAnythingBehindItsHeader() {
        FlightRecorder recorder = new FlightRecorder(clock, 128);
        buffer.setZero(0, buffer.capacity());
        for (int i = PduHeader.SIZE_BYTES; i < 200; i++) {
            buffer.setByte(i, 0x55);
        }
        for (int opcode = 0; opcode < 64; opcode++) {
            new NopOutPdu().wrap(buffer, 0).begin(opcode).dataSegmentLength(100);
            recorder.sent(buffer, 0);
            new NopOutPdu().wrap(buffer, 0).totalAhsLength(opcode == Opcode.SCSI_COMMAND ? 0 : 2);
            recorder.received(buffer, 0);
        }
        for (RecordedPdu pdu : recorder.pdus()) {
            assertEquals(0, pdu.extra().length, PduFields.name(pdu));
        }
    }

    @Test
    void aSlotThatIsUsedAgainKeepsNothingOfThePduBefore() {
        FlightRecorder recorder = new FlightRecorder(clock, 1);
        new ScsiCommandPdu().wrap(buffer, 0).begin().totalAhsLength(5);
        recorder.received(buffer, 0);
        nop(recorder, 7);
        assertEquals(0, recorder.pdus().getFirst().extra().length);
        assertEquals(Opcode.NOP_OUT, recorder.pdus().getFirst().bhs().opcode());
    }

    @Test
    void aFullRingAllocatesNothingForEachPdu() throws ReflectiveOperationException {
        FlightRecorder recorder = new FlightRecorder(clock, 256);
        for (int i = 0; i < ROUNDS; i++) {
            round(recorder);
        }
        long before = allocatedBytesOfThisThread();
        for (int i = 0; i < ROUNDS; i++) {
            round(recorder);
        }
        long allocatedBytes = allocatedBytesOfThisThread() - before;
        assertEquals(4L * ROUNDS, recorder.seen());
        assertTrue(allocatedBytes < ROUNDS, allocatedBytes + " bytes in " + ROUNDS + " rounds");
    }

    private void round(FlightRecorder recorder) {
        command.wrap(buffer, 0).begin().totalAhsLength(5);
        recorder.received(buffer, 0);
        response.wrap(buffer, 512).begin().status(2).dataSegmentLength(20);
        recorder.sent(buffer, 512);
    }

    private void nop(FlightRecorder recorder, int tag) {
        new NopOutPdu().wrap(buffer, 0).begin().initiatorTaskTag(tag);
        recorder.received(buffer, 0);
    }

    private static void assertTags(FlightRecorder recorder, int first, int count) {
        int[] expected = new int[count];
        Arrays.setAll(expected, i -> first + i);
        assertArrayEquals(
                expected,
                recorder.pdus().stream()
                        .mapToInt(pdu -> pdu.bhs().initiatorTaskTag())
                        .toArray());
    }

    private static byte[] upTo(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return bytes;
    }

    /** By reflection, because the module does not read jdk.management. */
    private static long allocatedBytesOfThisThread() throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(threads);
    }
}
