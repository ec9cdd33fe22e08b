package dev.kume.protocol.server;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.io.LoopPort;
import dev.kume.core.io.MemoryBudget;
import dev.kume.core.scsi.CommandTable;
import dev.kume.protocol.connection.Connection;
import dev.kume.protocol.connection.InitiatorLog;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.connection.LoopContext;
import dev.kume.protocol.connection.LoopTimer;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.RefusalHints;
import dev.kume.protocol.connection.ServerContext;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.connection.SessionWatcher;
import dev.kume.protocol.connection.Targets;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.TraceDumps;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The iSCSI server: event loops, portals, targets, sessions. Its methods may be called from any thread; those that
 * change targets by one thread at a time.
 */
public final class IscsiServer implements AutoCloseable {
    /** How long sessions with commands have after the time to log out is over. */
    private static final int DRAIN_IDLE_SECONDS = 2;

    private static final int DRAIN_LOGIN_SECONDS = 1;
    private static final int CLOSE_SECONDS = 2;
    private static final int TICK_SECONDS = 5;

    private final Clock clock;
    private final Transport transport;
    private final ServerContext context;
    private final MultiThreadIoEventLoopGroup group;
    private final MemoryBudget dataOut;
    private final Map<EventExecutor, LoopContext> loops = new LinkedHashMap<>();
    private final Connections connections;
    private final TargetPublisher publisher;
    private final List<LoopPort> ports = new ArrayList<>();
    private final Portals portals;

    /** As asked for; of the thread that changes portals. */
    private final List<PortalSpec> specs = new ArrayList<>();

