package dev.kume.protocol.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.protocol.login.LoginIdentity;
import dev.kume.protocol.login.SessionType;
import dev.kume.protocol.pdu.LoginStatus;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** What is remembered of initiators. */
final class InitiatorLogTest {
    private static final String NODE = "iqn.1991-05.com.microsoft:hv-node1";

    private final InitiatorLog log = new InitiatorLog(new SetClock(), 16);

    @Test
    void failuresAreCountedUntilALoginGoesWell() {
        refuse(NODE);
        refuse(NODE);
        SeenInitiator seen = log.list().getFirst();
        assertEquals(2, seen.failures());
        assertEquals("2/01 authentication failure: CHAP is required", seen.outcome());
        assertTrue(seen.refused());
        admit(NODE);
        assertEquals(0, log.list().getFirst().failures());
        assertEquals(3, log.list().getFirst().attempts());
    }

    @Test
    void strangersPushOutStrangersOnly() {
        admit(NODE);
        for (int i = 0; i < 100; i++) {
            refuse("iqn.2026-11.dev.kume:stranger" + i);
        }
        assertEquals(16, log.list().size());
        assertEquals(NODE, log.list().getFirst().name());
        assertEquals("iqn.2026-11.dev.kume:stranger99", log.list().getLast().name());
    }

    @Test
    void thousandsOfNamesStayWithinTheLimit() {
        int most = Limits.DEFAULTS.getInt(Limits.Limit.INITIATORS_SEEN);
        InitiatorLog bounded = new InitiatorLog(new SetClock(), most);
        for (int i = 0; i < most + most / 2; i++) {
            bounded.refused(new LoginRefusal(
                    "iqn.2026-11.dev.kume:stranger" + i,
                    InetAddress.getLoopbackAddress(),
                    null,
                    LoginStatus.AUTHENTICATION_FAILURE,
                    "CHAP is required"));
        }
        assertEquals(1_000, bounded.list().size());
        assertEquals(
                "iqn.2026-11.dev.kume:stranger1499", bounded.list().getLast().name());
    }

    private void refuse(String name) {
        log.refused(new LoginRefusal(
                name,
                InetAddress.getLoopbackAddress(),
                "iqn.2026-11.dev.kume:t",
                LoginStatus.AUTHENTICATION_FAILURE,
                "CHAP is required"));
    }

    private void admit(String name) {
        LoginIdentity identity = new LoginIdentity(name, 1, SessionType.NORMAL, "iqn.2026-11.dev.kume:t");
        log.admitted(identity, InetAddress.getLoopbackAddress(), "logged in");
    }
}
