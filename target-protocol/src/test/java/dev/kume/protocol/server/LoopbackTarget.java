package dev.kume.protocol.server;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.command.Commands;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.PageCacheRoom;
import dev.kume.protocol.connection.HostNames;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.TargetParameters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A whole server on loopback with real sockets and disks that a test gives it. */
public final class LoopbackTarget implements AutoCloseable {
    public static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    private final Limits limits;
    private final DiskThreads threads = new DiskThreads(8);
    private final CommandTable commands;
    private final IscsiServer server;
    private final Map<String, Map<Integer, LogicalUnit>> luns = new HashMap<>();
    private final Map<String, Set<String>> initiators = new HashMap<>();
    private final List<VirtualDisk> disks = new ArrayList<>();
    private PortalGroup portalGroup;

    public LoopbackTarget(Limits limits, TargetParameters parameters, Transport transport) {
        this(limits, parameters, new LoginServices(new SecureRandom(), HostNames.NONE), transport);
    }

    public LoopbackTarget(Limits limits, TargetParameters parameters, LoginServices services, Transport transport) {
        this(limits, parameters, services, transport, 2);
    }

    private LoopbackTarget(
            Limits limits, TargetParameters parameters, LoginServices services, Transport transport, int loops) {
        this.limits = limits;
        this.commands = Commands.table(limits);
        this.server = new IscsiServer(CLOCK, limits, commands, parameters, services, transport, loops);
    }

    public static LoopbackTarget standard() {
        return new LoopbackTarget(Limits.DEFAULTS, TargetParameters.of(Limits.DEFAULTS), Transport.AUTO);
    }

    /** One with more loops than this machine may have processors. */
    public static LoopbackTarget withLoops(int loops) {
        return new LoopbackTarget(
                Limits.DEFAULTS,
                TargetParameters.of(Limits.DEFAULTS).withInitialR2T(false).withImmediateData(true),
                new LoginServices(new SecureRandom(), HostNames.NONE),
                Transport.AUTO,
                loops);
    }

    /** A unit on a disk, ready to be mapped anywhere. */
    public LogicalUnit unit(String name, VirtualDisk disk) {
        return unit(name, disk, UnitMemory.NONE, DurableState.INITIAL);
    }

    /** The same with a memory, and with what was found in it. */
    public LogicalUnit unit(String name, VirtualDisk disk, UnitMemory memory, DurableState found) {
        disks.add(disk);
        return new LogicalUnit(
                name,
                new UnitIdentity(
                        "KUME", "Virtual Disk", "0001", "serial-" + name, 0x6123456789abcdefL, name.hashCode()),
                UnitState.of(disk, BlockGeometry.emulated512(disk.info().sizeBytes()))
                        .withDurable(found),
                commands,
                new DiskLane(
                        threads,
                        CLOCK,
                        4,
                        new PageCacheRoom(PageCacheRoom.VMSTAT, CLOCK, threads),
                        limits.getInt(Limits.Limit.INLINE_WRITE_BYTES)),
                server.loops(),
                memory,
                64,
                LogicalUnit.Watcher.NONE);
    }

    /** A raw disk file that is as large as asked. */
    public LogicalUnit rawUnit(String name, Path file, long sizeBytes) throws IOException {
        return unit(name, rawDisk(file, sizeBytes));
    }

    /** The disk of {@link #rawUnit}. */
    public static VirtualDisk rawDisk(Path file, long sizeBytes) throws IOException {
        LocalFiles files = LocalFiles.ofThisHost();
        BackingStore store = Files.exists(file) ? files.open(file, false) : files.create(file);
        RawFormat format = new RawFormat();
        if (store.sizeBytes() == 0) {
            format.create(
                    store, new DiskFormat.CreateOptions(sizeBytes, new UUID(1, 2), true, DiskFormat.Progress.NONE));
        }
        return format.open(store);
    }

    public LoopbackTarget map(String target, int lun, LogicalUnit unit) {
        luns.computeIfAbsent(target, ignored -> new HashMap<>()).put(lun, unit);
        return this;
    }

    public LoopbackTarget allow(String target, String initiator) {
        initiators.computeIfAbsent(target, ignored -> new java.util.HashSet<>()).add(initiator);
        luns.computeIfAbsent(target, ignored -> new HashMap<>());
        return this;
    }

    public void publish() {
        List<TargetSpec> specs = new ArrayList<>();
        luns.forEach((name, units) -> specs.add(new TargetSpec(
                name, new Target.Definition("", true, initiators.getOrDefault(name, Set.of()), LunMap.of(units)))));
        server.publish(specs).join();
    }

    public int open(int port) throws IOException {
        publish();
        portalGroup = server.open(
                new PortalSpec("loopback", 1, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))));
        return port();
    }

    public int port() {
        return portalGroup.listen().getFirst().getPort();
    }

    public IscsiServer server() {
        return server;
    }

    @Override
    public void close() throws IOException {
        // A test that leaves something behind is to fail, not to hang.
        server.stop(0).orTimeout(20, TimeUnit.SECONDS).join();
        server.close();
        threads.close();
        for (VirtualDisk disk : disks) {
            disk.close();
        }
    }

    /** Serves a raw file for clients started by hand: {@code FILE SIZE_BYTES PORT INITIATOR...}. */
    public static void main(String[] args) throws Exception {
        LoopbackTarget target = standard();
        String name = "iqn.2026-11.dev.kume:try";
        target.map(name, 0, target.rawUnit("try", Path.of(args[0]), Long.parseLong(args[1])));
        for (int i = 3; i < args.length; i++) {
            target.allow(name, args[i]);
        }
        System.out.println("listening on " + target.open(Integer.parseInt(args[2])) + " by "
                + target.server().transport());
        Thread.currentThread().join();
    }
}
