package dev.kume.protocol.initiator;

import dev.kume.core.Limits;
import dev.kume.protocol.event.ServerEvent;
import dev.kume.protocol.login.InitiatorLogin;
import dev.kume.protocol.login.InitiatorLoginStep;
import dev.kume.protocol.login.TextException;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.LoginResponsePdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduListener;
import dev.kume.protocol.pdu.PduReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of the initiator: its byte stream in both directions, and its phases. Confined to the loop. */
final class InitiatorConnection extends ChannelInboundHandlerAdapter implements PduListener {
    private static final Logger LOG = LoggerFactory.getLogger(InitiatorConnection.class);

    /** Data segments before the login has declared more, RFC 7143 13.12. */
    private static final int LOGIN_SEGMENT_BYTES = 8_192;

    /** Whom this connection serves. Every connection ends exactly once. */
    interface Owner extends FullFeaturePhase.Owner {
        void onLoggedIn(InitiatorConnection connection, FullFeaturePhase phase, int tsih);

        /** The target answered with another portal; the connection ends next. */
        void onRedirected(InitiatorLoginStep.Redirected redirected);

        /** Answers have come or the network drains: there may be room for more. */
        void onProgress();

        void onEnded(InitiatorConnection connection, InitiatorException why);
    }

    private final Owner owner;
    private final InitiatorLogin login;
    private final long isid;
    private final Limits limits;
    private final WireFilter filter;
    private final SessionNumbers numbers;
    private final int firstTag;
    private final Bhs bhs = new Bhs();
    private final LoginResponsePdu loginResponse = new LoginResponsePdu();
    private final PduReader reader = new PduReader(this, LOGIN_SEGMENT_BYTES);
    private @Nullable Channel channel;
    private @Nullable RequestWriter writer;
    private @Nullable FullFeaturePhase phase;
    private @Nullable TargetPdu pdu;
    private boolean firstResponse = true;
    private boolean inBatch;
    private boolean ended;
    private boolean heard;

    InitiatorConnection(
            Owner owner,
            InitiatorLogin login,
            long isid,
            Limits limits,
            WireFilter filter,
            int firstCmdSn,
            int firstTag) {
        this.owner = owner;
        this.login = login;
        this.isid = isid;
        this.limits = limits;
        this.filter = filter;
        this.firstTag = firstTag;
        numbers = new SessionNumbers(firstCmdSn);
    }

    // ---- channel ----------------------------------------------------------------------------------------------------

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (ended) {
            context.close();
            return;
        }
        channel = context.channel();
        RequestWriter begun = new RequestWriter(context.channel(), filter, numbers);
        writer = begun;
        begun.login(login.begin(), isid, firstTag);
        begun.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        inBatch = true;
        try {
            if (!ended) {
                heard = true;
                filter.incoming(in);
                reader.read(in);
            }
        } catch (InitiatorException wrong) {
            end(wrong);
        } catch (TextException wrong) {
            end(InitiatorException.violation(String.valueOf(wrong.getMessage())));
        } catch (RuntimeException bug) {
            failed(bug);
        } finally {
            inBatch = false;
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        progress();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!inBatch && context.channel().isWritable()) {
            progress();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(new InitiatorException(InitiatorException.Reason.CONNECTION_LOST, "the target closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(new InitiatorException(
                InitiatorException.Reason.CONNECTION_LOST, "connection lost: " + cause.getMessage()));
    }

    private void progress() {
        FullFeaturePhase active = phase;
        if (ended || active == null) {
            return;
        }
        inBatch = true;
        try {
            active.pumpData();
            owner.onProgress();
        } finally {
            inBatch = false;
        }
        flush();
    }

    /** Sends what was written, unless a batch does so at its end. */
    void flush() {
        if (!inBatch && writer != null) {
            writer.flush();
        }
    }

    private void failed(RuntimeException bug) {
        ServerEvent.INITIATOR_BUG.log(LOG, channel, bug);
        end(new InitiatorException(InitiatorException.Reason.CONNECTION_LOST, "internal error: " + bug));
    }

    // ---- its end ----------------------------------------------------------------------------------------------------

    /** Closes the connection, for this reason. */
    void end(InitiatorException why) {
        if (!ended) {
            ended = true;
            reader.close();
            if (channel != null) {
                channel.close();
            }
            owner.onEnded(this, why);
        }
    }

