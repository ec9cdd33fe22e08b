package dev.kume.protocol.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ten failures in a minute cost nothing; what is above them costs time. */
final class LoginThrottleTest {
    private final SetClock clock = new SetClock();
    private final LoginThrottle throttle = new LoginThrottle(clock, Limits.DEFAULTS);

    @Test
    void whatIsAboveTheAllowedIsDelayedLongerEachTime() throws Exception {
        fail("192.0.2.1", 10);
        assertEquals(0, delayMillis("192.0.2.1"));
        fail("192.0.2.1", 1);
        assertEquals(500, delayMillis("192.0.2.1"));
        fail("192.0.2.1", 1);
        assertEquals(1_000, delayMillis("192.0.2.1"));
        fail("192.0.2.1", 100);
        assertEquals(5_000, delayMillis("192.0.2.1"));
        assertEquals(0, delayMillis("192.0.2.2"));
    }

    @Test
    void failuresAreForgottenAtTheRateThatIsAllowed() throws Exception {
        fail("192.0.2.1", 12);
        clock.passSeconds(6);
        assertEquals(500, delayMillis("192.0.2.1"));
        clock.passSeconds(6);
        assertEquals(0, delayMillis("192.0.2.1"));
    }

    @Test
    void floodIsForgottenWithinTwoWindows() throws Exception {
        fail("192.0.2.1", 100_000);
        clock.passSeconds(60);
        assertEquals(0, delayMillis("192.0.2.1"));
    }

    @Test
    void loginThatGoesWellMakesTheAddressGood() throws Exception {
        fail("192.0.2.1", 100);
        throttle.succeeded(InetAddress.getByName("192.0.2.1"));
        assertEquals(0, delayMillis("192.0.2.1"));
        fail("192.0.2.1", 10);
        assertEquals(0, delayMillis("192.0.2.1"));
    }

    @Test
    void addressesOfOneIpv6NetworkAreOne() throws Exception {
        fail("2001:db8::1", 6);
        fail("2001:db8::2", 5);
        assertTrue(delayMillis("2001:db8::3") > 0);
        assertEquals(0, delayMillis("2001:db8:0:1::1"));
    }

    @Test
    void longestDelayLeavesTimeForTheLogin() throws Exception {
        LoginThrottle hasty = new LoginThrottle(clock, Limits.of(Map.of(Limit.LOGIN_SECONDS, 4L)));
        InetAddress address = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 100; i++) {
            hasty.failed(address);
        }
        assertEquals(2_000_000_000L, hasty.delayNanos(address));
    }

    @Test
    void tableOfAddressesIsBounded() throws Exception {
        LoginThrottle small = new LoginThrottle(clock, Limits.of(Map.of(Limit.LOGIN_FAILURE_ADDRESSES, 64L)));
        InetAddress first = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 20; i++) {
            small.failed(first);
        }
        for (int i = 0; i < 63; i++) {
            small.failed(InetAddress.getByName("198.51.100." + i));
        }
        assertTrue(small.delayNanos(first) > 0);
        for (int i = 63; i < 127; i++) {
            small.failed(InetAddress.getByName("198.51.100." + i));
        }
        assertEquals(0, small.delayNanos(first));
    }

    private void fail(String address, int times) throws UnknownHostException {
        for (int i = 0; i < times; i++) {
            throttle.failed(InetAddress.getByName(address));
        }
    }

    private long delayMillis(String address) throws UnknownHostException {
        return throttle.delayNanos(InetAddress.getByName(address)) / 1_000_000;
    }
}
