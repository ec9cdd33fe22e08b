package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** READ of every CDB size. */
final class ReadTest {
    private static final String[] READ_ONE_BLOCK = {
        "08 00 00 05 01 00",
        "28 00 00 00 00 05 00 00 01 00",
        "A8 00 00 00 00 05 00 00 00 01 00 00",
        "88 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00"
    };

    private final TestTarget target = new TestTarget();

    @Test
    void oneBlockOfEachCdbSize() {
        target.disk.fill(5 * 512, 512, 0xA6);
        for (String cdb : READ_ONE_BLOCK) {
            Answer answer = target.run(cdb);
            assertEquals(ScsiStatus.GOOD, answer.status(), cdb);
            assertArrayEquals(target.disk.bytes(5 * 512, 512), answer.data(), cdb);
        }
    }

    @Test
    void manyPiecesComeInOrder() {
        byte[] data = TestTarget.pattern(100 * 512, 1);
        target.run("2A 00 00 00 00 00 00 00 64 00", data);
        assertArrayEquals(data, target.run("28 00 00 00 00 00 00 00 64 00").data());
    }

    @Test
    void zeroBlocksIsGoodWithoutData() {
        for (String cdb : List.of(
                "28 00 00 00 00 00 00 00 00 00",
                "A8 00 00 00 00 00 00 00 00 00 00 00",
                "88 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")) {
            Answer answer = target.run(cdb);
            assertEquals(ScsiStatus.GOOD, answer.status(), cdb);
            assertEquals(0, answer.data().length, cdb);
        }
        assertEquals(List.of(), target.disk.log);
    }

    @Test
    void zeroBlocksBeyondTheEndIsOutOfRange() {
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run("28 00 00 00 08 01 00 00 00 00").sense());
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                target.run("28 00 FF FF FF FF 00 00 00 00").sense());
    }

    @Test
    void zeroLengthOfRead6Is256Blocks() {
        assertEquals(256 * 512, target.run("08 00 00 00 00 00").data().length);
    }

    @Test
    void read6AddressHas21Bits() {
        TestTarget small = new TestTarget();
        assertEquals(Sense.LBA_OUT_OF_RANGE, small.run("08 1F FF FF 01 00").sense());
        assertEquals(ScsiStatus.GOOD, small.run("08 E0 00 05 01 00").status(), "the SCSI-2 LUN is ignored");
    }

    @Test
    void lastBlockIsThereAndTheNextIsNot() {
        assertEquals(512, target.run("28 00 00 00 07 FF 00 00 01 00").data().length);
        for (String cdb : List.of(
                "08 00 08 00 01 00",
                "08 00 07 FF 02 00",
                "28 00 00 00 08 00 00 00 01 00",
                "28 00 00 00 07 FF 00 00 02 00",
                "28 00 80 00 00 00 00 00 01 00",
                "28 00 FF FF FF FF 00 00 01 00",
                "A8 00 FF FF FF FF FF FF FF FF 00 00",
                "88 00 00 00 00 00 00 00 08 00 00 00 00 01 00 00",
                "88 00 7F FF FF FF FF FF FF FF FF FF FF FF 00 00",
                "88 00 80 00 00 00 00 00 00 00 00 00 00 01 00 00",
                "88 00 FF FF FF FF FF FF FF FF 00 00 00 01 00 00")) {
            Answer answer = target.run(cdb);
            assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), cdb);
            assertEquals(Sense.LBA_OUT_OF_RANGE, answer.sense(), cdb);
            assertEquals(0, answer.data().length, cdb);
        }
    }

    @Test
    void dpoAndFuaAreAccepted() {
        for (String flags : List.of("10", "08", "18", "02", "0A")) {
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run("28 " + flags + " 00 00 00 00 00 00 01 00").status(),
                    flags);
        }
    }

    @Test
    void rdprotectIsRefused() {
        for (int rdprotect = 1; rdprotect < 8; rdprotect++) {
            String byte1 = "%02x".formatted(rdprotect << 5);
            Sense sense = target.run("28 " + byte1 + " 00 00 00 00 00 00 01 00").expectSense();
            assertEquals(0x24, sense.asc(), byte1);
        }
    }

    @Test
    void groupNumberIsAccepted() {
        assertEquals(
                ScsiStatus.GOOD, target.run("28 00 00 00 00 00 1F 00 01 00").status());
    }

    @Test
    void longerThanTheTransferLimitPointsAtTheLength() {
        TestTarget limited = TestTarget.withTransferLimit();
        assertEquals(
                ScsiStatus.GOOD, limited.run("28 00 00 00 00 00 00 08 00 00").status());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(7, -1),
                limited.run("28 00 00 00 00 00 00 08 01 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(6, -1),
                limited.run("A8 00 00 00 00 00 00 00 08 01 00 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(10, -1),
                limited.run("88 00 00 00 00 00 00 00 00 00 00 00 08 01 00 00").sense());
    }

    @Test
    void native4kCountsInItsOwnBlocks() {
        TestTarget native4k = TestTarget.native4k();
        assertEquals(4096, native4k.run("28 00 00 00 00 FF 00 00 01 00").data().length);
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                native4k.run("28 00 00 00 01 00 00 00 01 00").sense());
    }

    @Test
    void aFailingDiskIsAMediumError() {
        target.disk.failNext("read", new IOException("broken"));
        Answer answer = target.run("28 00 00 00 00 00 00 00 01 00");
        assertEquals(ScsiStatus.CHECK_CONDITION, answer.status());
        assertEquals(Sense.UNRECOVERED_READ_ERROR, answer.sense());
        assertEquals(
                ScsiStatus.GOOD, target.run("28 00 00 00 00 00 00 00 01 00").status());
    }

    @Test
    void anOfflineDiskIsNotReady() {
        target.unit.change(state -> state.offline("its file is gone"), () -> {});
        assertEquals(
                Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED,
                target.run("28 00 00 00 00 00 00 00 01 00").sense());
    }

    @Test
    void blocksBeyond2TiBNeedNoFewerBits() {
        TestTarget large =
                new TestTarget(TestDisk.hollow(1L << 43), BlockGeometry.emulated512(1L << 43), Commands.table());
        ScriptedTask task = large.begin(
                large.node1,
                0,
                TestTarget.bytes("88 00 00 00 00 03 FF FF FF FF 00 00 00 01 00 00"),
                new byte[0],
                false);
        assertEquals(0x3_FFFF_FFFFL << 9, task.offsetBytes());
        assertEquals(
                Sense.LBA_OUT_OF_RANGE,
                large.run("88 00 00 00 00 04 00 00 00 00 00 00 00 01 00 00").sense());
    }
}