    /**
     * Behaves like a host that lost its power: nothing is read nor sent any more, and nobody is told.
     *
     * @return the channel that is left behind, or null when there is none
     */
    @Nullable
    Channel vanish(InitiatorException why) {
        if (ended) {
            return null;
        }
        ended = true;
        reader.close();
        pauseReading(true);
        owner.onEnded(this, why);
        return channel;
    }

    void pauseReading(boolean pause) {
        if (channel != null) {
            channel.config().setAutoRead(!pause);
        }
    }

    /** True when something has come since the last call. */
    boolean heard() {
        boolean result = heard;
        heard = false;
        return result;
    }

    // ---- PDUs -------------------------------------------------------------------------------------------------------

    @Override
    public void onHeader(ByteBuf buffer, int offsetBytes, int headerBytes, int dataBytes) {
        pdu = null;
        FullFeaturePhase active = phase;
        if (bhs.wrap(buffer, offsetBytes).totalAhsLength() != 0) {
            throw InitiatorException.violation("%s with an additional header".formatted(Opcode.nameOf(bhs.opcode())));
        }
        if (active != null && active.onHeader(buffer, offsetBytes, dataBytes)) {
            return;
        }
        pdu = new TargetPdu(buffer, offsetBytes, dataBytes);
    }

    @Override
    public void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        TargetPdu current = pdu;
        if (current != null) {
            current.add(buffer, offsetBytes, lengthBytes);
        } else if (phase != null) {
            phase.onData(buffer, offsetBytes, lengthBytes);
        }
    }

    @Override
    public void onPduEnd(boolean dataDigestRight) {
        TargetPdu current = pdu;
        FullFeaturePhase active = phase;
        pdu = null;
        if (!dataDigestRight) {
            // RFC 7143 7.8: at error recovery level 0 the session starts anew.
            throw new InitiatorException(InitiatorException.Reason.CONNECTION_LOST, "data digest error");
        }
        if (active == null) {
            onLoginPdu(current);
        } else if (current == null) {
            active.onDataEnd();
        } else {
            active.onPdu(current);
        }
    }

    @Override
    public void onBroken(String why) {
        if (why.equals(PduReader.HEADER_DIGEST_ERROR)) {
            throw new InitiatorException(InitiatorException.Reason.CONNECTION_LOST, why);
        }
        throw InitiatorException.violation(why);
    }

    // ---- login ------------------------------------------------------------------------------------------------------

    private void onLoginPdu(@Nullable TargetPdu current) {
        RequestWriter out = writer;
        if (current == null || out == null || bhs.wrap(current.header, 0).opcode() != Opcode.LOGIN_RESPONSE) {
            throw InitiatorException.violation("%s during login".formatted(Opcode.nameOf(bhs.opcode())));
        }
        loginResponse.wrap(current.header, 0);
        if (loginResponse.initiatorTaskTag() != firstTag) {
            throw InitiatorException.violation("a Login Response that answers nothing");
        }
        if (loginResponse.statusClass() == 0) {
            onLoginNumbers();
        }
        switch (login.onResponse(loginResponse, current.data, 0, current.data.writerIndex())) {
            case InitiatorLoginStep.Send send -> {
                out.login(send, isid, firstTag);
                out.flush();
            }
            case InitiatorLoginStep.Complete complete -> loggedIn(complete, out);
            case InitiatorLoginStep.Refused refused -> throw InitiatorException.refused(refused.status());
            case InitiatorLoginStep.TargetUnproven unproven ->
                throw new InitiatorException(
                        InitiatorException.Reason.TARGET_UNPROVEN, "the target did not prove itself by CHAP");
            case InitiatorLoginStep.Redirected redirected -> {
                owner.onRedirected(redirected);
                end(new InitiatorException(
                        InitiatorException.Reason.CONNECTION_LOST, "redirected to " + redirected.address()));
            }
        }
    }

    private void onLoginNumbers() {
        if (firstResponse) {
            firstResponse = false;
            numbers.firstStatus(loginResponse.statSn());
        } else {
            numbers.onStatus(loginResponse.statSn());
        }
        numbers.onWindow(loginResponse.expCmdSn(), loginResponse.maxCmdSn());
    }

    private void loggedIn(InitiatorLoginStep.Complete complete, RequestWriter out) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        var parameters = complete.parameters();
        reader.negotiated(
                parameters.headerDigest(), parameters.dataDigest(), parameters.initiatorMaxRecvDataSegmentLength());
        out.negotiated(parameters);
        FullFeaturePhase active = new FullFeaturePhase(parameters, numbers, out, open, owner, limits, firstTag);
        phase = active;
        owner.onLoggedIn(this, active, complete.tsih());
    }
}
