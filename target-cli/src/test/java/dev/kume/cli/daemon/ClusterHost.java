package dev.kume.cli.daemon;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.StatisticsView;
import dev.kume.cli.api.TimelineView;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Clusters;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.store.LocalFiles;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.MpioDisk;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.InitiatorTransport;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import dev.kume.protocol.login.LoginSecurity;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A daemon with the cluster HV, a disk of each role, and its nodes on real sockets. */
final class ClusterHost implements AutoCloseable {
    static final List<String> DISKS = List.of("quorum", "vms", "shared");
    private static final String CLUSTER = "HV";

    private final Path folder;
    private final Clock clock;
    private final Limits limits;
    private final ArbitrationTimes times;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop eventLoop = group.next();
    private final List<Initiator> initiators = new ArrayList<>();
    private Daemon daemon;
    private int port;

    ClusterHost(Path folder, Clock clock, Limits limits, ArbitrationTimes times) throws Exception {
        this.folder = folder;
        this.clock = clock;
        this.limits = limits;
        this.times = times;
        provision();
        daemon = Daemon.start(settings(0), system());
        port = ListenAddress.parse(daemon.addresses().getFirst()).getPort();
    }

    static String initiator(int node) {
        return "iqn.1991-05.com.microsoft:hv-node" + node;
    }

    private void provision() throws Exception {
        RunningManagement management = RunningManagement.in(folder);
        try (management) {
            for (String disk : DISKS) {
                if (!management
                        .create("{\"name\":\"%s\",\"size\":\"8MB\",\"format\":\"raw\",\"sharing\":\"cluster\"}"
                                .formatted(disk))
                        .ended()) {
                    throw new AssertionError(disk);
                }
            }
            for (int node = 1; node <= 2; node++) {
                management.post("/v1/targets", "{\"name\":\"hv-node%d\"}".formatted(node));
                management.put("/v1/targets/hv-node%d/initiators/%s".formatted(node, initiator(node)));
                for (int lun = 0; lun < DISKS.size(); lun++) {
                    management.post(
                            "/v1/mappings",
                            "{\"disk\":\"%s\",\"target\":\"hv-node%d\",\"lun\":%d}"
                                    .formatted(DISKS.get(lun), node, lun));
                }
            }
        }
        InventoryFile file = new InventoryFile(folder.resolve("state"), 10, DurableFiles.OF_THIS_HOST);
        Inventory now = file.load();
        ClusterRecord cluster = new ClusterRecord(
                CLUSTER,
                List.of(
                        new ClusterNode("hv-node1", List.of(initiator(1)), "hv-node1"),
                        new ClusterNode("hv-node2", List.of(initiator(2)), "hv-node2")),
                List.of(
                        new ClusterDisk("quorum", ClusterRole.WITNESS, 0),
                        new ClusterDisk("vms", ClusterRole.DATA, 1),
                        new ClusterDisk("shared", ClusterRole.CSV, 2)),
                false,
                "",
                Instant.EPOCH);
        file.save(now, Clusters.add(now, cluster));
    }

    private Settings settings(int listen) {
        return new Settings(
                null,
                folder.resolve("state"),
                folder.resolve("disks"),
                "iqn.2026-11.dev.kume",
                null,
                List.of(new PortalSettings(
                        "iscsi", 1, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), listen)))),
                LoginSecurity.DEFAULT.algorithms(),
                folder.resolve("run/admin.sock"),
                limits);
    }

    private HostSystem system() {
        return new HostSystem(
                "store1",
                "0.1.0",
                4712,
                clock,
                new SplittableRandom(3),
                LocalFiles.ofThisHost(),
                new DiskFormats(List.of(new VhdFormat(clock), new RawFormat())),
                DurableFiles.OF_THIS_HOST,
                HostNames.OF_THIS_HOST);
    }

    /** Stops in order, and starts again where it was. */
    void restart() throws DaemonException {
        daemon.close();
        daemon = Daemon.start(settings(port), system());
    }

    Path journal() {
        return folder.resolve("state/timeline");
    }

    StatisticsView statistics() {
        return ask(ApiPaths.STATISTICS, StatisticsView.class);
    }

    /** What the management API says. */
    <T> T ask(String path, Class<T> as) {
        return api().get(path).as(as);
    }

    /** The page for Prometheus. */
    String metrics() throws IOException {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("run/admin.sock")))) {
            socket.write(StandardCharsets.US_ASCII.encode("GET /v1/metrics HTTP/1.1\r\nConnection: close\r\n\r\n"));
            String answer = new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private ApiClient api() {
        return new ApiClient(folder.resolve("run/admin.sock"), new SystemClock(), Duration.ofSeconds(30));
    }

    TimelineView timeline(Instant since) {
        return api().get(ApiPaths.timeline(CLUSTER, since, null)).as(TimelineView.class);
    }

    /** A node with two paths. */
    Node node(int number, long isid) {
        return new Node(number, isid);
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    /** A node of the cluster. */
    final class Node {
        private final dev.kume.protocol.cluster.ClusterNode node;
        private final int number;
        private List<NodeDisk> disks = List.of();

        private Node(int number, long isid) {
            this.number = number;
            InitiatorLoop loop = InitiatorTransport.loop(eventLoop);
            Initiator initiator = new Initiator(
                    initiator(number),
                    isid,
                    loop,
                    InitiatorTransport.sockets(eventLoop, NioSocketChannel.class, 5_000),
                    new SystemClock(),
                    new Random(number));
            initiators.add(initiator);
            Clock real = new SystemClock();
            node = new dev.kume.protocol.cluster.ClusterNode(
                    "hv-node" + number,
                    initiator,
                    loop,
                    new dev.kume.protocol.cluster.ClusterNode.Surroundings(
                            real,
                            new RunLog(real, 1_000),
                            SessionSettings.windows(),
                            MpioDisk.Times.WINDOWS,
                            times,
                            new SessionListener() {},
                            dev.kume.protocol.cluster.ClusterNode.Wire.NONE));
        }

        Node connect() throws Exception {
            for (int path = 0; path < 2; path++) {
                get(node.connect(
                        "iqn.2026-11.dev.kume:store1-hv-node" + number,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            }
            disks = get(node.findDisks());
            return this;
        }

        NodeDisk disk(String name) {
            return disks.stream()
                    .filter(disk -> disk.seen().lun() == DISKS.indexOf(name))
                    .findFirst()
                    .orElseThrow();
        }

        /** Without a word to anybody. */
        void crash() {
            node.crash();
        }

        void logOut() throws Exception {
            for (InitiatorSession session : node.sessions()) {
                get(session.logout());
            }
        }
    }

    /** The clock of this machine. */
    static final class SystemClock implements Clock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    }

    @Override
    public void close() throws IOException {
        initiators.forEach(Initiator::close);
        daemon.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
