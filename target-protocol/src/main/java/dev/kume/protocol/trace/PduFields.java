package dev.kume.protocol.trace;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.pdu.AsyncEvent;
import dev.kume.protocol.pdu.AsyncMessagePdu;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.DataOutPdu;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LoginResponsePdu;
import dev.kume.protocol.pdu.LogoutReason;
import dev.kume.protocol.pdu.LogoutRequestPdu;
import dev.kume.protocol.pdu.LogoutResponse;
import dev.kume.protocol.pdu.LogoutResponsePdu;
import dev.kume.protocol.pdu.Lun;
import dev.kume.protocol.pdu.NopInPdu;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.R2tPdu;
import dev.kume.protocol.pdu.RejectPdu;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import dev.kume.protocol.pdu.SnackRequestPdu;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import dev.kume.protocol.pdu.TaskManagementResponse;
import dev.kume.protocol.pdu.TaskManagementResponsePdu;
import dev.kume.protocol.pdu.TextRequestPdu;
import dev.kume.protocol.pdu.TextResponsePdu;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of a recorded PDU by their names in RFC 7143, for people and scripts. Tags are hexadecimal text, sequence
 * numbers and lengths are numbers, codes are the standard's words. Immutable.
 */
public final class PduFields {
    private static final int CDB_BYTES = 16;
    private static final int SENSE_LENGTH_BYTES = 2;

    private final CommandTable commands;

    /** @param commands tell CDBs their names */
    public PduFields(CommandTable commands) {
        this.commands = commands;
    }

    /** The PDU's name in RFC 7143, or its opcode where it has none. */
    public static String name(RecordedPdu pdu) {
        return pdu.broken() ? "(broken stream)" : Opcode.nameOf(pdu.bhs().opcode());
    }

