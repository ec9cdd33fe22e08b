package dev.kume.protocol.initiator;

import dev.kume.protocol.server.LoopbackTarget;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A host with one initiator on a loop of its own, over real sockets. */
public final class Host implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Initiator initiator;
    private final InitiatorLoop loop;
    private final Diary diary = new Diary();

    /** What listeners of all its sessions heard. */
    public static final class Diary implements SessionListener {
        private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> losses = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Integer> rejects = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Integer> messages = new ConcurrentLinkedQueue<>();

        @Override
        public void onLost(InitiatorSession session, InitiatorException why) {
            losses.add(why.getMessage());
        }

        @Override
        public void onViolation(InitiatorSession session, String what) {
            violations.add(what);
        }

        @Override
        public void onReject(InitiatorSession session, int reason) {
            rejects.add(reason);
        }

        @Override
        public void onAsyncMessage(InitiatorSession session, int event) {
            messages.add(event);
        }

        public List<String> violations() {
            return List.copyOf(violations);
        }

        public List<String> losses() {
            return List.copyOf(losses);
        }

        public List<Integer> rejects() {
            return List.copyOf(rejects);
        }

        public List<Integer> messages() {
            return List.copyOf(messages);
        }
    }

    public Host(String name, long seed) {
        EventLoop eventLoop = group.next();
        loop = InitiatorTransport.loop(eventLoop);
        initiator = new Initiator(
                name,
                loop,
                InitiatorTransport.sockets(eventLoop, NioSocketChannel.class, 5_000),
                LoopbackTarget.CLOCK,
                new Random(seed));
    }

    public static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public Initiator initiator() {
        return initiator;
    }

    public InitiatorLoop loop() {
        return loop;
    }

    public Diary diary() {
        return diary;
    }

    public InitiatorSession login(String target, int port, SessionSettings settings) {
        return get(initiator.login(target, loopback(port), settings, diary));
    }

    public BlockClient disk(InitiatorSession session, int lun) {
        return new BlockClient(new RemoteUnit(session, lun), loop);
    }

    /** Waits for a result at most 20 seconds. */
    public static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InitiatorException why) {
                throw why;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        initiator.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
