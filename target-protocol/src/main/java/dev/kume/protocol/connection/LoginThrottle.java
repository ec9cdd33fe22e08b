package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Slows the logins of an address that fails again and again, whoever it says it is: guessing secrets takes years, while
 * one mistake costs nothing. A login that goes well makes the address a good one again. Thread safe.
 *
 * <p>Failures drain away at the rate that the limits allow; what is above it delays the next answer, longer each time.
 */
public final class LoginThrottle {
    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int DOUBLINGS_MAX = 8;

    /** Whoever has one IPv6 address commonly has all of its /64. */
    private static final int IPV6_PREFIX_BYTES = 8;

    private record Level(double failures, long atNanos) {}

    private final Clock clock;
    private final int failuresAllowed;
    private final double windowNanos;
    private final long delayNanosMax;
    private final int addressesMax;
    private final LinkedHashMap<InetAddress, Level> levels = new LinkedHashMap<>(16, 0.75f, true);

    public LoginThrottle(Clock clock, Limits limits) {
        this.clock = clock;
        failuresAllowed = limits.getInt(Limit.LOGIN_FAILURES_PER_ADDRESS);
        windowNanos = TimeUnit.SECONDS.toNanos(limits.get(Limit.LOGIN_FAILURE_WINDOW_SECONDS));
        // An answer that comes after the time limit of the login is none.
        delayNanosMax = Math.min(
                TimeUnit.SECONDS.toNanos(limits.get(Limit.LOGIN_DELAY_SECONDS)),
                TimeUnit.SECONDS.toNanos(limits.get(Limit.LOGIN_SECONDS)) / 2);
        addressesMax = limits.getInt(Limit.LOGIN_FAILURE_ADDRESSES);
    }

    /** For how long the next login from there is left unanswered; 0 for everybody who behaves. */
    public synchronized long delayNanos(InetAddress from) {
        Level level = levels.get(networkOf(from));
        double excess = level == null ? 0 : failuresNow(level) - failuresAllowed;
        if (excess <= 0) {
            return 0;
        }
        int doublings = (int) Math.min(excess, DOUBLINGS_MAX);
        return Math.min(FIRST_DELAY_NANOS << doublings, delayNanosMax);
    }

    /** A login from there was refused by a mistake of the initiator. */
    public synchronized void failed(InetAddress from) {
        InetAddress network = networkOf(from);
        Level level = levels.get(network);
        // What is far above the allowed takes no longer to be forgiven than what is a little above.
        double failures = Math.min(level == null ? 0 : failuresNow(level), failuresAllowed + DOUBLINGS_MAX);
        levels.put(network, new Level(failures + 1, clock.nanoTime()));
        if (levels.size() > addressesMax) {
            levels.remove(levels.firstEntry().getKey());
        }
    }

    /** A session from there was let in. */
    public synchronized void succeeded(InetAddress from) {
        levels.remove(networkOf(from));
    }

    private double failuresNow(Level level) {
        double drained = failuresAllowed * ((clock.nanoTime() - level.atNanos()) / windowNanos);
        return Math.max(0, level.failures() - drained);
    }

    private static InetAddress networkOf(InetAddress from) {
        if (!(from instanceof Inet6Address)) {
            return from;
        }
        byte[] address = from.getAddress();
        Arrays.fill(address, IPV6_PREFIX_BYTES, address.length, (byte) 0);
        InetAddress network = ofBytes(address);
        return network == null ? from : network;
    }

    private static @Nullable InetAddress ofBytes(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException never) {
            return null;
        }
    }
}
