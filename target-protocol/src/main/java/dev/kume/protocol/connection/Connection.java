package dev.kume.protocol.connection;

import dev.kume.protocol.login.LoginResult;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduListener;
import dev.kume.protocol.pdu.PduReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One iSCSI connection, which is one session (MaxConnections=1). Confined to its event loop.
 *
 * <p>It owns the byte stream in both directions and the phases of RFC 7143 8.1; what PDUs mean is in {@link LoginPhase}
 * and {@link FullFeature}.
 */
public final class Connection extends ChannelInboundHandlerAdapter implements PduListener {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Data segments before the login has declared more, RFC 7143 13.12. */
    private static final int LOGIN_SEGMENT_BYTES = 8_192;

    /** A connection that is being closed politely is cut after this. */
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long MEMORY_RETRY_MILLIS = 5;

    private enum Phase {
        LOGIN,
        FULL_FEATURE,
        /** Everything has been said; the last bytes are on their way out. */
        CLOSING,
        CLOSED
    }

    private final ServerContext server;
    private final LoopContext loop;
    private final Channel channel;
    private final Output output;
    private final PduReader reader;
    private final Bhs bhs = new Bhs();
    private final long id;
    private final InetSocketAddress peer;
    private final InetSocketAddress local;
    private final Instant since;
    private final LoginPhase login;
    private Phase phase = Phase.LOGIN;
    private @Nullable FullFeature fullFeature;
    private boolean inBatch;
    private boolean flushAsked;
    private boolean retryAsked;
    private boolean channelClosed;
    private long bytesToDrain;
    private boolean producing;
    private boolean paused;
    private boolean heard = true;
    private long deadlineNanos;
    private @Nullable ControlPdu control;
    private final List<Runnable> whenEnded = new ArrayList<>(1);

    private Connection(
            ServerContext server, LoopContext loop, Channel channel, InetSocketAddress peer, PortalGroup portalGroup) {
        this.server = server;
        this.loop = loop;
        this.channel = channel;
        this.peer = peer;
        this.local = (InetSocketAddress) channel.localAddress();
        this.id = server.nextConnectionId();
        this.since = server.clock().now();
        this.output = new Output(channel, loop);
        this.reader = new PduReader(this, LOGIN_SEGMENT_BYTES);
        this.login = new LoginPhase(this, server, portalGroup);
        this.deadlineNanos = loop.clock().nanoTime() + login.timeLimitNanos();
        // The news may come out of a flush of our own, in the middle of a task: that one is let come to its end.
        channel.closeFuture().addListener(closed -> execute(this::onChannelClosed));
    }

    /**
     * Takes an accepted channel on, or closes it when there are too many. On the channel's loop.
     *
     * @return the connection, to be the channel's only handler, or null
     */
    public static @Nullable Connection accept(
            ServerContext server, LoopContext loop, Channel channel, PortalGroup portalGroup) {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        if (peer == null || !server.enter(peer.getAddress())) {
            LOG.warn("{}: connection refused: too many connections or logins at once", peer);
            return null;
        }
        channel.config().setRecvByteBufAllocator(new LoopReceive(loop));
        Connection connection = new Connection(server, loop, channel, peer, portalGroup);
        loop.add(connection);
        return connection;
    }

    // ---- bytes in and out -------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        heard = true;
        inBatch = true;
        try {
            reader.read(in);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        inBatch = false;
        output.flush();
        pauseOrResume();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        FullFeature feature = fullFeature;
        if (feature != null && !producing && phase == Phase.FULL_FEATURE) {
            producing = true;
            try {
                // A flush may drain everything, which tells nobody while we are here.
                while (channel.isWritable() && feature.hasMoreToProduce()) {
                    feature.produceMore();
                    output.flush();
                }
            } finally {
                producing = false;
            }
        }
        if (!inBatch) {
            pauseOrResume();
        }
    }

    /**
     * Input is paused while output waits. It is paused too while memory for write data is short, but not for a session
     * that has data on its way in: memory comes free when that has arrived.
     */
    private void pauseOrResume() {
        boolean pause = !channel.isWritable() || (memoryIsShort() && !expectsData());
        if (pause == paused) {
            return;
        }
        paused = pause;
        channel.config().setAutoRead(!pause);
        if (pause && channel.isWritable()) {
            lacksMemory();
        }
    }

    private boolean memoryIsShort() {
        return loop.dataOut().takenBytes() > loop.dataOut().limitBytes();
    }

    private boolean expectsData() {
        FullFeature feature = fullFeature;
        return feature != null && feature.expectsData();
    }

