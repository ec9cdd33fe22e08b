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
import dev.kume.protocol.connection.ServerContext;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.TraceDumps;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The iSCSI server: event loops, portals, targets, sessions. Its methods may be called from any thread; those that
 * change targets by one thread at a time.
 */
public final class IscsiServer implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int CLOSE_SECONDS = 2;

    private final Limits limits;
    private final Transport transport;
    private final ServerContext context;
    private final MultiThreadIoEventLoopGroup group;
    private final MemoryBudget dataOut;
    private final Map<EventExecutor, LoopContext> loops = new LinkedHashMap<>();
    private final Connections connections;
    private final TargetPublisher publisher;
    private final List<LoopPort> ports = new ArrayList<>();
    private final List<Channel> listening = new ArrayList<>();

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
        this.limits = limits;
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
        connections = new Connections(List.copyOf(loops.values()));
        publisher = new TargetPublisher(context, connections);
        context.sessionCloser((target, why) -> connections.each(
                connection -> Connections.isOf(connection, target),
                connection -> connection.dropAfterNotice(0, 0, why)));
    }

    private static LoopTimer timerOf(EventExecutor executor) {
        return (delay, unit, action) -> executor.schedule(action, delay, unit);
    }

    /** Where traces of connections go that are closed for an error; before the first portal opens. */
    public void keepTraces(TraceDumps dumps) {
        context.traceDumps(dumps);
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

    /** Changes what holds for logins that begin from now on. */
    public void security(LoginSecurity security) {
        context.security(security);
    }

    /** Connections that are open, logged in or not. */
    public int connectionCount() {
        return context.connectionCount();
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

    // ---- portals ----------------------------------------------------------------------------------------------------

    /**
     * Opens a portal group: all of its sockets or none.
     *
     * @return the group with the ports that were really bound
     */
    public PortalGroup open(PortalSpec spec) throws PortalException {
        List<InetSocketAddress> bound = new ArrayList<>();
        List<Channel> opened = new ArrayList<>();
        PortalGroup[] published = new PortalGroup[1];
        try {
            for (InetSocketAddress address : spec.listen()) {
                ChannelFuture future = bootstrap(published).bind(address).awaitUninterruptibly();
                Throwable failure = future.cause();
                if (failure != null) {
                    throw new PortalException(spec.name(), address, failure);
                }
                opened.add(future.channel());
                bound.add((InetSocketAddress) future.channel().localAddress());
            }
        } catch (PortalException failure) {
            opened.forEach(channel -> channel.close().awaitUninterruptibly());
            throw failure;
        }
        PortalGroup portalGroup = new PortalGroup(spec.name(), spec.tag(), bound);
        published[0] = portalGroup;
        // Accepting starts when the whole group is known.
        opened.forEach(
                channel -> channel.eventLoop().execute(() -> channel.config().setAutoRead(true)));
        listening.addAll(opened);
        return portalGroup;
    }

    private ServerBootstrap bootstrap(PortalGroup[] portalGroup) {
        int highWater = limits.getInt(Limit.OUTPUT_WAITING_BYTES);
        return new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, transport == Transport.EPOLL)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(highWater / 2, highWater))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, portalGroup[0]);
                    }
                });
    }

    private void accept(Channel channel, PortalGroup portalGroup) {
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
                            connection.requestLogout(CLOSE_SECONDS);
                            return true;
                        }
                    }
                    return false;
                })
                .thenApply(found -> found.contains(true));
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /**
     * Stops: no new logins, initiators are asked to log out, and those that have not done so in time are cut.
     * Completes when no task is left.
     *
     * @param graceSeconds how long initiators have, 0 for not at all
     */
    public CompletableFuture<Void> stop(int graceSeconds) {
        context.targets().drain();
        listening.forEach(Channel::close);
        if (graceSeconds > 0) {
            connections.each(connection -> true, connection -> connection.requestLogout(graceSeconds));
        }
        CompletableFuture<Void> idle = new CompletableFuture<>();
        long deadlineNanos = context.clockNanos() + TimeUnit.SECONDS.toNanos(graceSeconds);
        pollUntilIdle(idle, deadlineNanos);
        return idle.thenCompose(ignored -> connections.end(connection -> true, "server stops"));
    }

    private void pollUntilIdle(CompletableFuture<Void> idle, long deadlineNanos) {
        if (context.connectionCount() == 0 || context.clockNanos() - deadlineNanos >= 0) {
            idle.complete(null);
        } else {
            group.next().schedule(() -> pollUntilIdle(idle, deadlineNanos), 20, TimeUnit.MILLISECONDS);
        }
    }

    /** Cuts whatever is left and ends the loops. */
    @Override
    public void close() {
        listening.forEach(channel -> channel.close().awaitUninterruptibly());
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
    }
}
