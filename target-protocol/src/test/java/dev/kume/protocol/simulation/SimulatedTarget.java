package dev.kume.protocol.simulation;

import dev.kume.core.Limits;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.FlatDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.LoopPort;
import dev.kume.core.io.MemoryBudget;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.Coverage;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.command.Commands;
import dev.kume.protocol.connection.Connection;
import dev.kume.protocol.connection.HostNames;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.connection.LoopContext;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.ServerContext;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.server.Connections;
import dev.kume.protocol.server.SessionEnding;
import dev.kume.protocol.server.TargetPublisher;
import dev.kume.protocol.server.TargetSpec;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One life of the daemon's data path, from start to stop or power cut: all real but for threads, sockets and disks. */
final class SimulatedTarget {
    private static final int NEXUSES_MAX = 64;

    private final World world;
    private final Limits limits;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final List<LoopContext> contexts = new ArrayList<>();
    private final ArrayDeque<Runnable> diskThreads = new ArrayDeque<>();
    private final MemoryBudget dataOut;
    private final ServerContext server;
    private final Connections connections;
    private final TargetPublisher publisher;
    private final List<Wire> wires = new ArrayList<>();
    final List<LogicalUnit> units = new ArrayList<>();
    final List<SimulatedStore> stores = new ArrayList<>();
    private final PortalGroup portalGroup =
            new PortalGroup("simulated", 1, List.of(new InetSocketAddress(address(1), 3260)));
    private boolean over;
    private int nextPort = 50_000;

    SimulatedTarget(World world, Limits limits, int loopCount, long dataOutBytes, List<byte[]> disks, int failsOneIn) {
        this.world = world;
        this.limits = limits;
        dataOut = new MemoryBudget(dataOutBytes);
        CommandTable commands = Commands.table(limits);
        TargetParameters parameters =
                TargetParameters.of(limits).withInitialR2T(false).withImmediateData(true);
        server =
                new ServerContext(world, limits, commands, parameters, new LoginServices(world.random, HostNames.NONE));
        List<LoopPort> ports = new ArrayList<>();
        for (int i = 0; i < loopCount; i++) {
            SimulatedLoop loop = new SimulatedLoop(world);
            loops.add(loop);
            LoopPort port = new LoopPort(i, loop, loop::inEventLoop);
            ports.add(port);
            LoopContext context = new LoopContext(
                    port,
                    (delay, unit, action) -> world.after(delay, unit, () -> loop.execute(action)),
                    world,
                    limits,
                    dataOut);
            contexts.add(context);
            tickLater(loop, context);
        }
        connections = new Connections(contexts);
        publisher = new TargetPublisher(server, connections);
        server.sessionCloser((target, why) -> connections.each(
                connection -> connection.target() != null
                        && connection.target().name().equals(target.name()),
                connection -> connection.closeAfterFlush(why)));
        world.run(loops, diskThreads);
        for (byte[] content : disks) {
            units.add(unit(content, commands, ports, failsOneIn));
        }
    }

    private LogicalUnit unit(byte[] content, CommandTable commands, List<LoopPort> ports, int failsOneIn) {
        SimulatedStore store = new SimulatedStore(world, content, failsOneIn);
        stores.add(store);
        FlatDisk disk = new FlatDisk(store, new DiskInfo(content.length, false, false));
        return new LogicalUnit(
                "disk" + units.size(),
                new UnitIdentity("KUME", "Virtual Disk", "0001", "serial" + units.size(), 0x6L << 60, units.size()),
                UnitState.of(disk, BlockGeometry.emulated512(content.length)),
                commands,
                new DiskLane(diskThreads::add, world, 4, bytes -> !world.oneIn(4), 262_144),
                ports,
                UnitMemory.NONE,
                NEXUSES_MAX,
                new LogicalUnit.Watcher() {
                    @Override
                    public void bug(LogicalUnit of, Throwable bug) {
                        world.fail(bug);
                    }
                });
    }

    private void tickLater(SimulatedLoop loop, LoopContext context) {
        world.after(1, TimeUnit.SECONDS, () -> {
            if (!over) {
                loop.execute(context::tick);
                tickLater(loop, context);
            }
        });
    }