    /** Looks again soon whether memory is there: another loop may give it back. */
    void lacksMemory() {
        if (!retryAsked) {
            retryAsked = true;
            loop.after(MEMORY_RETRY_MILLIS, TimeUnit.MILLISECONDS, this::retryForMemory);
        }
    }

    private void retryForMemory() {
        retryAsked = false;
        FullFeature feature = fullFeature;
        if (phase != Phase.FULL_FEATURE || feature == null) {
            return;
        }
        try {
            boolean waits = feature.retryForMemory();
            output.flush();
            pauseOrResume();
            if (waits || (paused && channel.isWritable())) {
                lacksMemory();
            }
        } catch (RuntimeException | Error bug) {
            failed(bug);
        }
    }

    /** Output was added outside of a receive batch: it leaves at the end of this turn. */
    void touched() {
        if (!inBatch && !flushAsked) {
            flushAsked = true;
            loop.flushLater(this);
        }
    }

    /** The turn in which disk threads handed work back is over. */
    void endOfTurn() {
        flushAsked = false;
        output.flush();
        pauseOrResume();
    }

    /** Sends what was added by something else than input or disks. */
    void flushNow() {
        if (!inBatch) {
            output.flush();
        }
    }

    // ---- PDUs -------------------------------------------------------------------------------------------------------

    @Override
    public void onHeader(ByteBuf buffer, int offsetBytes, int headerBytes, int dataBytes) {
        control = null;
        FullFeature feature = fullFeature;
        if (phase == Phase.FULL_FEATURE && feature != null) {
            if (feature.onHeader(buffer, offsetBytes, dataBytes)) {
                return;
            }
        } else if (phase != Phase.LOGIN || bhs.wrap(buffer, offsetBytes).opcode() != Opcode.LOGIN_REQUEST) {
            close("protocol error: PDU 0x%02x during login"
                    .formatted(bhs.wrap(buffer, offsetBytes).opcode()));
            return;
        }
        control = new ControlPdu(buffer, offsetBytes, dataBytes);
    }

