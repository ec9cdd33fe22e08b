package dev.kume.protocol.isns;

import dev.kume.core.Clock;
import dev.kume.protocol.server.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This daemon at all its iSNS servers, each with a connection and a state of its own. Its methods may be called from
 * any thread and do not wait; {@link #close} does.
 */
public final class IsnsRegistration implements AutoCloseable {
    private static final int CLOSE_SECONDS = 1;

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final List<IsnsClient> clients;
    private @Nullable CompletableFuture<Void> ending;

    /**
     * Starts the event loop; nothing is registered before something is published.
     *
     * @param hostAddresses the addresses of this host, asked for each time; must not wait
     */
    public IsnsRegistration(
            List<InetSocketAddress> servers,
            IsnsOptions options,
            Transport transport,
            Clock clock,
            RandomGenerator random,
            Supplier<List<InetAddress>> hostAddresses) {
        this.group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("kume-isns", true),
                transport.chosen().handlers());
        this.loop = group.next();
        IsnsNetwork network = new IsnsChannel(loop, transport.clientChannel(), options);
        this.clients = servers.stream()
                .map(server -> new IsnsClient(server, options, network, clock, random, hostAddresses))
                .toList();
    }

    /** There is this to register from now on. */
    public void publish(IsnsSnapshot snapshot) {
        loop.execute(() -> clients.forEach(client -> client.publish(snapshot)));
    }

    /** How things stand with each server, in the order of the settings. */
    public List<IsnsServerState> states() {
        return clients.stream().map(IsnsClient::state).toList();
    }

    /** Deregisters everywhere, once. Completes when all servers have answered or their time is over. */
    public synchronized CompletableFuture<Void> stop() {
        CompletableFuture<Void> begun = ending;
        if (begun == null) {
            begun = end();
            ending = begun;
        }
        return begun.copy();
    }

    private CompletableFuture<Void> end() {
        List<CompletableFuture<Void>> ends = clients.stream()
                .map(client -> {
                    CompletableFuture<Void> end = new CompletableFuture<>();
                    loop.execute(() -> client.stop(() -> end.complete(null)));
                    return end;
                })
                .toList();
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
    }

    /** Ends the loop with whatever is still on its way. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