    static InetAddress address(int host) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Accepts a connection from this host. */
    void accept(Wire wire, int host) {
        wires.removeIf(Wire::isTargetClosed);
        wires.add(wire);
        int index = world.random.nextInt(loops.size());
        InetSocketAddress from = new InetSocketAddress(address(host), nextPort++);
        SimulatedChannel channel =
                new SimulatedChannel(world, wire, portalGroup.listen().getFirst(), from);
        wire.channel(channel);
        int highWater = limits.getInt(Limits.Limit.OUTPUT_WAITING_BYTES);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(highWater / 2, highWater));
        channel.pipeline().addLast(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel accepted) {
                Connection connection = Connection.accept(server, contexts.get(index), accepted, portalGroup);
                if (connection == null) {
                    accepted.close();
                } else {
                    accepted.pipeline().addLast(connection);
                }
            }
        });
        SimulatedLoop loop = loops.get(index);
        loop.execute(() -> {
            loop.register(channel);
            channel.readable();
        });
    }

    CompletableFuture<Void> publish(Collection<TargetSpec> specs) {
        return publisher.publish(specs);
    }

    Target.Definition definition(String target) {
        Target found = server.targets().get(target);
        if (found == null) {
            throw new AssertionError("no target " + target);
        }
        return found.definition();
    }

    /** Logins are refused, initiators are asked to go, and those that stay are cut. */
    void drain(int graceSeconds, Runnable whenDone) {
        server.targets().drain();
        SimulatedLoop loop = loops.getFirst();
        SessionEnding.begin(
                        connections,
                        (delay, unit, action) -> world.after(delay, unit, () -> loop.execute(action)),
                        world,
                        connection -> true,
                        new SessionEnding.Manner(
                                graceSeconds, world.random.nextInt(3), world.random.nextInt(3), "drain"),
                        left -> {})
                .thenRun(whenDone);
    }

    /** Data buffers that tasks of all sessions hold. */
    long dataBytes() {
        return dataOut.takenBytes();
    }

    boolean isOver() {
        return over;
    }

    int connectionCount() {
        return server.connectionCount();
    }

    boolean isLoggedInTo(String targetName) {
        boolean[] found = new boolean[1];
        for (int i = 0; i < contexts.size(); i++) {
            LoopContext context = contexts.get(i);
            world.asLoop(
                    loops.get(i),
                    () -> context.connections().stream()
                            .map(Connection::target)
                            .forEach(each ->
                                    found[0] |= each != null && each.name().equals(targetName)));
        }
        return found[0];
    }

    /** The connections that are there, for people. */
    String describe() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < contexts.size(); i++) {
            LoopContext context = contexts.get(i);
            world.asLoop(
                    loops.get(i),
                    () -> context.connections()
                            .forEach(each -> all.append(each)
                                    .append(' ')
                                    .append(each.info())
                                    .append("; ")));
        }
        return all + " data buffers " + dataOut.takenBytes() + " of " + dataOut.limitBytes();
    }

    /** What a peer may have found that it must not. */
    void checkForBugs() {
        Throwable bug = server.lastBug();
        if (bug != null) {
            world.fail(bug);
        }
    }

    /** The daemon is gone, at this moment. What follows has no effect but to show that nothing is left of it. */
    void end() {
        over = true;
        stores.forEach(store -> store.faults = false);
        wires.forEach(Wire::targetDied);
        connections.each(connection -> true, connection -> connection.close("power cut"));
        world.runDaemonDry();
        checkForBugs();
        world.check(server.connectionCount() == 0, "connections that never end: " + server.connectionCount());
        world.check(dataOut.takenBytes() == 0, "data buffers that nobody gave back: " + dataOut.takenBytes());
        for (LoopContext context : contexts) {
            world.check(context.lentChunks() == 0, "output chunks that nobody gave back");
        }
        for (LogicalUnit unit : units) {
            boolean[] quiet = new boolean[1];
            unit.quiesce(Coverage.ALL, null, affected -> quiet[0] = affected.isEmpty());
            world.runDaemonDry();
            world.check(quiet[0], "a unit that has tasks, or is stuck in a change: " + unit);
            world.check(unit.nexuses().attached().isEmpty(), "nexuses still attached to " + unit);
        }
        for (int i = 0; i < loops.size(); i++) {
            loops.get(i).execute(contexts.get(i)::close);
        }
        world.runDaemonDry();
        world.run(List.of(), new ArrayDeque<>());
    }
}