    /** What the header says, in its order; nothing of a header that is not to be trusted. */
    public Map<String, Object> of(RecordedPdu pdu) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Bhs bhs = pdu.bhs();
        if (pdu.broken()) {
            return fields;
        }
        if (bhs.isImmediate()) {
            fields.put("immediate", true);
        }
        switch (bhs.opcode()) {
            case Opcode.SCSI_COMMAND -> scsiCommand(fields, new ScsiCommandPdu().wrap(bhs));
            case Opcode.SCSI_RESPONSE -> scsiResponse(fields, new ScsiResponsePdu().wrap(bhs), pdu.extra());
            case Opcode.DATA_IN -> dataIn(fields, new DataInPdu().wrap(bhs));
            case Opcode.DATA_OUT -> dataOut(fields, new DataOutPdu().wrap(bhs));
            case Opcode.R2T -> r2t(fields, new R2tPdu().wrap(bhs));
            case Opcode.TASK_MANAGEMENT_REQUEST -> taskManagement(fields, new TaskManagementRequestPdu().wrap(bhs));
            case Opcode.TASK_MANAGEMENT_RESPONSE -> {
                TaskManagementResponsePdu answer = new TaskManagementResponsePdu().wrap(bhs);
                fields.put("response", TaskManagementResponse.nameOf(answer.response()));
                answered(fields, answer.statSn(), answer.expCmdSn(), answer.maxCmdSn());
            }
            case Opcode.LOGIN_REQUEST -> login(fields, new LoginRequestPdu().wrap(bhs));
            case Opcode.LOGIN_RESPONSE -> loginAnswer(fields, new LoginResponsePdu().wrap(bhs));
            default -> rest(fields, bhs);
        }
        if (bhs.dataSegmentLength() > 0) {
            fields.put("dataSegmentLength", bhs.dataSegmentLength());
        }
        return fields;
    }

    private void rest(Map<String, Object> fields, Bhs bhs) {
        switch (bhs.opcode()) {
            case Opcode.NOP_OUT -> {
                NopOutPdu nop = new NopOutPdu().wrap(bhs);
                transferTag(fields, nop.targetTransferTag());
                asked(fields, nop.cmdSn(), nop.expStatSn());
            }
            case Opcode.NOP_IN -> {
                NopInPdu nop = new NopInPdu().wrap(bhs);
                transferTag(fields, nop.targetTransferTag());
                answered(fields, nop.statSn(), nop.expCmdSn(), nop.maxCmdSn());
            }
            case Opcode.TEXT_REQUEST -> {
                TextRequestPdu text = new TextRequestPdu().wrap(bhs);
                lastOrNot(fields, text.isFinal(), text.isContinue());
                transferTag(fields, text.targetTransferTag());
                asked(fields, text.cmdSn(), text.expStatSn());
            }
            case Opcode.TEXT_RESPONSE -> {
                TextResponsePdu text = new TextResponsePdu().wrap(bhs);
                lastOrNot(fields, text.isFinal(), text.isContinue());
                transferTag(fields, text.targetTransferTag());
                answered(fields, text.statSn(), text.expCmdSn(), text.maxCmdSn());
            }
            case Opcode.LOGOUT_REQUEST -> {
                LogoutRequestPdu logout = new LogoutRequestPdu().wrap(bhs);
                fields.put("reason", LogoutReason.nameOf(logout.reasonCode()));
                fields.put("cid", logout.cid());
                asked(fields, logout.cmdSn(), logout.expStatSn());
            }
            case Opcode.LOGOUT_RESPONSE -> {
                LogoutResponsePdu logout = new LogoutResponsePdu().wrap(bhs);
                fields.put("response", LogoutResponse.nameOf(logout.response()));
                answered(fields, logout.statSn(), logout.expCmdSn(), logout.maxCmdSn());
            }
            case Opcode.REJECT -> {
                RejectPdu reject = new RejectPdu().wrap(bhs);
                fields.put("reason", RejectReason.nameOf(reject.reason()));
                answered(fields, reject.statSn(), reject.expCmdSn(), reject.maxCmdSn());
            }
            case Opcode.ASYNC_MESSAGE -> {
                AsyncMessagePdu message = new AsyncMessagePdu().wrap(bhs);
                fields.put("event", AsyncEvent.nameOf(message.asyncEvent()));
                fields.put("parameter1", message.parameter1());
                fields.put("parameter2", message.parameter2());
                fields.put("parameter3", message.parameter3());
                answered(fields, message.statSn(), message.expCmdSn(), message.maxCmdSn());
            }
            case Opcode.SNACK_REQUEST -> {
                SnackRequestPdu snack = new SnackRequestPdu().wrap(bhs);
                fields.put("type", snack.type());
                fields.put("begRun", number(snack.begRun()));
                fields.put("runLength", snack.runLength());
            }
            default -> {}
        }
    }

    // ---- SCSI -------------------------------------------------------------------------------------------------------

    private void scsiCommand(Map<String, Object> fields, ScsiCommandPdu command) {
        byte[] cdb = new byte[CDB_BYTES];
        command.copyCdb(cdb);
        lun(fields, command.lun());
        fields.put("command", commandName(cdb));
        CdbRange range = CdbRange.of(cdb);
        if (range != null) {
            fields.put("lba", Long.toUnsignedString(range.lba()));
            fields.put("blocks", range.blocks());
        }
        fields.put("expectedDataTransferLength", command.expectedDataTransferLength());
        if (command.isWrite() && !command.isFinal()) {
            fields.put("final", false);
        }
        asked(fields, command.cmdSn(), command.expStatSn());
    }

    private String commandName(byte[] cdb) {
        Command command = commands.find(cdb);
        if (command != null) {
            return command.descriptor().name();
        }
        int opcode = cdb[0] & 0xFF;
        return commands.hasServiceActions(opcode)
                ? "opcode %02x service action %02x".formatted(opcode, cdb[1] & 0x1F)
                : "opcode %02x".formatted(opcode);
    }

    private static void scsiResponse(Map<String, Object> fields, ScsiResponsePdu answer, byte[] extra) {
        if (answer.response() != ScsiResponsePdu.COMPLETED_AT_TARGET) {
            fields.put("response", "0x%02x".formatted(answer.response()));
        }
        fields.put("status", status(answer.status()));
        sense(fields, extra);
        residual(fields, answer.isOverflow(), answer.isUnderflow(), answer.residualCount());
        answered(fields, answer.statSn(), answer.expCmdSn(), answer.maxCmdSn());
        fields.put("expDataSn", number(answer.expDataSn()));
    }

    /** Sense key, ASC and ASCQ as SPC-4 lists them: {@code 6/29/00}. */
    private static void sense(Map<String, Object> fields, byte[] extra) {
        int at = SENSE_LENGTH_BYTES;
        if (extra.length < at + 4) {
            return;
        }
        boolean descriptor = (extra[at] & 0x7F) >= 0x72;
        if (descriptor) {
            fields.put("sense", "%x/%02x/%02x".formatted(extra[at + 1] & 0xF, extra[at + 2], extra[at + 3]));
        } else if (extra.length >= at + 14) {
            fields.put("sense", "%x/%02x/%02x".formatted(extra[at + 2] & 0xF, extra[at + 12], extra[at + 13]));
        }
    }

    private static void dataIn(Map<String, Object> fields, DataInPdu data) {
        fields.put("final", data.isFinal());
        fields.put("dataSn", number(data.dataSn()));
        fields.put("bufferOffset", data.bufferOffset());
        if (data.hasStatus()) {
            fields.put("status", status(data.status()));
            residual(fields, data.isOverflow(), data.isUnderflow(), data.residualCount());
            fields.put("statSn", number(data.statSn()));
        }
        fields.put("expCmdSn", number(data.expCmdSn()));
        fields.put("maxCmdSn", number(data.maxCmdSn()));
    }

    private static void dataOut(Map<String, Object> fields, DataOutPdu data) {
        fields.put("final", data.isFinal());
        transferTag(fields, data.targetTransferTag());
        fields.put("dataSn", number(data.dataSn()));
        fields.put("bufferOffset", data.bufferOffset());
        fields.put("expStatSn", number(data.expStatSn()));
    }

    private static void r2t(Map<String, Object> fields, R2tPdu r2t) {
        transferTag(fields, r2t.targetTransferTag());
        fields.put("r2tSn", number(r2t.r2tSn()));
        fields.put("bufferOffset", r2t.bufferOffset());
        fields.put("desiredDataTransferLength", r2t.desiredDataTransferLength());
        answered(fields, r2t.statSn(), r2t.expCmdSn(), r2t.maxCmdSn());
    }

    private static void taskManagement(Map<String, Object> fields, TaskManagementRequestPdu request) {
        fields.put("function", TaskManagementFunction.nameOf(request.function()));
        lun(fields, request.lun());
        if (request.referencedTaskTag() != PduHeader.NO_TAG) {
            fields.put("referencedTaskTag", tag(request.referencedTaskTag()));
            fields.put("refCmdSn", number(request.refCmdSn()));
        }
        asked(fields, request.cmdSn(), request.expStatSn());
    }

    // ---- login ------------------------------------------------------------------------------------------------------

    private static void login(Map<String, Object> fields, LoginRequestPdu login) {
        stages(fields, login.isTransit(), login.isContinue(), login.currentStage(), login.nextStage());
        fields.put("isid", "%012x".formatted(login.isid()));
        fields.put("tsih", login.tsih());
        fields.put("cid", login.cid());
        asked(fields, login.cmdSn(), login.expStatSn());
    }

    private static void loginAnswer(Map<String, Object> fields, LoginResponsePdu login) {
        fields.put("status", "%d/%02x".formatted(login.statusClass(), login.statusDetail()));
        stages(fields, login.isTransit(), login.isContinue(), login.currentStage(), login.nextStage());
        fields.put("tsih", login.tsih());
        answered(fields, login.statSn(), login.expCmdSn(), login.maxCmdSn());
    }

    private static void stages(Map<String, Object> fields, boolean transit, boolean more, int current, int next) {
        fields.put("csg", current);
        if (transit) {
            fields.put("nsg", next);
        }
        if (more) {
            fields.put("continue", true);
        }
    }

    // ---- what many have ---------------------------------------------------------------------------------------------

    private static void asked(Map<String, Object> fields, int cmdSn, int expStatSn) {
        fields.put("cmdSn", number(cmdSn));
        fields.put("expStatSn", number(expStatSn));
    }

    private static void answered(Map<String, Object> fields, int statSn, int expCmdSn, int maxCmdSn) {
        fields.put("statSn", number(statSn));
        fields.put("expCmdSn", number(expCmdSn));
        fields.put("maxCmdSn", number(maxCmdSn));
    }

    private static void lastOrNot(Map<String, Object> fields, boolean isFinal, boolean more) {
        fields.put("final", isFinal);
        if (more) {
            fields.put("continue", true);
        }
    }

    private static void residual(Map<String, Object> fields, boolean overflow, boolean underflow, long count) {
        if (overflow || underflow) {
            fields.put(overflow ? "residualOverflow" : "residualUnderflow", count);
        }
    }

    private static void lun(Map<String, Object> fields, long raw) {
        int number = Lun.number(raw);
        fields.put("lun", number == Lun.NO_SUCH_LUN ? "%016x".formatted(raw) : number);
    }

    private static void transferTag(Map<String, Object> fields, int tag) {
        if (tag != PduHeader.NO_TAG) {
            fields.put("targetTransferTag", tag(tag));
        }
    }

    /** A tag as it is written in traces. */
    public static String tag(int tag) {
        return "%08x".formatted(tag);
    }

    private static long number(int sequenceNumber) {
        return Integer.toUnsignedLong(sequenceNumber);
    }

    private static String status(int status) {
        String name = ScsiStatus.name(status);
        return name == null ? "0x%02x".formatted(status) : name;
    }
}
