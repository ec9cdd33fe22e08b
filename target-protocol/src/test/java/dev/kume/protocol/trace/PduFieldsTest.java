package dev.kume.protocol.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.command.Commands;
import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.LoginResponsePdu;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.pdu.Lun;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.R2tPdu;
import dev.kume.protocol.pdu.RejectPdu;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PduFieldsTest {
    private final ByteBuf header = Unpooled.wrappedBuffer(new byte[PduHeader.SIZE_BYTES]);
    private final PduFields fields = new PduFields(Commands.table());

    @Test
    void aReadSaysWhatItReads() {
        ScsiCommandPdu read =
                new ScsiCommandPdu().wrap(header, 0).begin().finalBit(true).readBit(true);
        read.lun(Lun.raw(3)).expectedDataTransferLength(4_096).cmdSn(-1).expStatSn(9);
        read.cdb(HexFormat.of().parseHex("28000001E24000000800"));
        assertEquals(
                "{lun=3, command=READ(10), lba=123456, blocks=8, expectedDataTransferLength=4096,"
                        + " cmdSn=4294967295, expStatSn=9}",
                of(""));
    }

    @Test
    void commandsThatAreNotKnownAreNumbers() {
        ScsiCommandPdu command = new ScsiCommandPdu().wrap(header, 0).begin();
        command.lun(-1).cdb(new byte[] {(byte) 0xC1});
        assertEquals("opcode c1", fields.of(pdu("")).get("command"));
        assertEquals("ffffffffffffffff", fields.of(pdu("")).get("lun"));
        command.cdb(new byte[] {(byte) 0xA3, 0x1F});
        assertEquals("opcode a3 service action 1f", fields.of(pdu("")).get("command"));
    }

    @Test
    void rangesOfEveryCdbLengthAreRead() {
        assertEquals(new CdbRange(0x1F0203, 256), range("081F02030000"));
        assertEquals(new CdbRange(0x1F0203, 255), range("0AFF0203FF00"));
        assertEquals(new CdbRange(0xFFFFFFFFL, 0xFFFF), range("2A00FFFFFFFF00FFFF00"));
        assertEquals(new CdbRange(1, 0xFFFFFFFFL), range("A80000000001FFFFFFFF0000"));
        assertEquals(new CdbRange(-1, 2), range("8800FFFFFFFFFFFFFFFF000000020000"));
        assertEquals(new CdbRange(5, 1), range("89000000000000000005000000010000"));
        assertEquals(null, range("120000002400"));
    }

    @Test
    void aCheckConditionSaysItsSenseInBothFormats() {
        new ScsiResponsePdu().wrap(header, 0).begin().status(2).statSn(4).dataSegmentLength(20);
        new ScsiResponsePdu().wrap(header, 0).underflowBit(true).residualCount(512);
        assertEquals(
                "{status=CHECK CONDITION, sense=6/29/00, residualUnderflow=512, statSn=4, expCmdSn=0, maxCmdSn=0,"
                        + " expDataSn=0, dataSegmentLength=20}",
                of("00127000060000000000000000002900000000000000"));
        assertEquals("5/24/ff", fields.of(pdu("0008720524FF00000000")).get("sense"));
        assertEquals(null, fields.of(pdu("000872")).get("sense"));
    }

    @Test
    void answersSayTheirSequenceNumbers() {
        new DataInPdu()
                .wrap(header, 0)
                .begin()
                .finalBit(true)
                .dataSn(1)
                .bufferOffset(8_192)
                .dataSegmentLength(512);
        new DataInPdu()
                .wrap(header, 0)
                .statusBit(true)
                .status(0)
                .statSn(7)
                .expCmdSn(8)
                .maxCmdSn(9);
        assertEquals(
                "{final=true, dataSn=1, bufferOffset=8192, status=GOOD, statSn=7, expCmdSn=8, maxCmdSn=9,"
                        + " dataSegmentLength=512}",
                of(""));
        R2tPdu r2t =
                new R2tPdu().wrap(header, 0).begin().targetTransferTag(0x1001).r2tSn(2);
        r2t.bufferOffset(65_536).desiredDataTransferLength(262_144);
        assertEquals(
                "{targetTransferTag=00001001, r2tSn=2, bufferOffset=65536, desiredDataTransferLength=262144, statSn=0,"
                        + " expCmdSn=0, maxCmdSn=0}",
                of(""));
    }

    @Test
    void codesAreTheWordsOfTheStandard() {
        new RejectPdu().wrap(header, 0).begin().reason(RejectReason.PROTOCOL_ERROR);
        assertEquals("protocol error", fields.of(pdu("")).get("reason"));
        TaskManagementRequestPdu abort =
                new TaskManagementRequestPdu().wrap(header, 0).begin();
        abort.function(TaskManagementFunction.ABORT_TASK)
                .referencedTaskTag(0xAB)
                .refCmdSn(6);
        assertEquals("ABORT TASK", fields.of(pdu("")).get("function"));
        assertEquals("000000ab", fields.of(pdu("")).get("referencedTaskTag"));
        new LoginResponsePdu().wrap(header, 0).begin().status(LoginStatus.NOT_FOUND);
        assertEquals("2/03", fields.of(pdu("")).get("status"));
    }

    @Test
    void everyOpcodeHasANameAndNoneFails() {
        for (int opcode = 0; opcode < 256; opcode++) {
            header.setZero(0, PduHeader.SIZE_BYTES).setByte(0, opcode);
            RecordedPdu pdu = pdu("");
            fields.of(pdu);
            assertEquals(Opcode.nameOf(opcode & 0x3F), PduFields.name(pdu));
        }
    }

    @Test
    void ofABrokenStreamNothingIsBelieved() {
        header.setByte(0, Opcode.SCSI_COMMAND);
        RecordedPdu broken = new RecordedPdu(0, true, true, pdu("").header(), new byte[0]);
        assertEquals(Map.of(), fields.of(broken));
        assertEquals("(broken stream)", PduFields.name(broken));
    }

    private static CdbRange range(String cdb) {
        return CdbRange.of(java.util.Arrays.copyOf(HexFormat.of().parseHex(cdb), 16));
    }

    private String of(String extra) {
        return fields.of(pdu(extra)).toString();
    }

    private RecordedPdu pdu(String extra) {
        byte[] bytes = new byte[PduHeader.SIZE_BYTES];
        header.getBytes(0, bytes);
        return new RecordedPdu(0, true, false, bytes, HexFormat.of().parseHex(extra));
    }
}
