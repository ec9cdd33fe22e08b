package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ORWRITE(16), one command at a time; races are in {@link AtomicRaceTest}. */
final class OrWriteTest {
    private final TestTarget target = new TestTarget();

    private static String cdb(int flags, long lba, int blocks) {
        return "8B %02X %016X %08X 00 00".formatted(flags, lba, blocks);
    }

    @Test
    void bitsAreSetAndNoneIsCleared() {
        byte[] old = TestTarget.pattern(50 * 512, 1);
        byte[] data = TestTarget.pattern(50 * 512, 99);
        target.run("2A 00 00 00 00 07 00 00 32 00", old);
        assertEquals(ScsiStatus.GOOD, target.run(cdb(0, 7, 50), data).status());
        byte[] expected = new byte[old.length];
        for (int i = 0; i < old.length; i++) {
            expected[i] = (byte) (old[i] | data[i]);
        }
        assertArrayEquals(expected, target.disk.bytes(7 * 512, 50 * 512));
        assertArrayEquals(new byte[512], target.disk.bytes(57 * 512, 512));
    }

    @Test
    void zeroBlocksIsGoodAndBeyondTheEndIsNot() {
        assertEquals(ScsiStatus.GOOD, target.run(cdb(0, 2048, 0)).status());
        assertEquals(Sense.LBA_OUT_OF_RANGE, target.run(cdb(0, 2049, 0)).sense());
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run(cdb(0, 2047, 2), new byte[1024]).sense());
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run(cdb(0, -1, 2), new byte[1024]).sense());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void longerThanTheTransferLimitPointsAtTheLength() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(10, -1),
                TestTarget.withTransferLimit().run(cdb(0, 0, 2049)).sense());
    }

    @Test
    void forcedUnitAccessMeansDurable() {
        target.run(cdb(0x08, 0, 1), new byte[512]);
        assertEquals(List.of("read 0+512", "write 0+512", "flush"), target.disk.log);
    }

    @Test
    void protectionInformationIsRefusedAndAWriteProtectedDiskIsNotWritten() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 7),
                target.run(cdb(0x80, 0, 1), new byte[512]).sense());
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        assertEquals(
                Sense.WRITE_PROTECTED, target.run(cdb(0, 0, 1), new byte[512]).sense());
        assertEquals(List.of(), target.disk.log);
    }
}
