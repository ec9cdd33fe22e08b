package dev.kume.protocol.connection;

import dev.kume.core.nexus.ITNexus;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which connection carries which I_T nexus, over all loops: session reinstatement, RFC 7143 6.3.5. Thread safe.
 *
 * <p>A nexus has one session. A later login makes earlier ones close, and is granted the nexus only when the tasks of
 * the session before it have ended.
 */
final class SessionRegistry {
    private static final int TSIH_MAX = 0xFFFF;

    private record Claim(Connection connection, Runnable granted) {}

    private final Map<ITNexus, ArrayDeque<Claim>> claims = new HashMap<>();
    private final BitSet tsihs = new BitSet();
    private int lastTsih;

    /**
     * Claims a nexus for a connection that is logging in.
     *
     * @param granted runs once, on the caller's thread or the one that ends the session before; the claimant hops loops
     */
    void claim(ITNexus nexus, Connection connection, Runnable granted) {
        ArrayDeque<Claim> before;
        synchronized (this) {
            ArrayDeque<Claim> queue = claims.computeIfAbsent(nexus, ignored -> new ArrayDeque<>(2));
            before = new ArrayDeque<>(queue);
            queue.add(new Claim(connection, granted));
        }
        if (before.isEmpty()) {
            granted.run();
        }
        before.forEach(claim -> claim.connection().reinstated());
    }

    /** The session of this connection has ended, or its login was given up. */
    void release(ITNexus nexus, Connection connection) {
        Claim next = null;
        synchronized (this) {
            ArrayDeque<Claim> queue = claims.get(nexus);
            if (queue == null) {
                return;
            }
            Claim head = queue.peek();
            queue.removeIf(claim -> claim.connection() == connection);
            if (queue.isEmpty()) {
                claims.remove(nexus);
            } else if (head != queue.peek()) {
                next = queue.peek();
            }
        }
        if (next != null) {
            next.granted().run();
        }
    }

    /** A target session identifying handle that no session has, or 0 when all are in use. */
    synchronized int takeTsih() {
        for (int tried = 0; tried < TSIH_MAX; tried++) {
            lastTsih = lastTsih % TSIH_MAX + 1;
            if (!tsihs.get(lastTsih)) {
                tsihs.set(lastTsih);
                return lastTsih;
            }
        }
        return 0;
    }

    /** Takes the handle of a session that has ended, for the one in its place; false when it is in use again. */
    synchronized boolean takeTsih(int tsih) {
        boolean free = !tsihs.get(tsih);
        tsihs.set(tsih);
        return free;
    }

    synchronized void giveTsih(int tsih) {
        tsihs.clear(tsih);
    }

    synchronized @Nullable Connection holder(ITNexus nexus) {
        ArrayDeque<Claim> queue = claims.get(nexus);
        return queue == null ? null : queue.getFirst().connection();
    }
}
