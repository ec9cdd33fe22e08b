package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** INQUIRY and its pages, REPORT LUNS, READ CAPACITY, REQUEST SENSE: what a host asks first. */
final class InquiryTest {
    private final TestTarget target = new TestTarget();

    @Test
    void standardDataByteForByte() {
        assertEquals(
                "000006125b081002" //
                        + "4b554d4520202020" // KUME
                        + "4449534b202020202020202020202020" // DISK
                        + "302e3120" //
                        + "00".repeat(22) //
                        + "00a0046004c00960" // SAM-5, SPC-4, SBC-3, iSCSI
                        + "00".repeat(30),
                target.run("12 00 00 00 FF 00").hex());
    }

    @Test
    void allocationLengthCutsTheDataOnly() {
        byte[] whole = target.run("12 00 00 02 00 00").data();
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = target.run("12 00 00 00 %02X 00".formatted(length)).data();
            assertArrayEquals(Arrays.copyOf(whole, length), cut);
        }
        assertArrayEquals(whole, target.run("12 00 00 FF FF 00").data());
    }

    @Test
    void pageCodeWithoutEvpdIsRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(2, -1),
                target.run("12 00 80 00 FF 00").sense());
    }

    @Test
    void unknownPageIsRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(2, -1),
                target.run("12 01 86 00 FF 00").sense());
    }

    @Test
    void page00IsAscendingAndEachPageIsThere() {
        assertEquals("000000070080838fb0b1b2", target.run("12 01 00 00 FF 00").hex());
        for (String page : List.of("00", "80", "83", "8F", "B0", "B1", "B2")) {
            Answer answer = target.run("12 01 " + page + " 00 FF 00");
            assertEquals(ScsiStatus.GOOD, answer.status(), page);
            assertEquals(answer.data().length - 4, answer.data()[3] & 0xFF, page);
            assertEquals(page, HexFormat.of().withUpperCase().toHexDigits(answer.data()[1]));
        }
    }

    @Test
    void page80IsTheSerial() {
        assertEquals(
                "00800010" + "30313233343536373839616263646566",
                target.run("12 01 80 00 FF 00").hex());
    }

    @Test
    void page83HasAnNaaAndAVendorDesignatorOfTheUnitAndNothingOfAPort() {
        assertEquals(
                "00830030" //
                        + "01030010" + "60123456789abcde0123456789abcdef" //
                        + "02010018" + "4b554d4520202020" + "30313233343536373839616263646566",
                target.run("12 01 83 00 FF 00").hex());
    }

    @Test
    void pageB0TellsTheLimitsThereAre() {
        byte[] page = target.run("12 01 B0 00 FF 00").data();
        assertEquals(64, page.length);
        ByteBuffer fields = ByteBuffer.wrap(page);
        assertEquals(8, fields.getShort(6), "OPTIMAL TRANSFER LENGTH GRANULARITY");
        assertEquals(65536, fields.getInt(8), "MAXIMUM TRANSFER LENGTH");
        assertEquals(65536, fields.getInt(16), "MAXIMUM PREFETCH LENGTH");
        assertEquals(-1, fields.getInt(20), "MAXIMUM UNMAP LBA COUNT");
        byte[] native4k = TestTarget.native4k().run("12 01 B0 00 FF 00").data();
        assertEquals(1, ByteBuffer.wrap(native4k).getShort(6));
        assertEquals(8192, ByteBuffer.wrap(native4k).getInt(8));
    }

    @Test
    void pageB1IsNonRotatingAndPageB2ResourceProvisioned() {
        assertEquals(
                "00b1003c00010040" + "00".repeat(56),
                target.run("12 01 B1 00 FF 00").hex());
        assertEquals("00b2000400e40100", target.run("12 01 B2 00 FF 00").hex());
    }

    @Test
    void everyNexusReadsTheSameBytes() {
        for (String cdb : List.of(
                "12 00 00 00 FF 00",
                "12 01 00 00 FF 00",
                "12 01 80 00 FF 00",
                "12 01 83 00 FF 00",
                "12 01 B0 00 FF 00",
                "1A 00 3F 00 FF 00",
                "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00")) {
            assertEquals(target.run(cdb).hex(), target.runAsNode2(cdb).hex(), cdb);
        }
    }

    @Test
    void aMissingUnitAnswers7F() {
        byte[] data = target.runWithoutUnit("12 00 00 00 FF 00").data();
        assertEquals(0x7F, data[0]);
        assertEquals(96, data.length);
        assertEquals("7f00000100", target.runWithoutUnit("12 01 00 00 FF 00").hex());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(2, -1),
                target.runWithoutUnit("12 01 83 00 FF 00").sense());
    }

    @Test
    void aMissingUnitRefusesEverythingElse() {
        for (Command command : target.unit.commands().commands()) {
            CommandDescriptor descriptor = command.descriptor();
            byte[] cdb = new byte[descriptor.cdbBytes()];
            cdb[0] = (byte) descriptor.opcode();
            cdb[1] = (byte) Math.max(0, descriptor.serviceAction());
            Answer answer = target.runWithoutUnit(HexFormat.of().formatHex(cdb));
            if (!descriptor.anyLun()) {
                assertEquals(Sense.LOGICAL_UNIT_NOT_SUPPORTED, answer.sense(), descriptor.name());
            }
        }
        assertEquals(
                Sense.LOGICAL_UNIT_NOT_SUPPORTED,
                target.runWithoutUnit("FF 00 00 00 00 00").sense());
    }

    @Test
    void unitAttentionPassesByAndIsKept() {
        target.unit.raise(Sense.CAPACITY_DATA_HAS_CHANGED, nexus -> true);
        assertEquals(ScsiStatus.GOOD, target.run("12 00 00 00 FF 00").status());
        assertEquals(
                Sense.CAPACITY_DATA_HAS_CHANGED, target.run("00 00 00 00 00 00").sense());
        assertEquals(ScsiStatus.GOOD, target.run("00 00 00 00 00 00").status());
    }

    @Test
    void reportLunsListsWhatTheNexusSees() {
        assertEquals(
                "0000000800000000" + "0".repeat(16),
                target.run("A0 00 00 00 00 00 00 00 10 00 00 00").hex());
        target.luns(LunMap.of(Map.of(1, target.unit, 255, target.unit, 256, target.unit, 16383, target.unit)));
        for (String select : List.of("00", "02")) {
            assertEquals(
                    "0000002000000000" //
                            + "0001000000000000" + "00ff000000000000" //
                            + "4100000000000000" + "7fff000000000000",
                    target.run("A0 00 " + select + " 00 00 00 00 00 10 00 00 00")
                            .hex());
        }
        assertEquals(
                "0000000000000000",
                target.run("A0 00 01 00 00 00 00 00 10 00 00 00").hex());
    }

    @Test
    void reportLunsAtAMissingLun() {
        assertEquals(
                "0000000800000000" + "0".repeat(16),
                target.runWithoutUnit("A0 00 00 00 00 00 00 00 10 00 00 00").hex());
    }

    @Test
    void reportLunsWithShortAllocationTellsTheFullLength() {
        Map<Integer, dev.kume.core.scsi.LogicalUnit> many = new TreeMap<>();
        for (int lun = 0; lun < 300; lun++) {
            many.put(lun, target.unit);
        }
        target.luns(LunMap.of(many));
        byte[] data = target.run("A0 00 00 00 00 00 00 00 00 10 00 00").data();
        assertEquals(16, data.length);
        assertEquals(2400, ByteBuffer.wrap(data).getInt());
        assertEquals(2408, target.run("A0 00 00 00 00 00 FF FF FF FF 00 00").data().length);
    }

    @Test
    void reportLunsRefusesATooShortAllocationAndUnknownReports() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(6, -1),
                target.run("A0 00 00 00 00 00 00 00 00 0F 00 00").sense());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(2, -1),
                target.run("A0 00 03 00 00 00 00 00 00 10 00 00").sense());
    }

    @Test
    void reportLunsTakesItsOwnAttentionAwayAndLeavesTheOthers() {
        target.unit.raise(Sense.REPORTED_LUNS_DATA_HAS_CHANGED, nexus -> true);
        target.unit.raise(Sense.CAPACITY_DATA_HAS_CHANGED, nexus -> true);
        target.run("A0 00 00 00 00 00 00 00 10 00 00 00");
        assertEquals(
                Sense.CAPACITY_DATA_HAS_CHANGED, target.run("00 00 00 00 00 00").sense());
        assertEquals(ScsiStatus.GOOD, target.run("00 00 00 00 00 00").status());
        assertEquals(
                List.of(Sense.REPORTED_LUNS_DATA_HAS_CHANGED, Sense.CAPACITY_DATA_HAS_CHANGED),
                target.attentionsOfNode2());
    }

    @Test
    void capacityOf512e() {
        assertEquals(
                "000007ff00000200", target.run("25 00 00 00 00 00 00 00 00 00").hex());
        assertEquals(
                "00000000000007ff00000200" + "0003c0" + "00".repeat(17),
                target.run("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").hex());
    }

    @Test
    void capacityOf4Kn() {
        TestTarget native4k = TestTarget.native4k();
        assertEquals(
                "000000ff00001000",
                native4k.run("25 00 00 00 00 00 00 00 00 00").hex());
        assertEquals(
                "00000000000000ff00001000" + "0000c0" + "00".repeat(17),
                native4k.run("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").hex());
    }

    @Test
    void capacityAround2TiB() {
        assertEquals("fffffffe00000200", capacity10((1L << 41) - 512));
        assertEquals("ffffffff00000200", capacity10(1L << 41));
        assertEquals("ffffffff00000200", capacity10(1L << 42));
    }

    private static String capacity10(long sizeBytes) {
        return new TestTarget(TestDisk.hollow(sizeBytes), BlockGeometry.emulated512(sizeBytes), Commands.table())
                .run("25 00 00 00 00 00 00 00 00 00")
                .hex();
    }

    @Test
    void capacity16WithShortAllocations() {
        for (int length = 0; length < 32; length++) {
            Answer answer = target.run("9E 10 00 00 00 00 00 00 00 00 00 00 00 %02X 00 00".formatted(length));
            assertEquals(ScsiStatus.GOOD, answer.status());
            assertEquals(length, answer.data().length);
        }
    }

    @Test
    void requestSenseTellsNothingInBothFormats() {
        assertEquals(
                "70000000000000 0a".replace(" ", "") + "00".repeat(10),
                target.run("03 00 00 00 FC 00").hex());
        assertEquals("7200000000000000", target.run("03 01 00 00 FC 00").hex());
        assertEquals("7000", target.run("03 00 00 00 02 00").hex());
    }

    @Test
    void requestSenseTakesTheUnitAttention() {
        target.unit.raise(Sense.CAPACITY_DATA_HAS_CHANGED, nexus -> true);
        assertEquals("72062a0900000000", target.run("03 01 00 00 FC 00").hex());
        assertEquals(ScsiStatus.GOOD, target.run("00 00 00 00 00 00").status());
    }

    @Test
    void requestSenseOfAnOfflineDiskAndOfAMissingUnit() {
        target.unit.change(state -> state.offline("its file is gone"), () -> {});
        assertEquals("7202040300000000", target.run("03 01 00 00 FC 00").hex());
        assertEquals(
                "7205250000000000", target.runWithoutUnit("03 01 00 00 FC 00").hex());
        assertNull(target.runWithoutUnit("03 01 00 00 FC 00").sense());
    }

    @Test
    void unknownOpcodeAndUnknownServiceAction() {
        Sense opcode = target.run("FF 00 00 00 00 00").expectSense();
        assertEquals(0x20, opcode.asc());
        Sense action =
                target.run("9E 1F 00 00 00 00 00 00 00 00 00 00 00 20 00 00").expectSense();
        assertEquals(Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4), action);
        assertTrue(action.fieldPointer() != 0);
    }
}
