package dev.kume.protocol.initiator;

import static dev.kume.protocol.initiator.InitiatorException.Reason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.pdu.AsyncEvent;
import dev.kume.protocol.pdu.AsyncMessagePdu;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.DataOutPdu;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.pdu.LogoutResponsePdu;
import dev.kume.protocol.pdu.NopInPdu;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.R2tPdu;
import dev.kume.protocol.pdu.RejectPdu;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import dev.kume.protocol.pdu.TaskManagementResponse;
import dev.kume.protocol.pdu.TaskManagementResponsePdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The initiator against a target of which the test says every byte. */
final class ScriptedTargetTest {
    private static final SessionSettings SETTINGS = SessionSettings.windows();
    private static final byte[] NO_DATA = {};

    private final ScriptedTarget target = new ScriptedTarget();

    @AfterEach
    void release() {
        target.release();
    }

    private static ScsiCommand read(int bytes) {
        return ScsiCommand.read(0, new byte[] {0x28, 0, 0, 0, 0, 0, 0, 0, (byte) (bytes / 512), 0}, bytes);
    }

    private static ScsiCommand write(byte[] data) {
        return ScsiCommand.write(
                0, new byte[] {0x2A, 0, 0, 0, 0, 0, 0, 0, (byte) (data.length / 512), 0}, ByteBuffer.wrap(data));
    }

    private static byte[] data(int bytes) {
        byte[] data = new byte[bytes];
        new Random(bytes).nextBytes(data);
        return data;
    }

    private static Reason failure(java.util.concurrent.CompletableFuture<?> future) {
        CompletionException thrown = assertThrows(CompletionException.class, future::join);
        return ((InitiatorException) thrown.getCause()).reason();
    }

    private int tag(ByteBuf pdu) {
        return new Bhs().wrap(pdu, 0).initiatorTaskTag();
    }

