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

/** WRITE ATOMIC(16) as a command; what makes it atomic is tested with the disk that has the journal. */
final class WriteAtomicTest {
    private final TestTarget target = new TestTarget();

    WriteAtomicTest() {
        target.disk.atomicBytesMax = 1 << 20;
    }

    private static String cdb(int flags, long lba, int blocks) {
        return "9C %02X %016X 00 00 %04X 00 00".formatted(flags, lba, blocks);
    }

    private void assertUntouched(Answer answer, Sense expected) {
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
        assertEquals(expected, answer.sense());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void allBlocksAreWrittenByOneCall() {
        for (int flags : new int[] {0, 0x08, 0x10}) {
            byte[] data = TestTarget.pattern(256 * 512, flags);
            target.disk.log.clear();
            assertEquals(ScsiStatus.GOOD, target.run(cdb(flags, 3, 256), data).status());
            assertArrayEquals(data, target.disk.bytes(3 * 512, 256 * 512));
            assertEquals(List.of("atomic 1536+131072"), target.disk.log);
        }
    }

    @Test
    void pageB0TellsTheMost() {
        ByteBuffer page = ByteBuffer.wrap(target.run("12 01 B0 00 FF 00").data());
        assertEquals(256, page.getInt(44));
        for (int field = 48; field < 64; field += 4) {
            assertEquals(0, page.getInt(field), "no alignment, granularity or boundary");
        }
        assertUntouched(target.run(cdb(0, 0, 257), new byte[257 * 512]), Sense.INVALID_FIELD_IN_CDB.inCdb(12, -1));
        TestTarget large = TestTarget.native4k();
        large.disk.atomicBytesMax = 64 << 10;
        assertEquals(16, ByteBuffer.wrap(large.run("12 01 B0 00 FF 00").data()).getInt(44));
        assertEquals(
                ScsiStatus.GOOD, large.run(cdb(0, 1, 16), new byte[64 << 10]).status());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(12, -1),
                large.run(cdb(0, 1, 17), new byte[17 << 12]).sense());
    }

    @Test
    void aDiskWithoutAtomicWritesDoesNotKnowTheCommand() {
        target.disk.atomicBytesMax = 0;
        assertUntouched(target.run(cdb(0, 0, 1), new byte[512]), Sense.INVALID_COMMAND_OPERATION_CODE.inCdb(0, 7));
        assertEquals(0, ByteBuffer.wrap(target.run("12 01 B0 00 FF 00").data()).getInt(44));
    }

    @Test
    void zeroBlocksIsGoodAndBeyondTheEndIsNot() {
        assertEquals(ScsiStatus.GOOD, target.run(cdb(0, 5, 0)).status());
        assertUntouched(target.run(cdb(0, 2049, 0)), Sense.LBA_OUT_OF_RANGE);
        assertUntouched(target.run(cdb(0, 2047, 2), new byte[1024]), Sense.LBA_OUT_OF_RANGE);
        assertUntouched(target.run(cdb(0, -1, 2), new byte[1024]), Sense.LBA_OUT_OF_RANGE);
    }

    @Test
    void otherThanTheBlocksOfDataIsRefused() {
        assertUntouched(target.run(cdb(0, 0, 0), new byte[512]), Sense.INVALID_FIELD_IN_CDB.inCdb(12, -1));
        for (int bytes : new int[] {0, 511, 1023, 1025, 2048}) {
            assertUntouched(target.run(cdb(0, 0, 2), new byte[bytes]), Sense.INVALID_FIELD_IN_CDB.inCdb(12, -1));
        }
    }

    @Test
    void aBoundaryProtectionInformationAndReservedBitsAreRefused() {
        assertUntouched(
                target.run("9C 00 00 00 00 00 00 00 00 00 00 08 00 10 00 00", new byte[16 * 512]),
                Sense.INVALID_FIELD_IN_CDB.inCdb(11, 3));
        assertUntouched(target.run(cdb(0x20, 0, 1), new byte[512]), Sense.INVALID_FIELD_IN_CDB.inCdb(1, 5));
        assertUntouched(target.run(cdb(0x02, 0, 1), new byte[512]), Sense.INVALID_FIELD_IN_CDB.inCdb(1, 1));
    }

    @Test
    void aWriteProtectedOrAbsentDiskIsNotWrittenAndAFailureIsTold() {
        target.disk.failNext("atomic", new IOException("broken"));
        assertEquals(Sense.WRITE_ERROR, target.run(cdb(0, 0, 1), new byte[512]).sense());
        target.disk.log.clear();
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        assertUntouched(target.run(cdb(0, 0, 1), new byte[512]), Sense.WRITE_PROTECTED);
        target.unit.change(state -> state.offline("gone"), () -> {});
        assertUntouched(target.run(cdb(0, 0, 1), new byte[512]), Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED);
    }
}