    @Override
    public void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        ControlPdu pdu = control;
        if (pdu != null) {
            pdu.add(buffer, offsetBytes, lengthBytes);
        } else if (phase == Phase.FULL_FEATURE && fullFeature != null) {
            fullFeature.onData(buffer, offsetBytes, lengthBytes);
        }
    }

    @Override
    public void onPduEnd(boolean dataDigestRight) {
        ControlPdu pdu = control;
        control = null;
        FullFeature feature = fullFeature;
        if (phase == Phase.FULL_FEATURE && feature != null) {
            feature.onPduEnd(pdu, dataDigestRight);
        } else if (phase == Phase.LOGIN && pdu != null) {
            login.onRequest(pdu);
        }
    }

    @Override
    public void onBroken(String why) {
        close("protocol error: " + why);
    }

    // ---- phases -----------------------------------------------------------------------------------------------------

    /** The login is agreed on and the nexus is ours: the last Login Response has been added. */
    void loggedIn(LoginResult.Complete result, CommandWindow window, int tsih, @Nullable Target target) {
        server.loginOver(peer.getAddress());
        var parameters = result.parameters();
        reader.negotiated(
                parameters.headerDigest(), parameters.dataDigest(), parameters.targetMaxRecvDataSegmentLength());
        PduWriter writer = new PduWriter(output, window, parameters.headerDigest(), parameters.dataDigest());
        fullFeature = new FullFeature(this, server, login.portalGroup(), result, writer, window, output, tsih, target);
        phase = Phase.FULL_FEATURE;
        deadlineNanos = 0;
    }

    boolean inFullFeature() {
        return phase == Phase.FULL_FEATURE;
    }

    /** The task's slot is free: data that still comes for it is dropped. */
    void forget(IscsiTask task) {
        FullFeature feature = fullFeature;
        if (feature != null) {
            feature.forget(task);
        }
    }

    /** Everybody who is logged in to our target goes, RFC 7143 11.5.1: TARGET COLD RESET. */
    void coldReset() {
        Target reset = target();
        if (reset != null) {
            output.flush();
            server.closeSessions(reset, "target cold reset");
        }
    }

    int tsih() {
        return login.tsih();
    }

    boolean loggingIn() {
        return phase == Phase.LOGIN;
    }

    /** Another login has taken this nexus over. Any thread. */
    void reinstated() {
        execute(() -> close("session reinstated by a new login"));
    }

    /** Runs something of this connection on its loop; an error of our own in it drops the connection. Any thread. */
    void execute(Runnable action) {
        loop.port().execute(() -> {
            try {
                action.run();
            } catch (RuntimeException | Error bug) {
                failed(bug);
            }
        });
    }

    /** Sends what waits, then closes; cut when that takes too long. */
    public void closeAfterFlush(String why) {
        if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
            return;
        }
        output.flush();
        deadlineNanos = loop.clock().nanoTime() + CLOSING_NANOS;
        end(why);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Closes at once. */
    public void close(String why) {
        try {
            if (phase != Phase.CLOSING && phase != Phase.CLOSED) {
                end(why);
            }
        } finally {
            channel.close();
        }
    }

    private void end(String why) {
        boolean wasLogin = phase == Phase.LOGIN;
        phase = Phase.CLOSING;
        control = null;
        reader.close();
        output.close();
        if (wasLogin) {
            server.loginOver(peer.getAddress());
            login.giveUp(why);
            ended();
        } else {
            LOG.info("{}: session ended: {}", this, why);
            FullFeature feature = fullFeature;
            if (feature == null) {
                ended();
            } else {
                feature.end(this::ended);
            }
        }
    }

    /** No task of this connection is left. */
    private void ended() {
        login.release();
        phase = Phase.CLOSED;
        leaveWhenOver();
        whenEnded.forEach(Runnable::run);
        whenEnded.clear();
    }

    /** Runs when the session and all its tasks have ended; at once when they have. On the loop. */
    public void whenEnded(Runnable action) {
        if (phase == Phase.CLOSED) {
            action.run();
        } else {
            whenEnded.add(action);
        }
    }

    private void onChannelClosed() {
        channelClosed = true;
        close("connection closed");
        leaveWhenOver();
    }

    /** A connection counts, and is watched, until its tasks have ended and its last bytes are sent or given up. */
    private void leaveWhenOver() {
        if (channelClosed && phase == Phase.CLOSED && loop.remove(this)) {
            server.left();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            execute(() -> close("connection lost: " + cause.getMessage()));
        } else {
            failed(cause);
        }
    }

    /** An error of our own: this connection goes, and no other. */
    void failed(Throwable bug) {
        server.bug(bug);
        LOG.error("{}: dropped after an error of our own", this, bug);
        close("internal error");
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** About once a second. */
    void tick(long nowNanos) {
        if (deadlineNanos != 0 && nowNanos - deadlineNanos > 0) {
            deadlineNanos = 0;
            close(phase == Phase.LOGIN ? "no login within the time limit" : "time limit");
            return;
        }
        FullFeature feature = fullFeature;
        if (phase == Phase.FULL_FEATURE && feature != null) {
            feature.tick(nowNanos, heard || (paused && (channel.isWritable() || drains())));
            heard = false;
        }
        output.flush();
    }

    /** True when the initiator has taken something of the output since the last time. */
    private boolean drains() {
        long before = bytesToDrain;
        bytesToDrain = channel.bytesBeforeWritable();
        return bytesToDrain < before;
    }

    /** Cuts the connection when it has not gone by itself in the time given. */
    void cutAfter(long nanos) {
        deadlineNanos = loop.clock().nanoTime() + nanos;
    }

    /** Asks the initiator to log out, RFC 7143 11.9.1; cuts it after the time given. On the loop. */
    public void requestLogout(int seconds) {
        FullFeature feature = fullFeature;
        if (phase == Phase.FULL_FEATURE && feature != null) {
            feature.requestLogout(seconds);
            output.flush();
            cutAfter(TimeUnit.SECONDS.toNanos(seconds));
        } else if (phase == Phase.LOGIN) {
            close("server stops");
        }
    }

    // ---- who --------------------------------------------------------------------------------------------------------

    public long id() {
        return id;
    }

    LoopContext loop() {
        return loop;
    }

    Output output() {
        return output;
    }

    InetSocketAddress peer() {
        return peer;
    }

    InetSocketAddress local() {
        return local;
    }

    /** The target of the session, or null before the login and in a discovery session. */
    public @Nullable Target target() {
        return fullFeature == null ? null : fullFeature.target();
    }

    /** The initiator's name, once it is known. */
    public @Nullable String initiatorName() {
        return login.initiatorName();
    }

    /** True while this definition of its target lets the initiator be logged in. */
    public boolean isAllowedBy(Target.Definition definition) {
        return definition.access().allows(String.valueOf(initiatorName()), peer.getAddress(), Map.of());
    }

    /** The session as it is now, or null when nobody is logged in. On the loop. */
    public @Nullable SessionInfo info() {
        FullFeature feature = fullFeature;
        return phase == Phase.FULL_FEATURE && feature != null ? feature.info(id, peer, local, since) : null;
    }

    @Override
    public String toString() {
        String name = login.initiatorName();
        String address = peer.getAddress().getHostAddress() + ":" + peer.getPort();
        return name == null ? address : address + " " + name;
    }
}
