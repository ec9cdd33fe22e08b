package dev.kume.walkthrough;

import dev.kume.core.Clock;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.MpioDisk;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.initiator.FoundTarget;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.InitiatorTransport;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import dev.kume.protocol.initiator.SessionTimes;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One boot of a node: an initiator whose sessions and disks nobody remembers after the next one. For the thread of the
 * commands; what happens by itself happens on the loop.
 */
final class Node {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LATENCY_ROUNDS = 101;

    private final String name;
    private final Initiator initiator;
    private final ClusterNode node;
    private final Voice voice;
    private volatile List<NodeDisk> disks = List.of();
    private volatile @Nullable VirtualMachine machine;

    /** What becomes of a saved or restored state. */
    record Moved(long bytes, long nanos) {}

    Node(String name, String iqn, long firstIsid, EventLoop eventLoop, Clock clock, RunLog log, Voice voice) {
        this.name = name;
        this.voice = voice;
        initiator = new Initiator(
                iqn,
                firstIsid,
                InitiatorTransport.loop(eventLoop),
                InitiatorTransport.sockets(eventLoop, NioSocketChannel.class, CONNECT_MILLIS),
                clock,
                new Random());
        node = new ClusterNode(
                name,
                initiator,
                InitiatorTransport.loop(eventLoop),
                new ClusterNode.Surroundings(
                        clock,
                        log,
                        SessionSettings.windows().withTimes(SessionTimes.WINDOWS_MPIO),
                        MpioDisk.Times.WINDOWS,
                        ArbitrationTimes.WINDOWS,
                        new SessionListener() {
                            @Override
                            public void onViolation(InitiatorSession session, String what) {
                                voice.event("violation " + what);
                            }
                        },
                        ClusterNode.Wire.NONE));
    }

    List<String> discover(InetSocketAddress portal) {
        return initiator.discover(portal, SessionSettings.windows()).join().stream()
                .map(FoundTarget::name)
                .toList();
    }

    /** Logs in; returns the ISID. */
    long login(String target, InetSocketAddress portal) {
        return node.connect(target, portal).join().isid();
    }

    void logout() {
        node.shutDown().join();
        initiator.close();
    }

    List<NodeDisk> findDisks() {
        disks = node.findDisks().join();
        return disks;
    }

    NodeDisk disk(int lun) {
        return disks.stream()
                .filter(disk -> disk.seen().lun() == lun)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("node %s has no LUN %d".formatted(name, lun)));
    }

    // ---- ownership --------------------------------------------------------------------------------------------------

    boolean own(int lun, long key) {
        NodeDisk disk = disk(lun);
        boolean won = disk.arbitrate(key).join();
        if (won) {
            disk.bringOnline().join();
        }
        return won;
    }

    /** Flushes, and gives the disk up. */
    void release(int lun) {
        NodeDisk disk = disk(lun);
        disk.takeOffline().join();
        var released = disk.stopDefence().join();
        if (!released.isGood()) {
            throw new IllegalStateException("LUN %d is not released: %s".formatted(lun, released));
        }
    }

    /** What a node does for which the other one is dead: it fights for the disks, and starts the virtual machine. */
    void takeOver(int machineLun, int witnessLun, long key) {
        CompletableFuture<Void> all = CompletableFuture.allOf(
                takeOver(witnessLun, key),
                takeOver(machineLun, key)
                        .thenCompose(owned -> disk(machineLun).bringOnline())
                        .thenCompose(online -> run(machineLun))
                        .thenAccept(found -> voice.event("first-write found=" + found)));
        var _ = all.exceptionally(failure -> {
            voice.event("takeover-failed " + failure);
            return null;
        });
    }

    private CompletableFuture<Void> takeOver(int lun, long key) {
        return disk(lun).arbitrate(key).thenAccept(won -> {
            voice.event((won ? "owns lun=" : "lost lun=") + lun);
            if (!won) {
                throw new IllegalStateException("the arbitration for LUN %d is lost".formatted(lun));
            }
        });
    }

    /** Starts the virtual machine of this disk; completes with the number that it goes on from. */
    CompletableFuture<Long> run(int lun) {
        VirtualMachine started = new VirtualMachine(
                disk(lun),
                node.loop(),
                number -> voice.event("written " + number),
                failure -> voice.event("machine-stopped " + failure));
        machine = started;
        return started.start();
    }

    /** Stops it; completes with the last number that is on the disk. */
    CompletableFuture<Long> stop() {
        VirtualMachine running = machine;
        if (running == null) {
            throw new IllegalStateException("no virtual machine runs here");
        }
        machine = null;
        return running.stop();
    }

    // ---- state of a virtual machine ---------------------------------------------------------------------------------

    Moved save(int lun, long bytes, long seed, int commands) throws InterruptedException {
        long begun = System.nanoTime();
        state(lun, commands).save(bytes, seed);
        return new Moved(bytes, System.nanoTime() - begun);
    }

    Moved restore(int lun, long bytes, long seed, int commands) {
        long begun = System.nanoTime();
        state(lun, commands).restore(bytes, seed);
        return new Moved(bytes, System.nanoTime() - begun);
    }

    private MachineState state(int lun, int commands) {
        NodeDisk disk = disk(lun);
        return new MachineState(disk.client(), disk.seen().capacity().blockBytes(), commands);
    }

    /** The median of the round trips of a command without data. */
    long latencyNanos(int lun) {
        long[] all = new long[LATENCY_ROUNDS];
        for (int round = 0; round < all.length; round++) {
            long begun = System.nanoTime();
            disk(lun).client().testUnitReady().join();
            all[round] = System.nanoTime() - begun;
        }
        Arrays.sort(all);
        return all[all.length / 2];
    }
}
