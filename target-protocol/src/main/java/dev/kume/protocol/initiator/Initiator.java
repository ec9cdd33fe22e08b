package dev.kume.protocol.initiator;

import dev.kume.core.Clock;
import dev.kume.protocol.login.KeyValue;
import dev.kume.protocol.login.SessionType;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An iSCSI initiator: one name, and its sessions (RFC 7143). Time, chance, loop and transport are given to it, so that
 * it can live in a simulation as well as on a network. Methods may be called by any thread.
 */
public final class Initiator implements AutoCloseable {
    /** Connections left behind without a word are closed when there are more. */
    private static final int ABANDONED_MAX = 1_024;

    /**
     * The first ISID of Windows: format EN, RFC 7143 11.12.5, with Microsoft's enterprise number 311, and a qualifier
     * that counts sessions from 0.
     */
    public static final long ISID_WINDOWS = 0x40_0001_37_0000L;

    /** An ISID of random format, RFC 7143 11.12.5: 24 random bits, then a qualifier that counts sessions. */
    private static final long ISID_RANDOM_FORMAT = 0x80_0000_0000_00L;

    private static final long QUALIFIER_MASK = 0xFFFF;

    private final String name;
    private final InitiatorLoop loop;
    private final InitiatorTransport transport;
    private final Clock clock;
    private final RandomGenerator random;
    private final long isidStart;
    private final Set<InitiatorSession> sessions = new LinkedHashSet<>();
    private final List<Channel> abandoned = new ArrayList<>();
    private long nextQualifier;

    /**
     * @param name   the iSCSI name, which the target knows it by
     * @param random where ISIDs and first sequence numbers come from; the loop's own
     */
    public Initiator(
            String name, InitiatorLoop loop, InitiatorTransport transport, Clock clock, RandomGenerator random) {
        this(name, ISID_RANDOM_FORMAT | (random.nextLong() & 0xFF_FFFFL) << 16, loop, transport, clock, random);
    }

    /**
     * The same with ISIDs that are known beforehand. Who logs in with an ISID again is the same initiator port again.
     *
     * @param firstIsid the ISID of the first session; the later ones differ in the last 16 bits, which count
     */
    public Initiator(
            String name,
            long firstIsid,
            InitiatorLoop loop,
            InitiatorTransport transport,
            Clock clock,
            RandomGenerator random) {
        this.name = name;
        this.loop = loop;
        this.transport = transport;
        this.clock = clock;
        this.random = random;
        isidStart = firstIsid & ~QUALIFIER_MASK;
        nextQualifier = firstIsid & QUALIFIER_MASK;
    }

    public String name() {
        return name;
    }

    /** Logs in; the session completes when it is in the full feature phase, and fails when the first login does. */
    public CompletableFuture<InitiatorSession> login(
            String targetName, SocketAddress portal, SessionSettings settings, SessionListener listener) {
        return login(SessionType.NORMAL, targetName, portal, settings, listener);
    }

    /** Asks a portal for its targets, in a discovery session of its own. */
    public CompletableFuture<List<FoundTarget>> discover(SocketAddress portal, SessionSettings settings) {
        return login(SessionType.DISCOVERY, null, portal, settings, SessionListener.NONE)
                .thenCompose(session -> session.text(List.of(new KeyValue("SendTargets", "All")))
                        .thenApply(FoundTarget::of)
                        .whenComplete((targets, failure) -> session.logout()));
    }

    /** Closes all sessions, without a logout. */
    @Override
    public void close() {
        loop.run(() -> {
            List.copyOf(sessions).forEach(InitiatorSession::close);
            abandoned.forEach(Channel::close);
            abandoned.clear();
        });
    }

    private CompletableFuture<InitiatorSession> login(
            SessionType type,
            @Nullable String targetName,
            SocketAddress portal,
            SessionSettings settings,
            SessionListener listener) {
        CompletableFuture<InitiatorSession> answer = new CompletableFuture<>();
        loop.run(() -> {
            long isid = isidStart | (nextQualifier++ & QUALIFIER_MASK);
            InitiatorSession session =
                    new InitiatorSession(this, type, targetName, portal, settings, isid, random.nextInt());
            sessions.add(session);
            session.addListener(listener);
            Futures.forward(session.connect(), answer);
        });
        return answer;
    }

    void remove(InitiatorSession session) {
        sessions.remove(session);
    }

    void abandon(Channel channel) {
        if (abandoned.size() == ABANDONED_MAX) {
            abandoned.removeFirst().close();
        }
        abandoned.add(channel);
    }

    InitiatorLoop loop() {
        return loop;
    }

    InitiatorTransport transport() {
        return transport;
    }

    Clock clock() {
        return clock;
    }

    RandomGenerator random() {
        return random;
    }
}
