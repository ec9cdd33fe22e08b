package dev.kume.protocol.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may come in when many want to. */
final class LoginPlacesTest {
    private static final InetAddress NODE = address(200);

    private final LoginPlaces places = new LoginPlaces(
            Limits.of(Map.of(
                    Limit.CONNECTIONS, 12L,
                    Limit.LOGINS_AT_ONCE, 8L,
                    Limit.LOGINS_FOR_KNOWN, 3L,
                    Limit.LOGINS_PER_ADDRESS, 2L)),
            Set.of(NODE)::contains);

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** How many of these come in, each from an address of its own. */
    private int strangers(int count) {
        int in = 0;
        for (int i = 0; i < count; i++) {
            in += places.enter(address(i)) ? 1 : 0;
        }
        return in;
    }

    @Test
    void strangersLeaveRoomForWhoIsKnown() {
        assertEquals(5, strangers(50));
        assertTrue(places.enter(NODE));
        assertTrue(places.enter(NODE));
        assertFalse(places.enter(NODE), "not more than the limit of one address");
        assertEquals(7, places.connections());
    }

    @Test
    void oneAddressHasItsShare() {
        assertTrue(places.enter(address(1)));
        assertTrue(places.enter(address(1)));
        assertFalse(places.enter(address(1)));
        places.loginOver(address(1));
        assertTrue(places.enter(address(1)), "who has logged in does not count");
    }

    @Test
    void whoLeavesMakesRoomForTheNext() {
        assertEquals(5, strangers(5));
        assertFalse(places.enter(address(9)));
        places.loginOver(address(0));
        places.left();
        assertTrue(places.enter(address(9)));
        assertEquals(5, places.connections());
    }

    @Test
    void moreConnectionsThanThereMayBeAreRefusedWhoeverComes() {
        for (int i = 0; i < 12; i++) {
            assertTrue(places.enter(address(i)));
            places.loginOver(address(i));
        }
        assertFalse(places.enter(NODE));
        assertEquals(12, places.connections());
        places.left();
        assertTrue(places.enter(NODE));
    }

    @Test
    void oneStrangerAtLeastMayTry() {
        LoginPlaces narrow = new LoginPlaces(
                Limits.of(Map.of(Limit.LOGINS_AT_ONCE, 4L, Limit.LOGINS_FOR_KNOWN, 64L)), address -> false);
        assertTrue(narrow.enter(address(1)));
        assertFalse(narrow.enter(address(2)));
    }
}
