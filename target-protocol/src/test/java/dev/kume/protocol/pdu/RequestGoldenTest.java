package dev.kume.protocol.pdu;

import static dev.kume.protocol.pdu.Golden.OFFSET_BYTES;
import static dev.kume.protocol.pdu.Golden.assertSameBytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.TaskAttribute;
import io.netty.buffer.ByteBuf;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What initiators send: every field of a known header is read, and set again gives the same bytes. */
final class RequestGoldenTest {
    private static final long LUN = 0x0001_0000_0000_0000L;

    private final ByteBuf made = Golden.dirty();

    @Test
    void scsiCommand() {
        ByteBuf golden = Golden.of(
                "41 a3 0000 02 001000",
                "0001000000000000",
                "1a2b3c4d",
                "fffffe00",
                "00000007",
                "80000001",
                "2a00112233445566778899aabbccddee");
        byte[] cdb = HexFormat.of().parseHex("2a00112233445566778899aabbccddee");
        ScsiCommandPdu pdu = new ScsiCommandPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.SCSI_COMMAND, pdu.opcode());
        assertTrue(pdu.isImmediate());
        assertTrue(pdu.isFinal());
        assertFalse(pdu.isRead());
        assertTrue(pdu.isWrite());
        assertEquals(TaskAttribute.HEAD_OF_QUEUE, pdu.attribute());
        assertEquals(2, pdu.totalAhsLength());
        assertEquals(8, pdu.totalAhsBytes());
        assertEquals(4096, pdu.dataSegmentLength());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x1a2b3c4d, pdu.initiatorTaskTag());
        assertEquals(0xfffffe00L, pdu.expectedDataTransferLength());
        assertEquals(7, pdu.cmdSn());
        assertEquals(0x80000001, pdu.expStatSn());
        byte[] copied = new byte[16];
        pdu.copyCdb(copied);
        assertArrayEquals(cdb, copied);

        new ScsiCommandPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .immediate(true)
                .finalBit(true)
                .readBit(false)
                .writeBit(true)
                .attribute(TaskAttribute.HEAD_OF_QUEUE)
                .totalAhsLength(2)
                .dataSegmentLength(4096)
                .lun(LUN)
                .initiatorTaskTag(0x1a2b3c4d)
                .expectedDataTransferLength(0xfffffe00L)
                .cmdSn(7)
                .expStatSn(0x80000001)
                .cdb(cdb);
        assertSameBytes(golden, made);
    }

    @Test
    void bhsTellsWhatAReaderNeeds() {
        ByteBuf golden = Golden.of(
                "41 a3 0000 02 001001",
                "0001000000000000",
                "1a2b3c4d",
                "fffffe00",
                "00000007",
                "80000001",
                "2a00112233445566778899aabbccddee");
        Bhs bhs = new Bhs().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.SCSI_COMMAND, bhs.opcode());
        assertTrue(bhs.isImmediate());
        assertTrue(bhs.isFinal());
        assertEquals(0xa3, bhs.flags());
        assertEquals(48 + 8 + 4100, bhs.pduBytes());
        assertEquals(LUN, bhs.lun());
        assertEquals(0x1a2b3c4d, bhs.initiatorTaskTag());
        assertEquals(7, bhs.cmdSn());
        assertEquals(0x80000001, bhs.expStatSn());
        assertTrue(new ScsiCommandPdu().wrap(bhs).isWrite());
    }

    @Test
    void taskManagementRequest() {
        ByteBuf golden = Golden.of(
                "42 81 0000 00 000000",
                "0001000000000000",
                "11111111",
                "22222222",
                "33333333",
                "44444444",
                "55555555",
                "66666666",
                "0000000000000000");
        TaskManagementRequestPdu pdu = new TaskManagementRequestPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.TASK_MANAGEMENT_REQUEST, pdu.opcode());
        assertEquals(TaskManagementFunction.ABORT_TASK, pdu.function());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.referencedTaskTag());
        assertEquals(0x33333333, pdu.cmdSn());
        assertEquals(0x44444444, pdu.expStatSn());
        assertEquals(0x55555555, pdu.refCmdSn());
        assertEquals(0x66666666, pdu.expDataSn());

        new TaskManagementRequestPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .immediate(true)
                .function(TaskManagementFunction.ABORT_TASK)
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .referencedTaskTag(0x22222222)
                .cmdSn(0x33333333)
                .expStatSn(0x44444444)
                .refCmdSn(0x55555555)
                .expDataSn(0x66666666);
        assertSameBytes(golden, made);
    }

    @Test
    void dataOut() {
        ByteBuf golden = Golden.of(
                "05 80 0000 00 010000",
                "0001000000000000",
                "11111111",
                "22222222",
                "00000000",
                "44444444",
                "00000000",
                "00000003",
                "fffc0000",
                "00000000");
        DataOutPdu pdu = new DataOutPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.DATA_OUT, pdu.opcode());
        assertTrue(pdu.isFinal());
        assertEquals(65_536, pdu.dataSegmentLength());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.targetTransferTag());
        assertEquals(0x44444444, pdu.expStatSn());
        assertEquals(3, pdu.dataSn());
        assertEquals(0xfffc0000L, pdu.bufferOffset());

        new DataOutPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .finalBit(true)
                .dataSegmentLength(65_536)
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .targetTransferTag(0x22222222)
                .expStatSn(0x44444444)
                .dataSn(3)
                .bufferOffset(0xfffc0000L);
        assertSameBytes(golden, made);
    }

    @Test
    void textRequest() {
        ByteBuf golden = Golden.of(
                "04 c0 0000 00 00000e",
                "0001000000000000",
                "11111111",
                "ffffffff",
                "33333333",
                "44444444",
                "00000000000000000000000000000000");
        TextRequestPdu pdu = new TextRequestPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.TEXT_REQUEST, pdu.opcode());
        assertTrue(pdu.isFinal());
        assertTrue(pdu.isContinue());
        assertEquals(14, pdu.dataSegmentLength());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(PduHeader.NO_TAG, pdu.targetTransferTag());
        assertEquals(0x33333333, pdu.cmdSn());
        assertEquals(0x44444444, pdu.expStatSn());

        new TextRequestPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .finalBit(true)
                .continueBit(true)
                .dataSegmentLength(14)
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .targetTransferTag(PduHeader.NO_TAG)
                .cmdSn(0x33333333)
                .expStatSn(0x44444444);
        assertSameBytes(golden, made);
    }

    @Test
    void loginRequest() {
        ByteBuf golden = Golden.of(
                "43 87 02 01 00 000123",
                "400001370005",
                "beef",
                "00000001",
                "0102 0000",
                "00000007",
                "00000009",
                "00000000000000000000000000000000");
        LoginRequestPdu pdu = new LoginRequestPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.LOGIN_REQUEST, pdu.opcode());
        assertTrue(pdu.isImmediate());
        assertTrue(pdu.isTransit());
        assertFalse(pdu.isContinue());
        assertEquals(1, pdu.currentStage());
        assertEquals(3, pdu.nextStage());
        assertEquals(2, pdu.versionMax());
        assertEquals(1, pdu.versionMin());
        assertEquals(0x123, pdu.dataSegmentLength());
        assertEquals(0x4000_0137_0005L, pdu.isid());
        assertEquals(0xbeef, pdu.tsih());
        assertEquals(1, pdu.initiatorTaskTag());
        assertEquals(0x0102, pdu.cid());
        assertEquals(7, pdu.cmdSn());
        assertEquals(9, pdu.expStatSn());

        new LoginRequestPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .transitBit(true)
                .currentStage(1)
                .nextStage(3)
                .versionMax(2)
                .versionMin(1)
                .dataSegmentLength(0x123)
                .tsih(0xbeef)
                .isid(0x4000_0137_0005L)
                .initiatorTaskTag(1)
                .cid(0x0102)
                .cmdSn(7)
                .expStatSn(9);
        assertSameBytes(golden, made);
        assertTrue(
                new LoginRequestPdu().wrap(made, OFFSET_BYTES).continueBit(true).isContinue());
    }

    @Test
    void logoutRequest() {
        ByteBuf golden = Golden.of(
                "46 82 0000 00 000000",
                "0000000000000000",
                "11111111",
                "0102 0000",
                "33333333",
                "44444444",
                "00000000000000000000000000000000");
        LogoutRequestPdu pdu = new LogoutRequestPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.LOGOUT_REQUEST, pdu.opcode());
        assertEquals(LogoutReason.REMOVE_CONNECTION_FOR_RECOVERY, pdu.reasonCode());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x0102, pdu.cid());
        assertEquals(0x33333333, pdu.cmdSn());
        assertEquals(0x44444444, pdu.expStatSn());

        new LogoutRequestPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .immediate(true)
                .reasonCode(LogoutReason.REMOVE_CONNECTION_FOR_RECOVERY)
                .initiatorTaskTag(0x11111111)
                .cid(0x0102)
                .cmdSn(0x33333333)
                .expStatSn(0x44444444);
        assertSameBytes(golden, made);
    }

    @Test
    void snackRequest() {
        ByteBuf golden = Golden.of(
                "10 81 0000 00 000000",
                "0001000000000000",
                "11111111",
                "22222222",
                "00000000",
                "44444444",
                "0000000000000000",
                "00000005",
                "00000006");
        SnackRequestPdu pdu = new SnackRequestPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.SNACK_REQUEST, pdu.opcode());
        assertEquals(1, pdu.type());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.targetTransferTag());
        assertEquals(0x44444444, pdu.expStatSn());
        assertEquals(5, pdu.begRun());
        assertEquals(6, pdu.runLength());

        new SnackRequestPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .type(1)
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .targetTransferTag(0x22222222)
                .expStatSn(0x44444444)
                .begRun(5)
                .runLength(6);
        assertSameBytes(golden, made);
    }

    @Test
    void nopOut() {
        ByteBuf golden = Golden.of(
                "40 80 0000 00 000004",
                "0001000000000000",
                "ffffffff",
                "22222222",
                "33333333",
                "44444444",
                "00000000000000000000000000000000");
        NopOutPdu pdu = new NopOutPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.NOP_OUT, pdu.opcode());
        assertTrue(pdu.isImmediate());
        assertEquals(4, pdu.dataSegmentLength());
        assertEquals(LUN, pdu.lun());
        assertEquals(PduHeader.NO_TAG, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.targetTransferTag());
        assertEquals(0x33333333, pdu.cmdSn());
        assertEquals(0x44444444, pdu.expStatSn());

        new NopOutPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .immediate(true)
                .dataSegmentLength(4)
                .lun(LUN)
                .initiatorTaskTag(PduHeader.NO_TAG)
                .targetTransferTag(0x22222222)
                .cmdSn(0x33333333)
                .expStatSn(0x44444444);
        assertSameBytes(golden, made);
    }
}
