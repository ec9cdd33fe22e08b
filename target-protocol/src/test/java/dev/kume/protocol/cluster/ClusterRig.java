package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.memory.SlotMemory;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.store.LocalFiles;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server on loopback with disks and targets, and nodes on machines of their own. */
public final class ClusterRig implements AutoCloseable {
    public static final int DISK_BYTES = 8 << 20;
    private static final Duration RECONNECT = Duration.ofMillis(100);
    private static final SessionTimes TIMES =
            SessionTimes.WINDOWS_MPIO.withReconnect(RECONNECT).withRequestHold(Duration.ofSeconds(1));
    private static final int LINES_MAX = 20_000;

    /** Which targets the disks are mapped to. */
    public enum Layout {
        /** All nodes log in to one. */
        ONE_TARGET,
        /** Each node has one of its own, with the same disks, under other LUNs. */
        TARGET_EACH
    }

    private static final UUID DISK_ID = new UUID(1, 2);

    private final Path directory;
    private final Plan plan;
    private final List<SlotMemory> memories = new ArrayList<>();
    private final ExecutorService saves = Executors.newSingleThreadExecutor();
    private final List<Machine> machines = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final RunLog log = new RunLog(LoopbackTarget.CLOCK, LINES_MAX);
    private LoopbackTarget server = LoopbackTarget.standard();

    /** How a rig is made; a mistake of the target is one of these with another way to map. */
    public record Plan(
            Layout layout,
            int nodes,
            int paths,
            int disks,
            ArbitrationTimes times,
            ClusterNode.Wire wire,
            Mapping mapping,
            boolean durable) {
        public static Plan of(Layout layout, int nodes, int paths, int disks) {
            return new Plan(
                    layout,
                    nodes,
                    paths,
                    disks,
                    ArbitrationTimes.scaled(Duration.ofMillis(120)),
                    ClusterNode.Wire.NONE,
                    Mapping.RIGHT,
                    false);
        }

        public Plan withTimes(ArbitrationTimes value) {
            return new Plan(layout, nodes, paths, disks, value, wire, mapping, durable);
        }

        public Plan withWire(ClusterNode.Wire value) {
            return new Plan(layout, nodes, paths, disks, times, value, mapping, durable);
        }

        public Plan withMapping(Mapping value) {
            return new Plan(layout, nodes, paths, disks, times, wire, value, durable);
        }

        /** Reservations are kept in files, as the daemon does it. */
        public Plan withMemory() {
            return new Plan(layout, nodes, paths, disks, times, wire, mapping, true);
        }
    }

    /** Which unit a target shows for a disk. */
    @FunctionalInterface
    public interface Mapping {
        Mapping RIGHT = (rig, target, disk, unit) -> unit;

        LogicalUnit unit(ClusterRig rig, int target, String disk, LogicalUnit unit) throws IOException;
    }

    public ClusterRig(Path directory, Plan plan) throws IOException {
        this.directory = directory;
        this.plan = plan;
        int count = plan.layout() == Layout.ONE_TARGET ? 1 : plan.nodes();
        for (int target = 0; target < count; target++) {
            targets.add("iqn.2026-11.dev.kume:hv-node" + target);
        }
        serve(0);
        ClusterNode.Surroundings surroundings = surroundings();
        for (int i = 0; i < plan.nodes(); i++) {
            machines.add(new Machine("hv-node" + i, Initiator.ISID_WINDOWS, surroundings));
            connect(i);
        }
    }

    private ClusterNode.Surroundings surroundings() {
        return new ClusterNode.Surroundings(
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
    }

    private void serve(int port) throws IOException {
        for (int number = 0; number < plan.disks(); number++) {
            String name = "vdisk" + number;
            LogicalUnit unit = newUnit(name, name, 0x5EED_0000 + number);
            for (int target = 0; target < targets.size(); target++) {
                server.map(targets.get(target), number + target, plan.mapping().unit(this, target, name, unit));
            }
        }
        for (String target : targets) {
            for (int i = 0; i < plan.nodes(); i++) {
                server.allow(target, Machine.initiatorName("hv-node" + i));
            }
        }
        server.open(port);
    }

    /** The server ends without a word to anybody, and another one begins with what is durable, on the same port. */
    public void restart() throws IOException {
        int port = server.port();
        server.close();
        closeMemories();
        server = LoopbackTarget.standard();
        serve(port);
    }

    /** A unit on a file of its own, which has a partition table when it is new. */
    public LogicalUnit newUnit(String name, String file, int signature) throws IOException {
        Path path = directory.resolve(file);
        if (!Files.exists(path)) {
            ByteBuffer table = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            table.putInt(0x1B8, signature).putShort(510, (short) 0xAA55);
            try (FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(1), DISK_BYTES - 1);
                channel.write(table, 0);
            }
        }
        if (!plan.durable()) {
            return server.rawUnit(name, path, DISK_BYTES);
        }
        SlotMemory memory = memory(directory.resolve(file + ".state"));
        memories.add(memory);
        return server.unit(name, LoopbackTarget.rawDisk(path, DISK_BYTES), memory, memory.found());
    }

    private SlotMemory memory(Path path) throws IOException {
        LocalFiles files = LocalFiles.ofThisHost();
        if (!Files.exists(path)) {
            SlotMemory.create(files.create(path), DISK_ID, ModeState.DEFAULT, "boot");
        }
        return SlotMemory.open(files.open(path, false), DISK_ID, saves, "boot", LoopbackTarget.CLOCK.now());
    }

    private void closeMemories() throws IOException {
        for (SlotMemory memory : memories) {
            memory.close();
        }
        memories.clear();
    }

    /** As many paths to its target as were planned. */
    public void connect(int index) {
        for (int path = 0; path < plan.paths(); path++) {
            get(node(index).connect(targets.get(index % targets.size()), portal()));
        }
    }

    public LoopbackTarget server() {
        return server;
    }

    public InetSocketAddress portal() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    public String target(int index) {
        return targets.get(index % targets.size());
    }

    public RunLog log() {
        return log;
    }

    public Machine machine(int index) {
        return machines.get(index);
    }

    public ClusterNode node(int index) {
        return machines.get(index).node();
    }

    public List<ClusterNode> nodes() {
        return machines.stream().map(Machine::node).toList();
    }

    /** The disks of a node, in the order of their serial numbers. */
    public List<NodeDisk> disks(int index) {
        return get(node(index).findDisks());
    }

    /** The only disk, on every node. */
    public List<NodeDisk> disk() {
        List<NodeDisk> all = new ArrayList<>();
        for (int i = 0; i < machines.size(); i++) {
            all.add(disks(i).getFirst());
        }
        return all;
    }

    /** Waits for a result at most 30 seconds. */
    public static <T> T get(CompletableFuture<T> future) {
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
        closeMemories();
        saves.shutdown();
        assertEquals(List.of(), List.copyOf(violations));
    }
}
