package dev.kume.protocol.pdu;

import static dev.kume.protocol.pdu.Golden.OFFSET_BYTES;
import static dev.kume.protocol.pdu.Golden.assertSameBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

/** What a target sends: every field of a known header is read, and set again gives the same bytes. */
final class ResponseGoldenTest {
    private static final long LUN = 0x0001_0000_0000_0000L;

    private final ByteBuf made = Golden.dirty();

    @Test
    void scsiResponse() {
        ByteBuf golden = Golden.of(
                "21 94 01 18 00 000014",
                "0000000000000000",
                "11111111",
                "22222222",
                "33333333",
                "44444444",
                "55555555",
                "66666666",
                "77777777",
                "88888888");
        ScsiResponsePdu pdu = new ScsiResponsePdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.SCSI_RESPONSE, pdu.opcode());
        assertTrue(pdu.isBidirectionalReadOverflow());
        assertFalse(pdu.isBidirectionalReadUnderflow());
        assertTrue(pdu.isOverflow());
        assertFalse(pdu.isUnderflow());
        assertEquals(ScsiResponsePdu.TARGET_FAILURE, pdu.response());
        assertEquals(0x18, pdu.status());
        assertEquals(20, pdu.dataSegmentLength());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.snackTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(0x66666666, pdu.expDataSn());
        assertEquals(0x77777777L, pdu.bidirectionalReadResidualCount());
        assertEquals(0x88888888L, pdu.residualCount());

