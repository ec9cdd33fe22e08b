package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import dev.kume.core.store.NoSpaceException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WRITE of every CDB size. */
final class WriteTest {
    private static final String WRITE_ONE_BLOCK = "2A 00 00 00 00 05 00 00 01 00";

    private final TestTarget target = new TestTarget();

    @Test
    void oneBlockOfEachCdbSize() {
        int seed = 0;
        for (String cdb : List.of(
                "0A 00 00 05 01 00",
                WRITE_ONE_BLOCK,
                "AA 00 00 00 00 05 00 00 00 01 00 00",
                "8A 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00")) {
            byte[] data = TestTarget.pattern(512, ++seed);
            assertEquals(ScsiStatus.GOOD, target.run(cdb, data).status(), cdb);
            assertArrayEquals(data, target.disk.bytes(5 * 512, 512), cdb);
        }
        assertFalse(target.disk.log.contains("flush"), "the write cache is on");
    }

    @Test
    void manyPiecesLandInOrder() {
        byte[] data = TestTarget.pattern(100 * 512, 7);
        assertEquals(
                ScsiStatus.GOOD,
                target.run("2A 00 00 00 00 03 00 00 64 00", data).status());
        assertArrayEquals(data, target.disk.bytes(3 * 512, data.length));
    }

    @Test
    void zeroBlocksWritesNothing() {
        assertEquals(
                ScsiStatus.GOOD, target.run("2A 00 00 00 00 00 00 00 00 00").status());
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void zeroLengthOfWrite6Is256Blocks() {
        byte[] data = TestTarget.pattern(256 * 512, 3);
        assertEquals(ScsiStatus.GOOD, target.run("0A 00 00 00 00 00", data).status());
        assertArrayEquals(data, target.disk.bytes(0, data.length));
    }

    @Test
    void beyondLastBlockWritesNothing() {
        for (String cdb : List.of(
                "0A 00 08 00 01 00",
                "2A 00 00 00 08 00 00 00 01 00",
                "2A 00 00 00 07 FF 00 00 02 00",
                "AA 00 FF FF FF FF 00 00 00 01 00 00",
                "8A 00 FF FF FF FF FF FF FF FF 00 00 00 01 00 00",
                "8A 00 7F FF FF FF FF FF FF FF FF FF FF FF 00 00")) {
            Answer answer = target.run(cdb, new byte[1024]);
            assertEquals(Sense.LBA_OUT_OF_RANGE, answer.sense(), cdb);
        }
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void fuaIsDurableWhenItAnswers() {
        for (String flags : List.of("08", "18", "02", "0A")) {
            target.disk.log.clear();
            target.run("2A " + flags + " 00 00 00 05 00 00 01 00", new byte[512]);
            assertEquals(List.of("write 2560+512", "flush"), target.disk.log, flags);
        }
    }

    @Test
    void dpoAloneFlushesNothing() {
        target.run("2A 10 00 00 00 05 00 00 01 00", new byte[512]);
        assertEquals(List.of("write 2560+512"), target.disk.log);
    }

    @Test
    void fuaFlushesOnceBehindTheLastPiece() {
        target.run("2A 08 00 00 00 00 00 00 20 00", new byte[32 * 512]);
        assertEquals(List.of("write 0+8192", "write 8192+8192", "flush"), target.disk.log);
    }

    @Test
    void withoutWriteCacheEveryWriteIsDurable() {
        target.unit.change(state -> state.withModes(ModeState.DEFAULT.withWriteCacheEnabled(false)), () -> {});
        target.run(WRITE_ONE_BLOCK, new byte[512]);
        assertEquals(List.of("write 2560+512", "flush"), target.disk.log);
        target.disk.log.clear();
        target.run("0A 00 00 05 01 00", new byte[512]);
        assertEquals(List.of("write 2560+512", "flush"), target.disk.log);
    }

    @Test
    void aFailedFlushIsNotGood() {
        target.disk.failNext("flush", new IOException("broken"));
        Answer answer = target.run("2A 08 00 00 00 05 00 00 01 00", new byte[512]);
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
        assertEquals(Sense.WRITE_ERROR, answer.sense());
    }

    @Test
    void aFailedPieceEndsTheCommandThere() {
        target.disk.failNext("write", new IOException("broken"));
        Answer answer = target.run("2A 00 00 00 00 00 00 00 20 00", new byte[32 * 512]);
        assertEquals(Sense.WRITE_ERROR, answer.sense());
        assertEquals(List.of("write 0+8192"), target.disk.log);
    }

    @Test
    void aFullDeviceIsSpaceAllocationFailed() {
        target.disk.failNext("write", new NoSpaceException("No space left on device"));
        assertEquals(
                Sense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT,
                target.run(WRITE_ONE_BLOCK, new byte[512]).sense());
    }

    @Test
    void wrprotectIsRefusedAndWritesNothing() {
        for (int wrprotect = 1; wrprotect < 8; wrprotect++) {
            String byte1 = "%02x".formatted(wrprotect << 5);
            Sense sense = target.run("2A " + byte1 + " 00 00 00 00 00 00 01 00", new byte[512])
                    .expectSense();
            assertEquals(0x24, sense.asc(), byte1);
        }
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void aWriteProtectedDiskRefusesBeforeAnyData() {
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        for (Command command : target.unit.commands().commands()) {
            CommandDescriptor descriptor = command.descriptor();
            if (descriptor.writes()) {
                byte[] cdb = new byte[descriptor.cdbBytes()];
                cdb[0] = (byte) descriptor.opcode();
                cdb[1] = (byte) Math.max(0, descriptor.serviceAction());
                Answer answer = target.run(target.node1, 0, cdb, new byte[0]);
                assertEquals(Sense.WRITE_PROTECTED, answer.sense(), descriptor.name());
            }
        }
        assertEquals(
                ScsiStatus.GOOD, target.run("28 00 00 00 00 00 00 00 01 00").status());
        assertEquals(List.of("read 0+512"), target.disk.log);
    }

    @Test
    void longerThanTheTransferLimitPointsAtTheLength() {
        TestTarget limited = TestTarget.withTransferLimit();
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(7, -1),
                limited.run("2A 00 00 00 00 00 00 08 01 00").sense());
    }

    @Test
    void aBugInTheDiskIsAHardwareErrorAndNothingHangs() {
        TestTarget hollow =
                new TestTarget(TestDisk.hollow(1 << 20), BlockGeometry.emulated512(1 << 20), Commands.table());
        assertEquals(
                Sense.INTERNAL_TARGET_FAILURE,
                hollow.run(WRITE_ONE_BLOCK, new byte[512]).sense());
    }
}
