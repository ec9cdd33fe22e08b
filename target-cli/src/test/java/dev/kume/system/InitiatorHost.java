package dev.kume.system;

import dev.kume.core.Clock;
import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.FoundTarget;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.InitiatorTransport;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A host with the built-in initiator on one loop. Whatever the target does against the standard is written down. */
final class InitiatorHost implements AutoCloseable, SessionListener {
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

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final InitiatorLoop loop;
    private final Initiator initiator;
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

    InitiatorHost(String name) {
        EventLoop eventLoop = group.next();
        loop = InitiatorTransport.loop(eventLoop);
        initiator = new Initiator(
                name,
                loop,
                InitiatorTransport.sockets(eventLoop, EpollSocketChannel.class, 15_000),
                CLOCK,
                new SecureRandom());
    }

    @Override
    public void onViolation(InitiatorSession session, String what) {
        violations.add(session + ": " + what);
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    CompletableFuture<InitiatorSession> login(InetSocketAddress portal, String iqn, SessionSettings settings) {
        return initiator.login(iqn, portal, settings, this);
    }

    CompletableFuture<List<FoundTarget>> discover(InetSocketAddress portal) {
        return initiator.discover(portal, SessionSettings.windows());
    }

    BlockClient disk(InitiatorSession session, int lun) {
        return new BlockClient(new RemoteUnit(session, lun), loop);
    }

    @Override
    public void close() {
        initiator.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