        new ScsiResponsePdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .bidirectionalReadOverflowBit(true)
                .overflowBit(true)
                .response(ScsiResponsePdu.TARGET_FAILURE)
                .status(0x18)
                .dataSegmentLength(20)
                .initiatorTaskTag(0x11111111)
                .snackTag(0x22222222)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .expDataSn(0x66666666)
                .bidirectionalReadResidualCount(0x77777777L)
                .residualCount(0x88888888L);
        assertSameBytes(golden, made);
    }

    @Test
    void scsiResponseUnderflowBits() {
        ScsiResponsePdu pdu = new ScsiResponsePdu().wrap(made, OFFSET_BYTES).begin();
        assertEquals(0x80, pdu.flags());
        assertEquals(0x82, pdu.underflowBit(true).flags());
        assertEquals(0x8a, pdu.bidirectionalReadUnderflowBit(true).flags());
        assertEquals(0x88, pdu.underflowBit(false).flags());
    }

    @Test
    void taskManagementResponse() {
        ByteBuf golden = Golden.of(
                "22 80 ff 00 00 000000",
                "0000000000000000",
                "11111111",
                "00000000",
                "33333333",
                "44444444",
                "55555555",
                "000000000000000000000000");
        TaskManagementResponsePdu pdu = new TaskManagementResponsePdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.TASK_MANAGEMENT_RESPONSE, pdu.opcode());
        assertEquals(TaskManagementResponse.FUNCTION_REJECTED, pdu.response());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());

        new TaskManagementResponsePdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .response(TaskManagementResponse.FUNCTION_REJECTED)
                .initiatorTaskTag(0x11111111)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555);
        assertSameBytes(golden, made);
    }

    @Test
    void dataIn() {
        ByteBuf golden = Golden.of(
                "25 83 00 02 00 040000",
                "0001000000000000",
                "11111111",
                "ffffffff",
                "33333333",
                "44444444",
                "55555555",
                "00000003",
                "fffc0000",
                "88888888");
        DataInPdu pdu = new DataInPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.DATA_IN, pdu.opcode());
        assertTrue(pdu.isFinal());
        assertFalse(pdu.isAcknowledge());
        assertFalse(pdu.isOverflow());
        assertTrue(pdu.isUnderflow());
        assertTrue(pdu.hasStatus());
        assertEquals(2, pdu.status());
        assertEquals(262_144, pdu.dataSegmentLength());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(PduHeader.NO_TAG, pdu.targetTransferTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(3, pdu.dataSn());
        assertEquals(0xfffc0000L, pdu.bufferOffset());
        assertEquals(0x88888888L, pdu.residualCount());

        new DataInPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .finalBit(true)
                .underflowBit(true)
                .statusBit(true)
                .status(2)
                .dataSegmentLength(262_144)
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .dataSn(3)
                .bufferOffset(0xfffc0000L)
                .residualCount(0x88888888L);
        assertSameBytes(golden, made);
    }

    @Test
    void dataInAcknowledgeAndOverflowBits() {
        DataInPdu pdu = new DataInPdu().wrap(made, OFFSET_BYTES).begin();
        assertEquals(0x40, pdu.acknowledgeBit(true).flags());
        assertEquals(0x44, pdu.overflowBit(true).flags());
        assertTrue(pdu.isAcknowledge() && pdu.isOverflow());
    }

    @Test
    void readyToTransfer() {
        ByteBuf golden = Golden.of(
                "31 80 00 00 00 000000",
                "0001000000000000",
                "11111111",
                "22222222",
                "33333333",
                "44444444",
                "55555555",
                "00000003",
                "fffc0000",
                "00040000");
        R2tPdu pdu = new R2tPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.R2T, pdu.opcode());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.targetTransferTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(3, pdu.r2tSn());
        assertEquals(0xfffc0000L, pdu.bufferOffset());
        assertEquals(262_144, pdu.desiredDataTransferLength());

        new R2tPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .targetTransferTag(0x22222222)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .r2tSn(3)
                .bufferOffset(0xfffc0000L)
                .desiredDataTransferLength(262_144);
        assertSameBytes(golden, made);
    }

    @Test
    void asyncMessage() {
        ByteBuf golden = Golden.of(
                "32 80 00 00 00 000000",
                "0001000000000000",
                "ffffffff",
                "00000000",
                "33333333",
                "44444444",
                "55555555",
                "01 02 0304",
                "0506 0708",
                "00000000");
        AsyncMessagePdu pdu = new AsyncMessagePdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.ASYNC_MESSAGE, pdu.opcode());
        assertEquals(LUN, pdu.lun());
        assertEquals(PduHeader.NO_TAG, pdu.initiatorTaskTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(AsyncEvent.TARGET_REQUESTS_LOGOUT, pdu.asyncEvent());
        assertEquals(2, pdu.asyncVCode());
        assertEquals(0x0304, pdu.parameter1());
        assertEquals(0x0506, pdu.parameter2());
        assertEquals(0x0708, pdu.parameter3());

        new AsyncMessagePdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .lun(LUN)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .asyncEvent(AsyncEvent.TARGET_REQUESTS_LOGOUT)
                .asyncVCode(2)
                .parameter1(0x0304)
                .parameter2(0x0506)
                .parameter3(0x0708);
        assertSameBytes(golden, made);
    }

    @Test
    void textResponse() {
        ByteBuf golden = Golden.of(
                "24 40 00 00 00 002000",
                "0001000000000000",
                "11111111",
                "22222222",
                "33333333",
                "44444444",
                "55555555",
                "000000000000000000000000");
        TextResponsePdu pdu = new TextResponsePdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.TEXT_RESPONSE, pdu.opcode());
        assertFalse(pdu.isFinal());
        assertTrue(pdu.isContinue());
        assertEquals(8192, pdu.dataSegmentLength());
        assertEquals(LUN, pdu.lun());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.targetTransferTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());

        new TextResponsePdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .continueBit(true)
                .dataSegmentLength(8192)
                .lun(LUN)
                .initiatorTaskTag(0x11111111)
                .targetTransferTag(0x22222222)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555);
        assertSameBytes(golden, made);
    }

    @Test
    void loginResponse() {
        ByteBuf golden = Golden.of(
                "23 c7 02 01 00 000123",
                "400001370005",
                "beef",
                "00000001",
                "00000000",
                "33333333",
                "44444444",
                "55555555",
                "02 03 0000",
                "0000000000000000");
        LoginResponsePdu pdu = new LoginResponsePdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.LOGIN_RESPONSE, pdu.opcode());
        assertTrue(pdu.isTransit());
        assertTrue(pdu.isContinue());
        assertEquals(1, pdu.currentStage());
        assertEquals(3, pdu.nextStage());
        assertEquals(2, pdu.versionMax());
        assertEquals(1, pdu.versionActive());
        assertEquals(0x4000_0137_0005L, pdu.isid());
        assertEquals(0xbeef, pdu.tsih());
        assertEquals(1, pdu.initiatorTaskTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(2, pdu.statusClass());
        assertEquals(3, pdu.statusDetail());

        new LoginResponsePdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .transitBit(true)
                .continueBit(true)
                .currentStage(1)
                .nextStage(3)
                .versionMax(2)
                .versionActive(1)
                .dataSegmentLength(0x123)
                .isid(0x4000_0137_0005L)
                .tsih(0xbeef)
                .initiatorTaskTag(1)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .status(LoginStatus.NOT_FOUND);
        assertSameBytes(golden, made);
    }

    @Test
    void logoutResponse() {
        ByteBuf golden = Golden.of(
                "26 80 01 00 00 000000",
                "0000000000000000",
                "11111111",
                "00000000",
                "33333333",
                "44444444",
                "55555555",
                "00000000",
                "0002 0014",
                "00000000");
        LogoutResponsePdu pdu = new LogoutResponsePdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.LOGOUT_RESPONSE, pdu.opcode());
        assertEquals(LogoutResponse.CID_NOT_FOUND, pdu.response());
        assertEquals(0x11111111, pdu.initiatorTaskTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(2, pdu.time2Wait());
        assertEquals(20, pdu.time2Retain());

        new LogoutResponsePdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .response(LogoutResponse.CID_NOT_FOUND)
                .initiatorTaskTag(0x11111111)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .time2Wait(2)
                .time2Retain(20);
        assertSameBytes(golden, made);
    }

    @Test
    void reject() {
        ByteBuf golden = Golden.of(
                "3f 80 09 00 00 000030",
                "0000000000000000",
                "ffffffff",
                "00000000",
                "33333333",
                "44444444",
                "55555555",
                "66666666",
                "0000000000000000");
        RejectPdu pdu = new RejectPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.REJECT, pdu.opcode());
        assertEquals(RejectReason.INVALID_PDU_FIELD, pdu.reason());
        assertEquals(48, pdu.dataSegmentLength());
        assertEquals(PduHeader.NO_TAG, pdu.initiatorTaskTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());
        assertEquals(0x66666666, pdu.dataSnOrR2tSn());

        new RejectPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .reason(RejectReason.INVALID_PDU_FIELD)
                .dataSegmentLength(48)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555)
                .dataSnOrR2tSn(0x66666666);
        assertSameBytes(golden, made);
    }

    @Test
    void nopIn() {
        ByteBuf golden = Golden.of(
                "20 80 00 00 00 000004",
                "0001000000000000",
                "ffffffff",
                "22222222",
                "33333333",
                "44444444",
                "55555555",
                "000000000000000000000000");
        NopInPdu pdu = new NopInPdu().wrap(golden, OFFSET_BYTES);
        assertEquals(Opcode.NOP_IN, pdu.opcode());
        assertEquals(LUN, pdu.lun());
        assertEquals(PduHeader.NO_TAG, pdu.initiatorTaskTag());
        assertEquals(0x22222222, pdu.targetTransferTag());
        assertEquals(0x33333333, pdu.statSn());
        assertEquals(0x44444444, pdu.expCmdSn());
        assertEquals(0x55555555, pdu.maxCmdSn());

        new NopInPdu()
                .wrap(made, OFFSET_BYTES)
                .begin()
                .dataSegmentLength(4)
                .lun(LUN)
                .initiatorTaskTag(PduHeader.NO_TAG)
                .targetTransferTag(0x22222222)
                .statSn(0x33333333)
                .expCmdSn(0x44444444)
                .maxCmdSn(0x55555555);
        assertSameBytes(golden, made);
    }
}