    /**
     * Starts the event loops; nothing listens yet.
     *
     * @param services  what logins need of this machine
     * @param loopCount event loops: one per core is right
     */
    public IscsiServer(
            Clock clock,
            Limits limits,
            CommandTable commands,
            TargetParameters parameters,
            LoginServices services,
            Transport transport,
            int loopCount) {
        this.clock = clock;
        this.transport = transport.chosen();
        this.context = new ServerContext(clock, limits, commands, parameters, services);
        this.group = new MultiThreadIoEventLoopGroup(
                loopCount, new DefaultThreadFactory("kume-loop", true), transport.handlers());
        this.dataOut = new MemoryBudget(limits.get(Limit.DATA_OUT_BYTES));
        for (EventExecutor executor : group) {
            LoopPort port = new LoopPort(ports.size(), executor, executor::inEventLoop);
            LoopContext loop = new LoopContext(port, timerOf(executor), clock, limits, dataOut);
            ports.add(port);
            loops.put(executor, loop);
            executor.scheduleWithFixedDelay(loop::tick, 1, 1, TimeUnit.SECONDS);
        }
        var _ = group.next().scheduleWithFixedDelay(context::tick, TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
        connections = new Connections(List.copyOf(loops.values()));
        portals = new Portals(group, this.transport, limits.getInt(Limit.OUTPUT_WAITING_BYTES), this::accepted);
        publisher = new TargetPublisher(context, connections);
        context.sessionCloser((target, why) -> connections.each(
                connection -> Connections.isOf(connection, target), connection -> connection.dropAfterNotice(why)));
    }

    private static LoopTimer timerOf(EventExecutor executor) {
        return (delay, unit, action) -> executor.schedule(action, delay, unit);
    }

    /** Where traces of connections go that are closed for an error; before the first portal opens. */
    public void keepTraces(TraceDumps dumps) {
        context.traceDumps(dumps);
    }

    /** Who hears of sessions that begin and end; before the first portal opens. */
    public void watchSessions(SessionWatcher watcher) {
        context.sessionWatcher(watcher);
    }

    /** The loops, on which logical units keep their task sets. */
    public List<LoopPort> loops() {
        return List.copyOf(ports);
    }

    public Transport transport() {
        return transport;
    }

    public InitiatorLog initiators() {
        return context.initiators();
    }

    /** Says what an administrator can do about refused logins; set once. */
    public void hints(RefusalHints hints) {
        context.hints(hints);
    }

    /** Changes what holds for logins that begin from now on. */
    public void security(LoginSecurity security) {
        context.security(security);
    }

    /** Connections that are open, logged in or not. */
    public int connectionCount() {
        return context.connectionCount();
    }

    /** What it has done and holds. */
    public ServerFigures figures() {
        return new ServerFigures(
                context.connectionCount(), context.loginCounts(), dataOut.takenBytes(), dataOut.limitBytes());
    }

    /** Data buffers that tasks of all sessions hold, in bytes; for tests. */
    long dataBytes() {
        return dataOut.takenBytes();
    }

    /** Output chunks that the network has not sent yet, over all loops; for tests. */
    int lentChunks() {
        return connections.ofEachLoop(LoopContext::lentChunks).join().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** How many connections each loop has; for tests. */
    List<Integer> connectionsOfEachLoop() {
        return connections.ofEachLoop(loop -> loop.connections().size()).join();
    }

    // ---- portals ----------------------------------------------------------------------------------------------------

    /**
     * Opens one more portal group: all of its sockets or none.
     *
     * @return the group with the ports that were really bound
     */
    public PortalGroup open(PortalSpec spec) throws PortalException {
        specs.add(spec);
        try {
            portals.replace(specs);
        } catch (PortalException failure) {
            specs.remove(spec);
            throw failure;
        }
        return portals.groups().getLast();
    }

    /**
     * Makes the portal groups be these; on failure nothing is changed. What stays is not touched. Sessions that came in
     * by an address that is gone are asked to log out, and cut when they have not done so in time.
     *
     * @param graceSeconds how long their initiators have
     * @return the sessions that had to be cut, when none of those concerned is left
     */
    public CompletableFuture<List<SessionInfo>> open(List<PortalSpec> wanted, int graceSeconds) throws PortalException {
        portals.replace(wanted);
        specs.clear();
        specs.addAll(wanted);
        return SessionEnding.begin(
                connections,
                timer(),
                clock,
                connection -> !portals.serves(connection.portalGroup(), connection.local()),
                new SessionEnding.Manner(graceSeconds, 0, 0, "its portal is closed"),
                left -> {});
    }

    /** The portal groups that are open. */
    public List<PortalGroup> portals() {
        return portals.groups();
    }

    private void accepted(Channel channel, PortalGroup portalGroup) {
        LoopContext loop = loopOf(channel.eventLoop());
        Connection connection = Connection.accept(context, loop, channel, portalGroup);
        if (connection == null) {
            channel.close();
        } else {
            channel.pipeline().addLast(connection);
        }
    }

    private LoopContext loopOf(EventLoop eventLoop) {
        LoopContext loop = loops.get(eventLoop);
        if (loop == null) {
            throw new IllegalStateException("a channel of another server");
        }
        return loop;
    }

    private LoopTimer timer() {
        return timerOf(group.next());
    }

    // ---- targets ----------------------------------------------------------------------------------------------------

    /**
     * Makes the targets be what the specifications say.
     *
     * @return completes when the change is real: nothing that it takes away - a mapping, an initiator, a target - can
     *     reach a disk any more
     */
    public CompletableFuture<Void> publish(Collection<TargetSpec> specs) {
        return publisher.publish(specs);
    }

    /** All targets, as they are published. */
    Targets targets() {
        return context.targets();
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    /** All sessions, discovery sessions included, by id. */
    public CompletableFuture<List<SessionInfo>> sessions() {
        return connections
                .ofEachLoop(loop -> {
                    List<SessionInfo> infos = new ArrayList<>();
                    for (Connection connection : loop.connections()) {
                        SessionInfo info = connection.info();
                        if (info != null) {
                            infos.add(info);
                        }
                    }
                    return infos;
                })
                .thenApply(all -> all.stream()
                        .flatMap(List::stream)
                        .sorted((a, b) -> Long.compare(a.id(), b.id()))
                        .toList());
    }

    /** The last PDUs of one session, or nothing when there is no such session. */
    public CompletableFuture<Optional<ConnectionTrace>> trace(long id) {
        return connections
                .ofEachLoop(loop -> loop.connections().stream()
                        .filter(connection -> connection.id() == id && connection.info() != null)
                        .map(Connection::trace)
                        .findFirst())
                .thenApply(found -> found.stream().flatMap(Optional::stream).findFirst());
    }

    /**
     * Asks one session to log out, and cuts it after a few seconds.
     *
     * @return false when there is no such session
     */
    public CompletableFuture<Boolean> logout(long id) {
        return connections
                .ofEachLoop(loop -> {
                    for (Connection connection : loop.connections()) {
                        if (connection.id() == id && connection.info() != null) {
                            connection.requestLogout(CLOSE_SECONDS, CLOSE_SECONDS);
                            return true;
                        }
                    }
                    return false;
                })
                .thenApply(found -> found.contains(true));
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /**
     * Stops: no new connections or logins, initiators are asked to log out, and those that have not done so in time are
     * cut. Completes when no task is left.
     *
     * @param graceSeconds how long initiators have, 0 for not at all
     */
    public CompletableFuture<Void> stop(int graceSeconds) {
        return end(new SessionEnding.Manner(graceSeconds, 0, 0, "server stops"), left -> {})
                .thenApply(cut -> null);
    }

    /**
     * Stops as {@link #stop} does, with time and politeness: a login under way is refused with 3/01, and who has not
     * logged out in time is cut when it has no command outstanding, or a moment later.
     *
     * @param graceSeconds how long initiators have, from 1
     * @param progress     hears again and again which sessions are left, on some loop
     * @return the sessions that had to be cut, when no task of any session is left
     */
    public CompletableFuture<List<SessionInfo>> drain(int graceSeconds, Consumer<List<SessionInfo>> progress) {
        return end(
                new SessionEnding.Manner(graceSeconds, DRAIN_IDLE_SECONDS, DRAIN_LOGIN_SECONDS, "server drains"),
                progress);
    }

    private CompletableFuture<List<SessionInfo>> end(
            SessionEnding.Manner manner, Consumer<List<SessionInfo>> progress) {
        context.targets().drain();
        portals.close();
        return SessionEnding.begin(connections, timer(), clock, connection -> true, manner, progress);
    }

    /** Cuts whatever is left and ends the loops. */
    @Override
    public void close() {
        portals.close();
        connections
                .ofEachLoop(loop -> {
                    loop.connections().forEach(connection -> connection.close("server closed"));
                    return true;
                })
                .join();
        // A turn later, when what the connections left to be done is done.
        connections
                .ofEachLoop(loop -> {
                    loop.close();
                    return true;
                })
                .join();
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        context.close();
    }
}
