package dev.kume.protocol.connection;

import dev.kume.core.Limits.Limit;
import dev.kume.protocol.event.ServerEvent;
import dev.kume.protocol.login.LoginResult;
import dev.kume.protocol.pdu.AsyncEvent;
import dev.kume.protocol.pdu.PduReader;
import dev.kume.protocol.trace.ConnectionTrace;
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
public final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Data segments before the login has declared more, RFC 7143 13.12. */
    private static final int LOGIN_SEGMENT_BYTES = 8_192;

    /** A connection that is being closed politely is cut after this. */
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(5);

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
    private final Recording recording;
    private final InputFlow input;
    private final Production production;
    private final Incoming incoming;
    private final PduReader reader;
    private final long id;
    private final InetSocketAddress peer;
    private final InetSocketAddress local;
    private final Instant since;
    private final LoginPhase login;
    private Phase phase = Phase.LOGIN;
    private @Nullable FullFeature fullFeature;
    private boolean inBatch;
    private boolean flushAsked;
    private boolean channelClosed;
    private long heardNanos;
    private long deadlineNanos;
    private boolean holdsLoginPlace = true;
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
        this.recording = new Recording(this, server, loop, since);
        this.output = new Output(channel, loop, recording.recorder());
        this.input = new InputFlow(channel, loop);
        this.production = new Production(output, this::execute);
        this.login = new LoginPhase(this, server, portalGroup);
        this.incoming = new Incoming(this, login, recording.recorder());
        this.reader = new PduReader(incoming, LOGIN_SEGMENT_BYTES);
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
        if (peer == null || !server.places().enter(peer.getAddress())) {
            ServerEvent.CONNECTION_REFUSED.log(LOG, peer);
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
        heardNanos = loop.turnBegins();
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
        loop.turnEnds();
        flushTurn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            input.drained();
            production.goOn();
        }
        if (!inBatch) {
            pauseOrResume();
        }
    }

    private void flushTurn() {
        output.flush();
        production.endOfTurn();
        pauseOrResume();
    }

    private void pauseOrResume() {
        FullFeature feature = fullFeature;
        if (input.pauseOrResume(feature != null && feature.expectsData())) {
            lacksMemory();
        }
    }

    /** Looks again soon whether memory is there: another loop may give it back. */
    void lacksMemory() {
        input.lookAgainSoon(() -> guarded(this::retryForMemory));
    }

    private void retryForMemory() {
        FullFeature feature = fullFeature;
        if (phase == Phase.LOGIN || phase == Phase.FULL_FEATURE) {
            boolean waits = feature != null && feature.retryForMemory();
            flushTurn();
            if (waits || input.lacksMemory()) {
                lacksMemory();
            }
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
        flushTurn();
    }

    void flushNow() {
        if (!inBatch) {
            output.flush();
        }
    }

    // ---- phases -----------------------------------------------------------------------------------------------------

    /** The login is agreed on and the nexus is ours: the last Login Response has been added. */
    void loggedIn(LoginResult.Complete result, CommandWindow window, int tsih, @Nullable Target target) {
        if (target == null) {
            // A discovery session may be anybody's: it keeps its place among the logins, and does not stay for ever.
            deadlineNanos = loop.clock().nanoTime()
                    + TimeUnit.SECONDS.toNanos(server.limits().get(Limit.DISCOVERY_SECONDS));
        } else {
            deadlineNanos = 0;
            leaveLoginPlace();
        }
        var parameters = result.parameters();
        reader.negotiated(
                parameters.headerDigest(), parameters.dataDigest(), parameters.targetMaxRecvDataSegmentLength());
        recording.negotiated(parameters.headerDigest());
        var writer = new PduWriter(output, window, parameters.headerDigest(), parameters.dataDigest());
        fullFeature = new FullFeature(this, server, login.portalGroup(), result, writer, window, output, tsih, target);
        production.of(fullFeature);
        phase = Phase.FULL_FEATURE;
    }

    boolean inFullFeature() {
        return phase == Phase.FULL_FEATURE;
    }

    /** The full feature phase, or null in every other. */
    @Nullable
    FullFeature fullFeature() {
        return phase == Phase.FULL_FEATURE ? fullFeature : null;
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

    int cid() {
        return login.cid();
    }

    public boolean isLoggingIn() {
        return phase == Phase.LOGIN;
    }

    /** Another login has taken this nexus over. Any thread. */
    void reinstated() {
        execute(() -> close("session reinstated by a new login"));
    }

    /** Runs something of this connection on its loop; an error of our own in it drops the connection. Any thread. */
    void execute(Runnable action) {
        loop.port().execute(() -> guarded(action));
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error bug) {
            failed(bug);
        }
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

    /** The initiator has broken a rule and no PDU can answer it: its last PDUs are kept, and it is closed at once. */
    void protocolError(String why) {
        closeWithTrace("protocol error: " + why);
    }

    /** The initiator has broken the protocol in a way that leaves its connection whole: it is told, then dropped. */
    void protocolErrorAfterNotice(String why) {
        dropAfterNotice(recording.keep("protocol error: " + why));
    }

    private void closeWithTrace(String why) {
        close(phase == Phase.CLOSING || phase == Phase.CLOSED ? why : recording.keep(why));
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
        incoming.close();
        reader.close();
        production.stop();
        output.close();
        leaveLoginPlace();
        if (wasLogin) {
            login.giveUp(why);
            ended();
        } else {
            ServerEvent.SESSION_ENDED.log(LOG, address(), login.initiatorName(), login.wanted(), why);
            FullFeature feature = fullFeature;
            if (feature == null) {
                ended();
            } else {
                feature.end(why, heardNanos, this::ended);
            }
        }
    }

    private void leaveLoginPlace() {
        if (holdsLoginPlace) {
            holdsLoginPlace = false;
            server.places().loginOver(peer.getAddress());
        }
    }

    /** No task of this connection is left. */
    private void ended() {
        output.close(); // The end of one task may have begun another one, which had something to say.
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
            server.places().left();
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
        ServerEvent.CONNECTION_BUG.log(LOG, address(), login.initiatorName(), bug);
        closeWithTrace("internal error");
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** About once a second. */
    void tick(long nowNanos) {
        if (deadlineNanos != 0 && nowNanos - deadlineNanos > 0) {
            deadlineNanos = 0;
            timeIsUp();
            return;
        }
        FullFeature feature = fullFeature;
        if (phase == Phase.FULL_FEATURE && feature != null) {
            feature.tick(nowNanos, heardNanos, input.takesOutput(), input.lacksMemory());
        }
        output.flush();
    }

    private void timeIsUp() {
        switch (phase) {
            case LOGIN -> close("no login within the time limit");
            case FULL_FEATURE -> {
                notice(AsyncEvent.DROP_CONNECTION, cid(), 0, 0);
                closeAfterFlush(target() == null ? "end of the time of a discovery" : "asked to log out and did not");
            }
            case CLOSING, CLOSED -> close("time limit");
        }
    }

    // ---- notices ----------------------------------------------------------------------------------------------------

    /**
     * Asks the initiator to log out, RFC 7143 11.9.1 event 1; who has not done so in the time given is told event 2 and
     * cut. A login under way is ended at once. On the loop.
     *
     * @param seconds    how long the initiator is told that it has, up to 65535
     * @param cutSeconds when this connection cuts itself
     */
    public void requestLogout(int seconds, int cutSeconds) {
        if (phase == Phase.FULL_FEATURE) {
            notice(AsyncEvent.TARGET_REQUESTS_LOGOUT, 0, 0, seconds);
            output.flush();
            deadlineNanos = loop.clock().nanoTime() + TimeUnit.SECONDS.toNanos(cutSeconds);
        } else if (phase == Phase.LOGIN) {
            close("server stops");
        }
    }

    /** Drops the session and says so, RFC 7143 11.9.1 event 3; level 0 of error recovery keeps no tasks. */
    public void dropAfterNotice(String why) {
        notice(AsyncEvent.DROP_SESSION, 0, 0, 0);
        closeAfterFlush(why);
    }

    private void notice(int event, int parameter1, int parameter2, int parameter3) {
        FullFeature feature = fullFeature;
        if (phase == Phase.FULL_FEATURE && feature != null) {
            feature.asyncMessage(event, parameter1, parameter2, parameter3);
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

    public InetSocketAddress local() {
        return local;
    }

    public PortalGroup portalGroup() {
        return login.portalGroup();
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
        return login.mayStay(definition);
    }

    /** The session as it is now, or null when nobody is logged in. On the loop. */
    public @Nullable SessionInfo info() {
        FullFeature feature = fullFeature;
        return phase == Phase.FULL_FEATURE && feature != null ? feature.info(id, peer, local, since, heardNanos) : null;
    }

    /** The last PDUs of this connection. On the loop. */
    public ConnectionTrace trace() {
        return recording.trace();
    }

    /** The peer's, as a log has it. */
    String address() {
        return peer.getAddress().getHostAddress() + ":" + peer.getPort();
    }
}