    private void respond(int tag, int status, int expDataSn, long underflow, byte[] data) {
        target.send(data, buffer -> {
            ScsiResponsePdu pdu = new ScsiResponsePdu().wrap(buffer, 0).begin();
            pdu.initiatorTaskTag(tag)
                    .status(status)
                    .statSn(target.statSn++)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + target.window - 1)
                    .expDataSn(expDataSn)
                    .underflowBit(underflow > 0)
                    .residualCount(underflow);
            return buffer;
        });
    }

    private void dataIn(int tag, int dataSn, int offset, byte[] data, boolean isFinal, boolean status, long underflow) {
        target.send(data, buffer -> {
            new DataInPdu()
                    .wrap(buffer, 0)
                    .begin()
                    .initiatorTaskTag(tag)
                    .dataSn(dataSn)
                    .bufferOffset(offset)
                    .finalBit(isFinal)
                    .statusBit(status)
                    .statSn(status ? target.statSn++ : 0)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + target.window - 1)
                    .underflowBit(underflow > 0)
                    .residualCount(underflow);
            return buffer;
        });
    }

    private void r2t(int tag, int r2tSn, int offset, int length) {
        target.send(NO_DATA, buffer -> {
            new R2tPdu()
                    .wrap(buffer, 0)
                    .begin()
                    .initiatorTaskTag(tag)
                    .targetTransferTag(0x1234)
                    .statSn(target.statSn)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + target.window - 1)
                    .r2tSn(r2tSn)
                    .bufferOffset(offset)
                    .desiredDataTransferLength(length);
            return buffer;
        });
    }

    private void dataOut(byte[] all, int tag, int transferTag, int dataSn, int offset, int length, boolean isFinal) {
        ByteBuf pdu = target.next(Opcode.DATA_OUT);
        DataOutPdu header = new DataOutPdu().wrap(pdu, 0);
        assertEquals(tag, header.initiatorTaskTag());
        assertEquals(transferTag, header.targetTransferTag());
        assertEquals(dataSn, header.dataSn());
        assertEquals(offset, header.bufferOffset());
        assertEquals(isFinal, header.isFinal());
        assertEquals(length, header.dataSegmentLength());
        assertArrayEquals(
                java.util.Arrays.copyOfRange(all, offset, offset + length),
                ByteBufUtil.getBytes(pdu, PduHeader.SIZE_BYTES, length));
    }

    // ---- login ------------------------------------------------------------------------------------------------------

    @Test
    void theFirstLoginRequestIsThis() {
        target.begin(SETTINGS);
        ByteBuf pdu = target.next(Opcode.LOGIN_REQUEST);
        LoginRequestPdu header = new LoginRequestPdu().wrap(pdu, 0);
        String text = "InitiatorName=" + ScriptedTarget.NAME + "\0SessionType=Normal\0TargetName="
                + ScriptedTarget.TARGET + "\0AuthMethod=None\0";
        assertEquals(0, header.isid() & 0xFFFF, "the qualifier counts from 0");
        assertEquals(0x80, header.isid() >>> 40, "random format");
        String expected = "43810000000000%02x".formatted(text.length())
                + "%012x0000".formatted(header.isid())
                + "%08x00010000".formatted(header.initiatorTaskTag())
                + "%08x00000000".formatted(header.cmdSn())
                + "00".repeat(16)
                + ByteBufUtil.hexDump(text.getBytes(StandardCharsets.UTF_8))
                + "00".repeat(PduHeader.paddedLength(text.length()) - text.length());
        assertEquals(expected, ScriptedTarget.hex(pdu));
        target.nothingIsSent();
    }

    @Test
    void whatWasAgreedOnHolds() {
        InitiatorSession session = target.loggedIn(SETTINGS);
        assertEquals(1024, session.parameters().targetMaxRecvDataSegmentLength());
        assertEquals(65_536, session.parameters().initiatorMaxRecvDataSegmentLength());
        assertEquals(2048, session.parameters().firstBurstLength());
        assertFalse(session.parameters().initialR2T());
        assertEquals(7, session.tsih());
    }

    @Test
    void textThatComesInPiecesIsPutTogether() {
        var login = target.begin(SETTINGS);
        LoginRequestPdu first = new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0);
        target.expCmdSn = first.cmdSn();
        target.send("AuthMe".getBytes(StandardCharsets.UTF_8), buffer -> {
            target.loginHeader(first, buffer).continueBit(true);
            return buffer;
        });
        LoginRequestPdu empty = new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0);
        assertEquals(0, empty.dataSegmentLength());
        assertFalse(empty.isTransit());
        target.send("thod=None\0".getBytes(StandardCharsets.UTF_8), buffer -> {
            target.loginHeader(first, buffer);
            return buffer;
        });
        LoginRequestPdu third = new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0);
        assertTrue(third.isTransit());
        target.login(third, 0, 1, "", 0);
        target.login(new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0), 1, 3, ScriptedTarget.ANSWERS, 7);
        assertEquals(InitiatorSession.State.LOGGED_IN, login.join().state());
    }

    @Test
    void anAnswerThatTheOfferDoesNotAllowEndsTheLogin() {
        for (String wrong : List.of(
                ScriptedTarget.ANSWERS.replace("MaxBurstLength=4096", "MaxBurstLength=4194304"),
                ScriptedTarget.ANSWERS.replace("ErrorRecoveryLevel=0", "ErrorRecoveryLevel=1"),
                ScriptedTarget.ANSWERS.replace("HeaderDigest=None", "HeaderDigest=MD4"),
                ScriptedTarget.ANSWERS.replace("DataPDUInOrder=Yes", "DataPDUInOrder=No"),
                ScriptedTarget.ANSWERS.replace("MaxRecvDataSegmentLength=1024", "MaxRecvDataSegmentLength=100"),
                ScriptedTarget.ANSWERS.replace("InitialR2T=No\0", ""),
                ScriptedTarget.ANSWERS + "ImmediateData=Yes\0",
                ScriptedTarget.ANSWERS + "SendTargets=All\0")) {
            ScriptedTarget each = new ScriptedTarget();
            var login = each.begin(SETTINGS);
            LoginRequestPdu first = new LoginRequestPdu().wrap(each.next(Opcode.LOGIN_REQUEST), 0);
            each.expCmdSn = first.cmdSn();
            each.login(first, 0, 1, "AuthMethod=None\0", 0);
            each.login(new LoginRequestPdu().wrap(each.next(Opcode.LOGIN_REQUEST), 0), 1, 3, wrong, 7);
            assertEquals(Reason.PROTOCOL_VIOLATION, failure(login), wrong);
            assertFalse(each.channel().isOpen());
            each.release();
        }
    }

    @Test
    void aRedirectionIsFollowedOnce() {
        var login = target.begin(SETTINGS);
        for (String to : List.of("[2001:db8::1]:3261,2", "10.0.0.9")) {
            LoginRequestPdu first = new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0);
            target.expCmdSn = first.cmdSn();
            target.send(("TargetAddress=" + to + "\0").getBytes(StandardCharsets.UTF_8), buffer -> {
                target.loginHeader(first, buffer).status(LoginStatus.TARGET_MOVED_TEMPORARILY);
                return buffer;
            });
        }
        assertEquals(
                List.of(new InetSocketAddress("10.0.0.1", 3260), new InetSocketAddress("2001:db8::1", 3261)),
                target.portals);
        assertEquals(Reason.PROTOCOL_VIOLATION, failure(login));
    }

    @Test
    void aLoginThatTakesTooLongIsGivenUp() {
        var login = target.begin(SETTINGS);
        target.time.pass(Duration.ofSeconds(16));
        assertEquals(Reason.CONNECTION_LOST, failure(login));
        assertFalse(target.channel().isOpen());
    }

    // ---- commands ---------------------------------------------------------------------------------------------------

    @Test
    void dataAndStatusInOnePdu() {
        var result = target.loggedIn(SETTINGS).execute(read(1024));
        ScsiCommandPdu command = new ScsiCommandPdu().wrap(target.nextCommand(), 0);
        assertTrue(command.isRead() && command.isFinal() && !command.isWrite());
        assertEquals(1024, command.expectedDataTransferLength());
        byte[] data = data(700);
        dataIn(command.initiatorTaskTag(), 0, 0, data, true, true, 324);
        assertEquals(ByteBuffer.wrap(data), result.join().dataIn());
        assertEquals(-324, result.join().residual());
        assertTrue(target.violations.isEmpty());
    }

    @Test
    void writeDataGoesAsTheParametersSay() {
        byte[] data = data(8192);
        var result = target.loggedIn(SETTINGS).execute(write(data));
        ByteBuf command = target.nextCommand();
        int tag = tag(command);
        assertFalse(new ScsiCommandPdu().wrap(command, 0).isFinal());
        assertEquals(1024, new Bhs().wrap(command, 0).dataSegmentLength(), "immediate data");
        dataOut(data, tag, PduHeader.NO_TAG, 0, 1024, 1024, true);
        target.nothingIsSent();
        r2t(tag, 0, 2048, 4096);
        for (int i = 0; i < 4; i++) {
            dataOut(data, tag, 0x1234, i, 2048 + i * 1024, 1024, i == 3);
        }
        r2t(tag, 1, 6144, 2048);
        dataOut(data, tag, 0x1234, 0, 6144, 1024, false);
        dataOut(data, tag, 0x1234, 1, 7168, 1024, true);
        respond(tag, 0, 2, 0, NO_DATA);
        assertTrue(result.join().isGood());
        assertTrue(target.violations.isEmpty());
    }

    @Test
    void senseDataIsTakenFromBehindItsLength() {
        var result = target.loggedIn(SETTINGS).execute(read(512));
        byte[] sense = new byte[20];
        ByteBuffer.wrap(sense)
                .putShort((short) 18)
                .put((byte) 0x70)
                .put(4, (byte) 6)
                .put(14, (byte) 0x29);
        respond(tag(target.nextCommand()), 2, 0, 512, sense);
        assertEquals(6, result.join().senseKey());
        assertEquals(0x2900, result.join().additionalSense());
    }

    @Test
    void noMoreCommandsThanTheWindowHas() {
        target.window = 2;
        InitiatorSession session = target.loggedIn(SETTINGS);
        var results = List.of(session.execute(read(512)), session.execute(read(512)), session.execute(read(512)));
        int first = tag(target.nextCommand());
        target.nextCommand();
        target.nothingIsSent();
        dataIn(first, 0, 0, data(512), true, true, 0);
        assertTrue(results.getFirst().isDone());
        target.nextCommand();
        target.nothingIsSent();
    }

    @Test
    void moreRequestsThanTheQueueHoldsAreRefused() {
        InitiatorSession session = target.loggedIn(SETTINGS.withRequestsMax(3));
        for (int i = 0; i < 3; i++) {
            assertFalse(session.execute(read(512)).isDone());
        }
        assertEquals(Reason.QUEUE_FULL, failure(session.execute(read(512))));
    }

    @Test
    void aLongCdbTravelsInAnAdditionalHeader() {
        byte[] cdb = data(32);
        target.loggedIn(SETTINGS).execute(ScsiCommand.read(0, cdb, 0));
        ByteBuf pdu = target.nextCommand();
        assertEquals(5, new Bhs().wrap(pdu, 0).totalAhsLength());
        assertArrayEquals(java.util.Arrays.copyOf(cdb, 16), ByteBufUtil.getBytes(pdu, 32, 16));
        assertEquals("00110100", ByteBufUtil.hexDump(pdu, 48, 4));
        assertArrayEquals(java.util.Arrays.copyOfRange(cdb, 16, 32), ByteBufUtil.getBytes(pdu, 52, 16));
    }

    // ---- violations -------------------------------------------------------------------------------------------------

    /** What a target must not do to a command that reads 1024 bytes or writes 8192. */
    private interface Crime {
        void commit(ScriptedTargetTest test, int tag);
    }

    private void isViolation(ScsiCommand command, String word, Crime crime) {
        ScriptedTargetTest each = new ScriptedTargetTest();
        each.target.loggedIn(SETTINGS).execute(command);
        int tag = each.tag(each.target.nextCommand());
        if (command.dataInLength() == 0) {
            each.target.next(Opcode.DATA_OUT);
        }
        crime.commit(each, tag);
        assertEquals(1, each.target.violations.size(), word);
        assertTrue(each.target.violations.getFirst().contains(word), each.target.violations::toString);
        assertFalse(each.target.channel().isOpen(), "nothing is to be had from such a target");
        each.release();
    }

    @Test
    void whatATargetMustNotDoToARead() {
        ScsiCommand read = read(1024);
        byte[] half = data(512);
        isViolation(read, "DataSN", (test, tag) -> test.dataIn(tag, 1, 0, half, false, false, 0));
        isViolation(read, "Data-In at", (test, tag) -> test.dataIn(tag, 0, 512, half, false, false, 0));
        isViolation(read, "more than were expected", (test, tag) -> test.dataIn(tag, 0, 0, data(1536), true, false, 0));
        isViolation(read, "not final", (test, tag) -> test.dataIn(tag, 0, 0, data(1024), false, true, 0));
        isViolation(read, "the residual says", (test, tag) -> test.dataIn(tag, 0, 0, half, true, true, 0));
        isViolation(read, "does not exist", (test, tag) -> test.dataIn(tag + 1, 0, 0, half, false, false, 0));
        isViolation(read, "ExpDataSN", (test, tag) -> test.respond(tag, 0, 3, 1024, NO_DATA));
        isViolation(read, "a residual of", (test, tag) -> test.respond(tag, 0, 0, 2048, NO_DATA));
        isViolation(read, "does not write", (test, tag) -> test.r2t(tag, 0, 0, 512));
        isViolation(read, "sense data longer", (test, tag) -> test.respond(tag, 2, 0, 1024, new byte[] {0, 9, 1}));
        isViolation(read, "StatSN", (test, tag) -> {
            test.target.statSn++;
            test.respond(tag, 0, 0, 1024, NO_DATA);
        });
        isViolation(read, "ExpCmdSN", (test, tag) -> {
            test.target.expCmdSn += 5;
            test.respond(tag, 0, 0, 1024, NO_DATA);
        });
        isViolation(read, "MaxCmdSN", (test, tag) -> {
            test.target.window = -5;
            test.respond(tag, 0, 0, 1024, NO_DATA);
        });
        isViolation(read, "answers nothing", (test, tag) -> test.pingAnswer(99));
        isViolation(
                read,
                "full feature phase",
                (test, tag) -> test.target.send(NO_DATA, buffer -> {
                    new Bhs().wrap(buffer, 0).opcode(0x2F);
                    return buffer;
                }));
    }

    @Test
    void whatATargetMustNotDoToAWrite() {
        ScsiCommand write = write(data(8192));
        isViolation(write, "R2TSN", (test, tag) -> test.r2t(tag, 1, 2048, 512));
        isViolation(write, "an R2T at", (test, tag) -> test.r2t(tag, 0, 1024, 512));
        isViolation(write, "an R2T for", (test, tag) -> test.r2t(tag, 0, 2048, 0));
        isViolation(write, "an R2T for", (test, tag) -> test.r2t(tag, 0, 2048, 4608));
        isViolation(write, "beyond the transfer", (test, tag) -> {
            test.r2t(tag, 0, 2048, 4096);
            test.r2t(tag, 1, 6144, 4096);
        });
        isViolation(write, "good status", (test, tag) -> test.respond(tag, 0, 0, 0, NO_DATA));
        isViolation(write, "does not read", (test, tag) -> test.dataIn(tag, 0, 0, data(4), false, false, 0));
    }

    // ---- pings, messages, rejects -----------------------------------------------------------------------------------

    private void pingAnswer(int tag) {
        target.send(NO_DATA, buffer -> {
            new NopInPdu()
                    .wrap(buffer, 0)
                    .begin()
                    .initiatorTaskTag(tag)
                    .targetTransferTag(PduHeader.NO_TAG)
                    .statSn(target.statSn++)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + target.window - 1);
            return buffer;
        });
    }

    @Test
    void aPingOfTheTargetIsAnsweredWithItsTagAndLun() {
        target.loggedIn(SETTINGS);
        target.send(NO_DATA, buffer -> {
            new NopInPdu()
                    .wrap(buffer, 0)
                    .begin()
                    .lun(0x0005_0000_0000_0000L)
                    .initiatorTaskTag(PduHeader.NO_TAG)
                    .targetTransferTag(77)
                    .statSn(target.statSn)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + 3);
            return buffer;
        });
        NopOutPdu answer = new NopOutPdu().wrap(target.next(Opcode.NOP_OUT), 0);
        assertEquals(77, answer.targetTransferTag());
        assertEquals(PduHeader.NO_TAG, answer.initiatorTaskTag());
        assertEquals(0x0005_0000_0000_0000L, answer.lun());
        assertTrue(answer.isImmediate());
        assertEquals(target.expCmdSn, answer.cmdSn());
    }

    @Test
    void aTargetThatAnswersNoPingIsLeft() {
        target.loggedIn(SETTINGS.withTimes(SessionTimes.WINDOWS.withPing(Duration.ofSeconds(5))));
        target.time.pass(Duration.ofSeconds(6));
        pingAnswer(tag(target.next(Opcode.NOP_OUT)));
        target.time.pass(Duration.ofSeconds(8));
        target.next(Opcode.NOP_OUT);
        assertTrue(target.channel().isOpen());
        target.time.pass(Duration.ofSeconds(6));
        assertEquals(List.of("no answer to a NOP-Out"), target.losses);
    }

    private void async(int event, int parameter2, int parameter3) {
        target.send(NO_DATA, buffer -> {
            new AsyncMessagePdu()
                    .wrap(buffer, 0)
                    .begin()
                    .asyncEvent(event)
                    .parameter2(parameter2)
                    .parameter3(parameter3)
                    .statSn(target.statSn++)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + target.window - 1);
            return buffer;
        });
    }

    @Test
    void whenTheTargetAsksForALogoutWhatRunsEndsFirstAndTheSessionReturns() {
        InitiatorSession session = target.loggedIn(SETTINGS);
        var running = session.execute(read(512));
        int tag = tag(target.nextCommand());
        async(AsyncEvent.TARGET_REQUESTS_LOGOUT, 0, 10);
        var held = session.execute(read(512));
        target.nothingIsSent();
        dataIn(tag, 0, 0, data(512), true, true, 0);
        assertTrue(running.isDone());
        int logout = tag(target.next(Opcode.LOGOUT_REQUEST));
        target.send(NO_DATA, buffer -> {
            new LogoutResponsePdu()
                    .wrap(buffer, 0)
                    .begin()
                    .initiatorTaskTag(logout)
                    .statSn(target.statSn++)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + 3);
            return buffer;
        });
        assertFalse(target.channel().isOpen());
        assertEquals(1, target.channels.size());
        target.time.pass(Duration.ofSeconds(5));
        target.acceptLogin();
        dataIn(tag(target.nextCommand()), 0, 0, data(512), true, true, 0);
        assertTrue(held.join().isGood());
        assertTrue(target.violations.isEmpty());
    }

    @Test
    void aDropNoticeIsObeyedAndItsTimeHonoured() {
        target.loggedIn(SETTINGS);
        async(AsyncEvent.DROP_CONNECTION, 20, 0);
        assertFalse(target.channel().isOpen());
        target.time.pass(Duration.ofSeconds(19));
        assertEquals(1, target.channels.size());
        target.time.pass(Duration.ofSeconds(2));
        assertEquals(2, target.channels.size());
        assertEquals(List.of(AsyncEvent.DROP_CONNECTION), target.messages);
    }

    @Test
    void aRejectedCommandFails() {
        var result = target.loggedIn(SETTINGS).execute(read(512));
        byte[] header = ByteBufUtil.getBytes(target.nextCommand(), 0, PduHeader.SIZE_BYTES);
        target.send(header, buffer -> {
            new RejectPdu()
                    .wrap(buffer, 0)
                    .begin()
                    .reason(RejectReason.INVALID_PDU_FIELD)
                    .statSn(target.statSn++)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + 3);
            return buffer;
        });
        assertEquals(Reason.REJECTED, failure(result));
        assertTrue(target.channel().isOpen());
    }

    // ---- recovery ---------------------------------------------------------------------------------------------------

    @Test
    void whatWasNotAnsweredIsSentAgainInItsOrder() {
        InitiatorSession session = target.loggedIn(SETTINGS);
        byte[] data = data(512);
        var first = session.execute(write(data));
        var second = session.execute(read(512));
        target.nextCommand();
        target.nextCommand();
        target.channel().close();
        var third = session.execute(read(512));
        target.time.pass(Duration.ofMillis(4_900));
        assertEquals(1, target.channels.size(), "not before five seconds");
        target.time.pass(Duration.ofMillis(200));
        LoginRequestPdu again = new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0);
        assertEquals(session.isid(), again.isid());
        assertEquals(0, again.tsih());
        target.expCmdSn = again.cmdSn();
        target.login(again, 0, 1, "AuthMethod=None\0", 0);
        target.login(new LoginRequestPdu().wrap(target.next(Opcode.LOGIN_REQUEST), 0), 1, 3, ScriptedTarget.ANSWERS, 8);
        ByteBuf write = target.nextCommand();
        assertArrayEquals(data, ByteBufUtil.getBytes(write, PduHeader.SIZE_BYTES, 512));
        respond(tag(write), 0, 0, 0, NO_DATA);
        for (int i = 0; i < 2; i++) {
            dataIn(tag(target.nextCommand()), 0, 0, data, true, true, 0);
        }
        assertTrue(
                first.join().isGood() && second.join().isGood() && third.join().isGood());
        assertEquals(2, session.statistics().reissued());
    }

    @Test
    void requestsAreHeldForAMinuteAndLoginsTriedForEver() {
        InitiatorSession session = target.loggedIn(SETTINGS);
        var held = session.execute(read(512));
        target.nextCommand();
        target.channel().close();
        for (int second = 0; second < 59; second++) {
            target.time.pass(Duration.ofSeconds(1));
            target.close();
        }
        assertFalse(held.isDone());
        assertEquals(12, target.channels.size(), "one connection each five seconds");
        target.time.pass(Duration.ofSeconds(2));
        target.close();
        assertEquals(Reason.HELD_TOO_LONG, failure(held));
        assertEquals(Reason.HELD_TOO_LONG, failure(session.execute(read(512))));
        target.time.pass(Duration.ofMinutes(10));
        for (int second = 0; second < 10 && !target.channel().isOpen(); second++) {
            target.time.pass(Duration.ofSeconds(1));
        }
        target.acceptLogin();
        assertEquals(InitiatorSession.State.LOGGED_IN, session.state());
        var alive = session.execute(read(512));
        dataIn(tag(target.nextCommand()), 0, 0, data(512), true, true, 0);
        assertTrue(alive.join().isGood());
    }

    @Test
    void anUnansweredCommandResetsTheUnitThenTheTargetThenTheConnection() {
        target.loggedIn(SETTINGS).execute(read(512));
        target.nextCommand();
        target.time.pass(Duration.ofSeconds(62));
        ByteBuf reset = target.next(Opcode.TASK_MANAGEMENT_REQUEST);
        assertEquals(
                TaskManagementFunction.LOGICAL_UNIT_RESET,
                new TaskManagementRequestPdu().wrap(reset, 0).function());
        target.time.pass(Duration.ofSeconds(16));
        ByteBuf warm = target.next(Opcode.TASK_MANAGEMENT_REQUEST);
        assertEquals(
                TaskManagementFunction.TARGET_WARM_RESET,
                new TaskManagementRequestPdu().wrap(warm, 0).function());
        target.time.pass(Duration.ofSeconds(16));
        assertEquals(List.of("a command stays unanswered, and so do resets"), target.losses);
    }

    @Test
    void aResetEndsTheTasksThatCameBeforeIt() {
        InitiatorSession session = target.loggedIn(SETTINGS);
        var before = session.execute(read(512));
        target.nextCommand();
        var answer = session.manage(TaskManagementFunction.LOGICAL_UNIT_RESET, 0);
        int tag = tag(target.next(Opcode.TASK_MANAGEMENT_REQUEST));
        var after = session.execute(read(512));
        target.nextCommand();
        target.send(NO_DATA, buffer -> {
            new TaskManagementResponsePdu()
                    .wrap(buffer, 0)
                    .begin()
                    .initiatorTaskTag(tag)
                    .response(TaskManagementResponse.FUNCTION_COMPLETE)
                    .statSn(target.statSn++)
                    .expCmdSn(target.expCmdSn)
                    .maxCmdSn(target.expCmdSn + 3);
            return buffer;
        });
        assertEquals(TaskManagementResponse.FUNCTION_COMPLETE, answer.join());
        assertEquals(Reason.TASK_ENDED, failure(before));
        assertFalse(after.isDone());
    }
}
