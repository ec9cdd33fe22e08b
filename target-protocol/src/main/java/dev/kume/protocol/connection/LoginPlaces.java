package dev.kume.protocol.connection;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * How many connections there are, and how many of them only try to log in. The newest is refused when there is no room;
 * nobody who is in is ever put out for it. Places that strangers can not have are kept for addresses from which
 * somebody was logged in before: a node that comes back finds one, however many strangers hold theirs. Thread safe.
 */
final class LoginPlaces {
    private final int connectionsMax;
    private final int loginsMax;
    private final int strangersMax;
    private final int loginsPerAddress;
    private final Predicate<InetAddress> known;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> loginsByAddress = new ConcurrentHashMap<>();

    /** @param known whether somebody was logged in from an address before */
    LoginPlaces(Limits limits, Predicate<InetAddress> known) {
        connectionsMax = limits.getInt(Limit.CONNECTIONS);
        loginsMax = limits.getInt(Limit.LOGINS_AT_ONCE);
        // Everybody is a stranger once: one place at least is theirs.
        strangersMax = Math.max(1, loginsMax - limits.getInt(Limit.LOGINS_FOR_KNOWN));
        loginsPerAddress = limits.getInt(Limit.LOGINS_PER_ADDRESS);
        this.known = known;
    }

    /** True when one more connection from this address may try to log in; the loser is closed without an answer. */
    boolean enter(InetAddress from) {
        if (connections.incrementAndGet() > connectionsMax) {
            connections.decrementAndGet();
            return false;
        }
        int fromAddress = loginsByAddress.merge(from, 1, Integer::sum);
        int all = logins.incrementAndGet();
        boolean room = fromAddress <= loginsPerAddress && all <= loginsMax;
        if (!room || (all > strangersMax && !known.test(from))) {
            loginOver(from);
            left();
            return false;
        }
        return true;
    }

    /** A connection that had entered does not try to log in any more, well or not. */
    void loginOver(InetAddress from) {
        logins.decrementAndGet();
        loginsByAddress.computeIfPresent(from, (address, count) -> count == 1 ? null : count - 1);
    }

    /** A connection that had entered is gone. */
    void left() {
        connections.decrementAndGet();
    }

    /** Connections that are open. */
    int connections() {
        return connections.get();
    }
}
