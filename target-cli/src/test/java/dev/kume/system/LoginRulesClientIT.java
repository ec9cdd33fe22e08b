package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.LoginRefused;
import dev.kume.system.wire.RawInitiator;
import dev.kume.system.wire.RawPdu;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, who is told what, and what is remembered of those who tried. */
final class LoginRulesClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String STRANGER = "iqn.2001-04.com.example:stranger";

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;
    private static String iqn;

    @BeforeAll
    static void daemonWithOneTarget() throws Exception {
        Clients.need("iscsi-ls");
        daemon = RunningDaemon.start(directory);
        iqn = daemon.provide("one", "8MB", "vhd");
    }

    @AfterAll
    static void end() throws Exception {
        if (daemon != null) {
            try (RunningDaemon ending = daemon) {
                ending.stop();
            }
        }
    }

    @Test
    void strangersDiscoverNothingAndAreRemembered() throws Exception {
        String stranger = STRANGER + "-discovers";
        Program.Result list = Program.run(LIMIT, "iscsi-ls", "-i", stranger, "iscsi://127.0.0.1:" + daemon.port());
        assertEquals("", list.outOfSuccess());
        JsonNode seen = seen(stranger);
        assertEquals("discovery", seen.path("outcome").asText());
        assertEquals("127.0.0.1", seen.path("address").asText());
        assertFalse(seen.path("lastSeen").asText().isEmpty());
        assertTrue(daemon.admin("initiator", "list").contains(stranger));
    }

    @Test
    void discoveryNamesOwnTargetsAndTheAddressAsked() throws Exception {
        try (RawInitiator session = RawInitiator.discovery(daemon.portal(), RunningDaemon.NODE1)) {
            String answer = session.sendTargets();
            assertEquals("TargetName=%s\nTargetAddress=127.0.0.1:%d,1\n".formatted(iqn, daemon.port()), answer);
            assertEquals(0, session.logout());
        }
    }

    @Test
    void anUnknownTargetIsNotFound() throws Exception {
        LoginRefused refused =
                assertThrows(LoginRefused.class, () -> daemon.login(RunningDaemon.NODE1, iqn + "-nowhere"));
        assertEquals("2/03", refused.status());
        assertEquals("refused", seen(RunningDaemon.NODE1).path("outcome").asText());
    }

    @Test
    void anInitiatorThatIsNotAllowedIsForbiddenAndTheReasonIsKept() throws Exception {
        String stranger = STRANGER + "-logs-in";
        LoginRefused refused = assertThrows(LoginRefused.class, () -> daemon.login(stranger, iqn));
        assertEquals("2/02", refused.status());
        JsonNode seen = seen(stranger);
        assertEquals("refused", seen.path("outcome").asText());
        assertEquals(iqn, seen.path("lastTarget").asText());
        assertFalse(seen.path("reason").asText().isBlank());
    }

    @Test
    void allowedOnceItGetsIn() throws Exception {
        String newcomer = STRANGER + "-allowed";
        assertThrows(LoginRefused.class, () -> daemon.login(newcomer, iqn));
        daemon.admin("target", "allow", "one", newcomer);
        try (RawInitiator session = daemon.login(newcomer, iqn)) {
            session.clearUnitAttentions(0);
            assertEquals(0, session.logout());
        }
        assertEquals("logged in", seen(newcomer).path("outcome").asText());
        daemon.admin("target", "deny", "one", newcomer);
        LoginRefused refused = assertThrows(LoginRefused.class, () -> daemon.login(newcomer, iqn));
        assertEquals("2/02", refused.status());
    }

    @Test
    void theSameIsidAgainReinstatesTheSession() throws Exception {
        try (RawInitiator first = RawInitiator.login(daemon.portal(), RunningDaemon.NODE1, iqn, 77)) {
            first.clearUnitAttentions(0);
            try (RawInitiator second = RawInitiator.login(daemon.portal(), RunningDaemon.NODE1, iqn, 77)) {
                assertTrue(first.closedByTarget(5000), "the first session still stands");
                second.clearUnitAttentions(0);
            }
        }
    }

    @Test
    void anotherIsidIsAnotherSession() throws Exception {
        try (RawInitiator first = RawInitiator.login(daemon.portal(), RunningDaemon.NODE1, iqn, 81);
                RawInitiator second = RawInitiator.login(daemon.portal(), RunningDaemon.NODE1, iqn, 82)) {
            first.clearUnitAttentions(0);
            second.clearUnitAttentions(0);
            assertEquals("still here", new String(first.ping("still here".getBytes("UTF-8")), "UTF-8"));
        }
    }

    @Test
    void aLoginWithoutItsNamesLacksAParameter() throws Exception {
        assertEquals("2/07", statusOf(Map.of("SessionType", "Normal", "TargetName", iqn)));
        assertEquals("2/07", statusOf(Map.of("InitiatorName", RunningDaemon.NODE1, "SessionType", "Normal")));
    }

    @Test
    void anUnknownSessionTypeIsNotSupported() throws Exception {
        assertEquals("2/09", statusOf(keys("SessionType", "Boot")));
    }

    @Test
    void aVersionThatIsNotZeroIsNotSupported() throws Exception {
        RawPdu request = RawInitiator.loginRequest(5, keys("SessionType", "Normal"));
        request.header().put(2, (byte) 1).put(3, (byte) 1);
        assertEquals("2/05", statusOf(request));
    }

    private static Map<String, String> keys(String key, String value) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("InitiatorName", RunningDaemon.NODE1);
        keys.put("TargetName", iqn);
        keys.put(key, value);
        return keys;
    }

    private static String statusOf(Map<String, String> keys) throws IOException {
        return statusOf(RawInitiator.loginRequest(5, keys));
    }

    private static String statusOf(RawPdu request) throws IOException {
        try (RawInitiator connection = RawInitiator.connect(daemon.portal())) {
            connection.send(request);
            RawPdu answer = connection.receive();
            assertEquals(0x23, answer.opcode());
            assertTrue(connection.closedByTarget(5000), "a refused connection is closed");
            return "%d/%02d".formatted(answer.unsigned(36), answer.unsigned(37));
        }
    }

    private static JsonNode seen(String initiator) throws IOException {
        for (JsonNode seen : daemon.get("/v1/initiators").path("initiators")) {
            if (seen.path("name").asText().equals(initiator)) {
                return seen;
            }
        }
        throw new AssertionError(initiator + " is not remembered");
    }
}
