package dev.kume.protocol.cluster;

import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorTransport;
import dev.kume.protocol.server.LoopbackTarget;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a node runs on: one thread, which can stand still, and real sockets. */
public final class Machine implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop eventLoop = group.next();
    private final String name;
    private final ClusterNode.Surroundings surroundings;
    private Initiator initiator;
    private ClusterNode node;
    private @Nullable CountDownLatch frozen;

    public Machine(String name, long firstIsid, ClusterNode.Surroundings surroundings) {
        this.name = name;
        this.surroundings = surroundings;
        initiator = newInitiator(firstIsid);
        node = newNode();
    }

    public static String initiatorName(String name) {
        return "iqn.1991-05.com.microsoft:" + name;
    }

    public ClusterNode node() {
        return node;
    }

    public InitiatorLoop loop() {
        return InitiatorTransport.loop(eventLoop);
    }

    /** Power off: connections stay open with nobody at this end. What is left of them goes when the machine closes. */
    public void crash() {
        node.crash();
    }

    /** Power on after a {@link #crash}: a node that knows nothing of what it had, with these ISIDs. */
    public ClusterNode boot(long firstIsid) {
        initiator = newInitiator(firstIsid);
        node = newNode();
        return node;
    }

    /** Stands still, as a host does that hangs: nothing is sent, received or timed any more, and no connection ends. */
    public void freeze() {
        CountDownLatch thaw = new CountDownLatch(1);
        CountDownLatch still = new CountDownLatch(1);
        frozen = thaw;
        eventLoop.execute(() -> {
            still.countDown();
            await(thaw);
        });
        await(still);
    }

    /** Goes on as if nothing had been. */
    public void thaw() {
        if (frozen != null) {
            frozen.countDown();
            frozen = null;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("frozen for ever");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Initiator newInitiator(long firstIsid) {
        return new Initiator(
                initiatorName(name),
                firstIsid,
                loop(),
                InitiatorTransport.sockets(eventLoop, NioSocketChannel.class, 5_000),
                LoopbackTarget.CLOCK,
                new Random(name.hashCode()));
    }

    private ClusterNode newNode() {
        return new ClusterNode(name, initiator, loop(), surroundings);
    }

    @Override
    public void close() {
        thaw();
        initiator.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
