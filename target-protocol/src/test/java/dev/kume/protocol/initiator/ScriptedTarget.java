package dev.kume.protocol.initiator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LoginResponsePdu;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** An initiator in the test's thread, and a target of which the test says every byte. No digests. */
final class ScriptedTarget {
    static final String NAME = "iqn.1991-05.com.microsoft:hv-node1";
    static final String TARGET = "iqn.2026-11.dev.kume:hv-node1";
    static final String ANSWERS = "HeaderDigest=None\0DataDigest=None\0ErrorRecoveryLevel=0\0InitialR2T=No\0"
            + "ImmediateData=Yes\0MaxRecvDataSegmentLength=1024\0MaxBurstLength=4096\0FirstBurstLength=2048\0"
            + "MaxConnections=1\0MaxOutstandingR2T=1\0DataPDUInOrder=Yes\0DataSequenceInOrder=Yes\0"
            + "DefaultTime2Wait=0\0DefaultTime2Retain=0\0";

    final ManualTime time = new ManualTime();
    final List<EmbeddedChannel> channels = new ArrayList<>();
    final List<InetSocketAddress> portals = new ArrayList<>();
    final List<String> violations = new ArrayList<>();
    final List<String> losses = new ArrayList<>();
    final List<Integer> messages = new ArrayList<>();
    final Initiator initiator = new Initiator(
            NAME,
            time,
            (portal, handler) -> {
                EmbeddedChannel channel = new EmbeddedChannel(handler);
                channels.add(channel);
                portals.add((InetSocketAddress) portal);
                return channel.newSucceededFuture();
            },
            time,
            new Random(5));
    int statSn = 0x7FFFFFFE;
    int expCmdSn;

    /** Windows inside of which commands are taken: as many as this. */
    int window = 4;

    private final SessionListener listener = new SessionListener() {
        @Override
        public void onViolation(InitiatorSession session, String what) {
            violations.add(what);
        }

        @Override
        public void onLost(InitiatorSession session, InitiatorException why) {
            losses.add(why.getMessage());
        }

        @Override
        public void onAsyncMessage(InitiatorSession session, int event) {
            messages.add(event);
        }
    };

    java.util.concurrent.CompletableFuture<InitiatorSession> begin(SessionSettings settings) {
        return initiator.login(TARGET, new InetSocketAddress("10.0.0.1", 3260), settings, listener);
    }

    /** A session that is logged in. */
    InitiatorSession loggedIn(SessionSettings settings) {
        var login = begin(settings);
        acceptLogin();
        return login.join();
    }

    void acceptLogin() {
        LoginRequestPdu first = new LoginRequestPdu().wrap(next(Opcode.LOGIN_REQUEST), 0);
        expCmdSn = first.cmdSn();
        login(first, 0, 1, "AuthMethod=None\0TargetPortalGroupTag=1\0", 0);
        LoginRequestPdu second = new LoginRequestPdu().wrap(next(Opcode.LOGIN_REQUEST), 0);
        login(second, 1, 3, ANSWERS, 7);
    }

    void login(LoginRequestPdu request, int currentStage, int nextStage, String text, int tsih) {
        send(text.getBytes(StandardCharsets.UTF_8), buffer -> {
            loginHeader(request, buffer)
                    .transitBit(true)
                    .currentStage(currentStage)
                    .nextStage(nextStage)
                    .tsih(tsih);
            return buffer;
        });
    }

    LoginResponsePdu loginHeader(LoginRequestPdu request, ByteBuf buffer) {
        return new LoginResponsePdu()
                .wrap(buffer, 0)
                .begin()
                .isid(request.isid())
                .initiatorTaskTag(request.initiatorTaskTag())
                .statSn(statSn++)
                .expCmdSn(expCmdSn)
                .maxCmdSn(expCmdSn + window - 1)
                .status(LoginStatus.SUCCESS);
    }

    EmbeddedChannel channel() {
        return channels.getLast();
    }

    /** Closes the connection, if there is one. */
    void close() {
        if (channel().isOpen()) {
            channel().close();
        }
        channel().releaseOutbound();
    }

    /** Gives back what nobody looked at. */
    void release() {
        channels.forEach(EmbeddedChannel::releaseOutbound);
    }

    /** The next PDU of the initiator: header and data as they left. */
    ByteBuf next(int opcode) {
        ByteBuf pdu = channel().readOutbound();
        assertNotNull(pdu, "the initiator sends nothing");
        assertEquals(Opcode.nameOf(opcode), Opcode.nameOf(new Bhs().wrap(pdu, 0).opcode()));
        ByteBuf copy = Unpooled.copiedBuffer(pdu);
        pdu.release();
        return copy;
    }

    /** The next PDU that takes a CmdSN. */
    ByteBuf nextCommand() {
        ByteBuf pdu = next(Opcode.SCSI_COMMAND);
        assertEquals(expCmdSn, new Bhs().wrap(pdu, 0).cmdSn());
        expCmdSn++;
        return pdu;
    }

    void nothingIsSent() {
        assertNull(channel().readOutbound());
    }

    /** Sends a PDU with this data; the header is filled in by the test. */
    void send(byte[] data, UnaryOperator<ByteBuf> header) {
        ByteBuf pdu = Unpooled.buffer().writeZero(PduHeader.SIZE_BYTES + PduHeader.paddedLength(data.length));
        header.apply(pdu);
        new Bhs().wrap(pdu, 0).dataSegmentLength(data.length);
        pdu.setBytes(PduHeader.SIZE_BYTES, data);
        channel().writeInbound(pdu);
    }

    static String hex(ByteBuf pdu) {
        return ByteBufUtil.hexDump(pdu, 0, pdu.writerIndex());
    }
}
