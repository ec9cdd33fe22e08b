package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** COMPARE AND WRITE, one command at a time; races are in {@link AtomicRaceTest}. */
final class CompareAndWriteTest {
    private final TestTarget target = new TestTarget();

    private static String cdb(int flags, long lba, int blocks) {
        return "89 %02X %016X 00 00 00 %02X 00 00".formatted(flags, lba, blocks);
    }

    private static byte[] both(byte[] expected, byte[] written) {
        return ByteBuffer.allocate(expected.length + written.length)
                .put(expected)
                .put(written)
                .array();
    }

    private void assertUntouched(Answer answer, Sense expected) {
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
        assertEquals(expected, answer.sense());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void equalBlocksAreReplaced() {
        for (int blocks : new int[] {1, 2, 255}) {
            byte[] old = target.disk.bytes(3 * 512, blocks * 512);
            byte[] data = TestTarget.pattern(blocks * 512, blocks);
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run(cdb(0, 3, blocks), both(old, data)).status());
            assertArrayEquals(data, target.disk.bytes(3 * 512, blocks * 512));
        }
    }

    @Test
    void aMiscompareWritesNothingAndTellsTheByte() {
        byte[] data = TestTarget.pattern(1024, 1);
        target.run("2A 00 00 00 00 03 00 00 02 00", data);
        for (int at : new int[] {0, 1, 511, 512, 1023}) {
            byte[] expected = data.clone();
            expected[at] ^= 0x40;
            Answer answer = target.run(cdb(0, 3, 2), both(expected, new byte[1024]));
            assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
            assertEquals(Sense.MISCOMPARE_DURING_VERIFY.withInformation(at), answer.sense());
            assertArrayEquals(data, target.disk.bytes(3 * 512, 1024));
        }
    }

    @Test
    void zeroBlocksIsGoodAndBeyondTheEndIsNot() {
        assertEquals(ScsiStatus.GOOD, target.run(cdb(0, 5, 0)).status());
        byte[] two = new byte[2 * 1024];
        assertUntouched(target.run(cdb(0, 2047, 2), two), Sense.LBA_OUT_OF_RANGE);
        assertUntouched(target.run(cdb(0, 2049, 0)), Sense.LBA_OUT_OF_RANGE);
        assertUntouched(target.run(cdb(0, -1, 2), two), Sense.LBA_OUT_OF_RANGE);
        assertUntouched(target.run(cdb(0, Long.MIN_VALUE, 1), new byte[1024]), Sense.LBA_OUT_OF_RANGE);
    }

    @Test
    void otherThanTwiceTheBlocksIsRefused() {
        assertUntouched(target.run(cdb(0, 0, 0), new byte[1024]), Sense.INVALID_FIELD_IN_CDB.inCdb(13, -1));
        for (int bytes : new int[] {0, 512, 1023, 1025, 2048}) {
            assertUntouched(target.run(cdb(0, 0, 1), new byte[bytes]), Sense.INVALID_FIELD_IN_CDB.inCdb(13, -1));
        }
    }

    @Test
    void pageB0TellsTheMost() {
        assertEquals(255, target.run("12 01 B0 00 FF 00").data()[5] & 0xFF);
        TestTarget large = TestTarget.native4k();
        assertEquals(128, large.run("12 01 B0 00 FF 00").data()[5] & 0xFF);
        assertEquals(
                ScsiStatus.GOOD,
                large.run(cdb(0, 0, 128), new byte[2 * 128 * 4096]).status());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(13, -1),
                large.run(cdb(0, 0, 129), new byte[2 * 129 * 4096]).sense());
    }

    @Test
    void forcedUnitAccessOrNoCacheMeansDurable() {
        byte[] data = new byte[1024];
        target.run(cdb(0x10, 0, 1), data);
        assertEquals(List.of("read 0+512", "write 0+512"), target.disk.log);
        target.disk.log.clear();
        target.run(cdb(0x08, 0, 1), data);
        assertEquals(List.of("read 0+512", "write 0+512", "flush"), target.disk.log);
        target.disk.log.clear();
        target.unit.change(state -> state.withModes(state.modes().withWriteCacheEnabled(false)), () -> {});
        target.run(cdb(0, 0, 1), data);
        assertEquals(List.of("read 0+512", "write 0+512", "flush"), target.disk.log);
        target.disk.log.clear();
        data[0] = 1;
        target.run(cdb(0x08, 0, 1), data);
        assertEquals(List.of("read 0+512"), target.disk.log, "nothing to make durable");
    }

    @Test
    void protectionInformationAndReservedBitsAreRefused() {
        assertUntouched(target.run(cdb(0x20, 0, 1), new byte[1024]), Sense.INVALID_FIELD_IN_CDB.inCdb(1, 5));
        assertUntouched(
                target.run("89 00 00 00 00 00 00 00 00 00 01 00 00 01 00 00", new byte[1024]),
                Sense.INVALID_FIELD_IN_CDB.inCdb(10, 0));
    }

    @Test
    void aWriteProtectedOrAbsentDiskIsNotWritten() {
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        assertUntouched(target.run(cdb(0, 0, 1), new byte[1024]), Sense.WRITE_PROTECTED);
        target.unit.change(state -> state.offline("gone"), () -> {});
        assertUntouched(target.run(cdb(0, 0, 1), new byte[1024]), Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED);
    }

    @Test
    void aFailureLeavesTheRangeOpenForOthers() {
        for (String operation : List.of("read", "write")) {
            target.disk.failNext(operation, new IOException("broken"));
            assertEquals(
                    Sense.WRITE_ERROR, target.run(cdb(0, 0, 1), new byte[1024]).sense());
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run("2A 00 00 00 00 00 00 00 01 00", new byte[512]).status());
        }
    }
}
