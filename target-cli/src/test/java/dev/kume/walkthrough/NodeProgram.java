package dev.kume.walkthrough;

import dev.kume.core.Clock;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.PersistentReserve.Registered;
import dev.kume.protocol.cluster.RunLog;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node that does what the lines of its standard input say and answers each with a line; see {@link Voice}. Numbers in
 * commands are decimal, keys hexadecimal. When its input ends it goes without a word to anybody.
 */
final class NodeProgram {
    private static final int LOG_LINES_MAX = 1_000;
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    private final String name;
    private final String iqn;
    private final EventLoop eventLoop;
    private final RunLog log = new RunLog(CLOCK, LOG_LINES_MAX);
    private final Voice voice = new Voice(System.out, log);
    private @Nullable Node node;
    private @Nullable Heartbeat heartbeat;
    private volatile Runnable onPeerLost = () -> {};

    private NodeProgram(String name, String iqn, EventLoop eventLoop) {
        this.name = name;
        this.iqn = iqn;
        this.eventLoop = eventLoop;
    }

    /** @param words the name of the node and its iSCSI name */
    public static void main(String[] words) throws IOException {
        EventLoop loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();
        NodeProgram program = new NodeProgram(words[0], words[1], loop);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            program.obey(List.of(line.strip().split(" +")));
        }
        Runtime.getRuntime().halt(0);
    }

    private void obey(List<String> words) {
        try {
            voice.answer("ok " + carryOut(words));
        } catch (Exception failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            voice.answer("failed %s: %s".formatted(words.getFirst(), cause.getMessage()));
        }
    }

    private String carryOut(List<String> words) throws Exception {
        return switch (words.getFirst()) {
            case "boot" -> {
                long isid = Long.parseLong(words.get(1), 16);
                node = new Node(name, iqn, isid, eventLoop, CLOCK, log, voice);
                yield "";
            }
            case "discover" -> String.join(" ", node().discover(DelayRelay.address(words.get(1))));
            case "login" -> "isid=%012x".formatted(node().login(words.get(1), DelayRelay.address(words.get(2))));
            case "logout" -> {
                node().logout();
                yield "";
            }
            case "disks" -> node().findDisks().stream().map(NodeProgram::show).collect(Collectors.joining(" "));
            case "heartbeat" -> heartbeat(words);
            case "guard" -> {
                // MACHINE-LUN WITNESS-LUN KEY: once, this node takes over when the other one is silent.
                onPeerLost =
                        () -> node().takeOver(lun(words), (int) number(words, 2), Long.parseLong(words.get(3), 16));
                yield "";
            }
            case "quiet" -> {
                if (heartbeat != null) {
                    heartbeat.close();
                }
                yield "";
            }
            case "own" -> "won=" + node().own(lun(words), Long.parseLong(words.get(2), 16));
            case "release" -> {
                node().release(lun(words));
                yield "";
            }
            case "try-write" ->
                node().disk(lun(words))
                                .rawWrite(NodeDisk.SCRATCH_X, name)
                                .join()
                                .isConflict()
                        ? "conflict"
                        : "written";
            case "registrations" ->
                node().disk(lun(words)).readFullStatus().join().stream()
                        .map(NodeProgram::show)
                        .collect(Collectors.joining(" "));
            case "run" -> "found=" + node().run(lun(words)).join();
            case "stop" -> "written=" + node().stop().join();
            case "save" -> moved(node().save(lun(words), number(words, 2), number(words, 3), (int) number(words, 4)));
            case "restore" ->
                moved(node().restore(lun(words), number(words, 2), number(words, 3), (int) number(words, 4)));
            case "latency" -> "nanos=" + node().latencyNanos(lun(words));
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    /** {@code heartbeat LOCAL PEER INTERVAL-MILLIS PATIENCE-MILLIS}. */
    private String heartbeat(List<String> words) throws IOException {
        Heartbeat.Watcher watcher = new Heartbeat.Watcher() {
            @Override
            public void onSeen() {
                voice.event("peer-seen");
            }

            @Override
            public void onLost(long silentSinceNanos) {
                voice.event("peer-lost since=" + silentSinceNanos);
                Runnable reaction = onPeerLost;
                onPeerLost = () -> {};
                reaction.run();
            }
        };
        heartbeat = new Heartbeat(
                DelayRelay.address(words.get(1)),
                DelayRelay.address(words.get(2)),
                Duration.ofMillis(number(words, 3)),
                Duration.ofMillis(number(words, 4)),
                watcher);
        return "";
    }

    private Node node() {
        if (node == null) {
            throw new IllegalStateException("the node has not booted");
        }
        return node;
    }

    private static int lun(List<String> words) {
        return (int) number(words, 1);
    }

    private static long number(List<String> words, int at) {
        return Long.parseLong(words.get(at));
    }

    private static String moved(Node.Moved moved) {
        return "bytes=%d nanos=%d".formatted(moved.bytes(), moved.nanos());
    }

    private static String show(NodeDisk disk) {
        return "lun=%d,bytes=%d,serial=%s"
                .formatted(
                        disk.seen().lun(),
                        disk.seen().capacity().bytes(),
                        disk.seen().serial());
    }

    private static String show(Registered registered) {
        return "%x,%s%s"
                .formatted(registered.key(), registered.initiatorPort(), registered.isHolder() ? ",holder" : "");
    }
}
