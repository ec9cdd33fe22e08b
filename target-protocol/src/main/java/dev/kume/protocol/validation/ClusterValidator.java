package dev.kume.protocol.validation;

import dev.kume.core.Clock;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.MpioDisk;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorTransport;
import dev.kume.protocol.initiator.SessionSettings;
import dev.kume.protocol.initiator.SessionTimes;
import dev.kume.protocol.login.InitiatorCredentials;
import dev.kume.protocol.server.Transport;
import dev.kume.protocol.validation.StorageCluster.Member;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Validates storage with nodes of its own on real sockets, against any target. One validation at a time, in the
 * caller's thread.
 */
public final class ClusterValidator {
    /** The ISID of the first path of each node: random format, RFC 7143 11.12.5, with a number of its own. */
    private static final long ISID_FIRST = 0x80_4B56_4C_0000L;

    private static final long ISID_QUALIFIER = 0xFFFF;
    private static final int LOOPS_MAX = 4;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LINES_MAX = 50_000;

    /** A step that needs no waiting for others. */
    private static final Duration STEP = Duration.ofSeconds(10);

    /** How often in one step nodes wait for each other, at most. */
    private static final int CHALLENGES_PER_STEP = 4;

    private static final Duration LEAVE = Duration.ofSeconds(3);

    /** A target that does not answer is a result: nothing is reset for it, for that would reach other hosts. */
    private static final SessionTimes TIMES = SessionTimes.WINDOWS_MPIO
            .withReconnect(Duration.ofSeconds(1))
            .withRequestHold(Duration.ofSeconds(2))
            .withCommand(Duration.ZERO, Duration.ofSeconds(2))
            .withLogin(Duration.ofSeconds(5));

    private final Clock clock;
    private final RandomGenerator random;
    private final ClusterNode.Wire wire;
    private final Duration step;

    /**
     * A way to a disk.
     *
     * @param initiator   the name that the node has there
     * @param credentials by which it proves itself, or null
     * @param luns        the units that are looked at, of those that the target shows
     */
    public record Path(
            String initiator,
            @Nullable InitiatorCredentials credentials,
            String target,
            InetSocketAddress portal,
            IntPredicate luns) {}

    /** A node and its paths. */
    public record Node(String name, List<Path> paths) {}

    /**
     * How a run is done, and who hears of it.
     *
     * @param restores whether the {@link ScratchArea} is made zeros afterwards, as it was
     * @param notes    what the reader of the report should know of it
     */
    public record Manner(
            ArbitrationTimes times,
            Stop stop,
            Consent consent,
            StorageValidation.Progress progress,
            boolean restores,
            List<String> notes) {}

    public ClusterValidator(Clock clock, RandomGenerator random) {
        this(clock, random, ClusterNode.Wire.NONE, STEP);
    }

    /**
     * @param wire what lies between nodes and units
     * @param step how long a step may take in which nodes do not wait for each other
     */
    ClusterValidator(Clock clock, RandomGenerator random, ClusterNode.Wire wire, Duration step) {
        this.clock = clock;
        this.random = random;
        this.wire = wire;
        this.step = step;
    }

    /** Whether an initiator port with this ISID is a node of a validation, and no host. */
    public static boolean isValidator(long isid) {
        return (isid & ~ISID_QUALIFIER) == ISID_FIRST;
    }

    /** Runs all tests; whatever goes wrong with the storage is in the report. */
    public ValidationReport run(String title, List<Node> nodes, Manner manner) {
        Instant begun = clock.now();
        RunLog log = new RunLog(clock, LINES_MAX);
        int loops = Math.clamp(nodes.size(), 1, LOOPS_MAX);
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                loops, new DefaultThreadFactory("kume-validation", true), Transport.AUTO.handlers());
        List<Initiator> initiators = new ArrayList<>();
        List<String> notes = new ArrayList<>(manner.notes());
        List<TestResult> results;
        List<ValidationReport.Disk> disks;
        try {
            ClusterNode.Surroundings surroundings = surroundings(log, manner.times());
            List<Member> members = new ArrayList<>();
            for (Node node : nodes) {
                members.add(member(node, group.next(), surroundings, initiators));
            }
            StorageCluster cluster = new StorageCluster(members);
            results = new StorageValidation(
                            clock,
                            log,
                            patience(manner.times()),
                            random,
                            manner.stop(),
                            manner.consent(),
                            manner.progress())
                    .run(cluster);
            disks = ValidationReport.disksOf(cluster);
            if (manner.restores()) {
                StorageSteps steps = new StorageSteps(log, step, random, new Stop());
                cluster.shared()
                        .forEach(disk -> notes.addAll(
                                ScratchArea.clear(steps, disk.onNodes().getFirst())));
            }
            leave(cluster);
        } finally {
            initiators.forEach(Initiator::close);
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        }
        return new ValidationReport(title, nodes, disks, manner.times(), notes, begun, clock.now(), results);
    }

    private Duration patience(ArbitrationTimes times) {
        return step.plus(times.challenge().multipliedBy(CHALLENGES_PER_STEP));
    }

    private ClusterNode.Surroundings surroundings(RunLog log, ArbitrationTimes times) {
        return new ClusterNode.Surroundings(
                clock, log, settings(null), MpioDisk.Times.WINDOWS, times, new SessionLog(log), wire);
    }

    private static SessionSettings settings(@Nullable InitiatorCredentials credentials) {
        SessionSettings settings = SessionSettings.windows().withTimes(TIMES).withForgiveness();
        return credentials == null ? settings : settings.withCredentials(credentials);
    }

    private Member member(
            Node node, EventLoop eventLoop, ClusterNode.Surroundings surroundings, List<Initiator> initiators) {
        InitiatorLoop loop = InitiatorTransport.loop(eventLoop);
        InitiatorTransport transport =
                InitiatorTransport.sockets(eventLoop, Transport.AUTO.clientChannel(), CONNECT_MILLIS);
        Map<String, Initiator> byName = new LinkedHashMap<>();
        List<ClusterNode.Way> ways = new ArrayList<>();
        for (Path path : node.paths()) {
            Initiator initiator = byName.computeIfAbsent(
                    path.initiator(), name -> new Initiator(name, ISID_FIRST, loop, transport, clock, random));
            ways.add(new ClusterNode.Way(
                    initiator, settings(path.credentials()), path.target(), path.portal(), path.luns()));
        }
        initiators.addAll(byName.values());
        return new Member(new ClusterNode(node.name(), ways.getFirst().initiator(), loop, surroundings), ways);
    }

    /** Logs out everywhere, as long as that is answered. */
    private static void leave(StorageCluster cluster) {
        CompletableFuture<?>[] all =
                cluster.nodes().stream().map(ClusterNode::shutDown).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all)
                .completeOnTimeout(null, LEAVE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> null)
                .join();
    }
}
