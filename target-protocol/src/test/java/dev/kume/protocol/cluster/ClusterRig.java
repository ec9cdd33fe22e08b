package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import dev.kume.protocol.initiator.SessionTimes;
import dev.kume.protocol.server.LoopbackTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server on loopback with disks and targets, and nodes on machines of their own. */
final class ClusterRig implements AutoCloseable {
    static final int DISK_BYTES = 8 << 20;
    private static final Duration RECONNECT = Duration.ofMillis(100);
    private static final SessionTimes TIMES =
            SessionTimes.WINDOWS_MPIO.withReconnect(RECONNECT).withRequestHold(Duration.ofSeconds(1));
    private static final int LINES_MAX = 20_000;

    /** Which targets the disks are mapped to. */
    enum Layout {
        /** All nodes log in to one. */
        ONE_TARGET,
        /** Each node has one of its own, with the same disks, under other LUNs. */
        TARGET_EACH
    }

    private final LoopbackTarget server = LoopbackTarget.standard();
    private final List<Machine> machines = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final RunLog log = new RunLog(LoopbackTarget.CLOCK, LINES_MAX);
    private int paths = 1;

    /** How a rig is made; a mistake of the target is one of these with another way to map. */
    record Plan(
            Layout layout,
            int nodes,
            int paths,
            int disks,
            ArbitrationTimes times,
            ClusterNode.Wire wire,
            Mapping mapping) {
        static Plan of(Layout layout, int nodes, int paths, int disks) {
            return new Plan(
                    layout,
                    nodes,
                    paths,
                    disks,
                    ArbitrationTimes.scaled(Duration.ofMillis(120)),
                    ClusterNode.Wire.NONE,
                    Mapping.RIGHT);
        }

        Plan withTimes(ArbitrationTimes value) {
            return new Plan(layout, nodes, paths, disks, value, wire, mapping);
        }

        Plan withWire(ClusterNode.Wire value) {
            return new Plan(layout, nodes, paths, disks, times, value, mapping);
        }

        Plan withMapping(Mapping value) {
            return new Plan(layout, nodes, paths, disks, times, wire, value);
        }
    }

    /** Which unit a target shows for a disk. */
    @FunctionalInterface
    interface Mapping {
        Mapping RIGHT = (rig, target, disk, unit) -> unit;

        LogicalUnit unit(ClusterRig rig, int target, String disk, LogicalUnit unit) throws IOException;
    }

    private final Path directory;

    ClusterRig(Path directory, Plan plan) throws IOException {
        this.directory = directory;
        paths = plan.paths();
        int count = plan.layout() == Layout.ONE_TARGET ? 1 : plan.nodes();
        for (int target = 0; target < count; target++) {
            targets.add("iqn.2026-11.dev.kume:hv-node" + target);
        }
        for (int number = 0; number < plan.disks(); number++) {
            String name = "vdisk" + number;
            LogicalUnit unit = newUnit(name, name, 0x5EED_0000 + number);
            for (int target = 0; target < count; target++) {
                server.map(targets.get(target), number + target, plan.mapping().unit(this, target, name, unit));
            }
        }
        ClusterNode.Surroundings surroundings = new ClusterNode.Surroundings(
                LoopbackTarget.CLOCK,
                log,
                SessionSettings.windows().withTimes(TIMES).withRequestsMax(1_000),
                MpioDisk.Times.WINDOWS,
                plan.times(),
                new SessionListener() {
                    @Override
                    public void onViolation(InitiatorSession session, String what) {
                        violations.add(session + ": " + what);
                    }
                },
                plan.wire());
        for (int i = 0; i < plan.nodes(); i++) {
            Machine machine = new Machine("hv-node" + i, Initiator.ISID_WINDOWS, surroundings);
            machines.add(machine);
            for (String target : targets) {
                server.allow(target, Machine.initiatorName("hv-node" + i));
            }
        }
        server.open(0);
        for (int i = 0; i < plan.nodes(); i++) {
            connect(i);
        }
    }

    /** A unit with a partition table of its own on a file of its own. */
    LogicalUnit newUnit(String name, String file, int signature) throws IOException {
        Path path = directory.resolve(file);
        ByteBuffer table = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        table.putInt(0x1B8, signature).putShort(510, (short) 0xAA55);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), DISK_BYTES - 1);
            channel.write(table, 0);
        }
        return server.rawUnit(name, path, DISK_BYTES);
    }

    /** As many paths to its target as were planned. */
    void connect(int index) {
        for (int path = 0; path < paths; path++) {
            get(node(index).connect(targets.get(index % targets.size()), portal()));
        }
    }

    LoopbackTarget server() {
        return server;
    }

    InetSocketAddress portal() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    String target(int index) {
        return targets.get(index % targets.size());
    }

    RunLog log() {
        return log;
    }

    Machine machine(int index) {
        return machines.get(index);
    }

    ClusterNode node(int index) {
        return machines.get(index).node();
    }

    List<ClusterNode> nodes() {
        return machines.stream().map(Machine::node).toList();
    }

    /** The disks of a node, in the order of their serial numbers. */
    List<NodeDisk> disks(int index) {
        return get(node(index).findDisks());
    }

    /** The only disk, on every node. */
    List<NodeDisk> disk() {
        List<NodeDisk> all = new ArrayList<>();
        for (int i = 0; i < machines.size(); i++) {
            all.add(disks(i).getFirst());
        }
        return all;
    }

    /** Waits for a result at most 30 seconds. */
    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        machines.forEach(Machine::close);
        server.close();
        assertEquals(List.of(), List.copyOf(violations));
    }
}
