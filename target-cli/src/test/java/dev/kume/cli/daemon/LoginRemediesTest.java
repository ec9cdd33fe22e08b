package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.core.Limits;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Targets;
import dev.kume.protocol.connection.LoginRefusal;
import dev.kume.protocol.pdu.LoginStatus;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that an administrator may copy out of the log. */
final class LoginRemediesTest {
    private final LoginRemedies remedies = new LoginRemedies(() -> Inventory.EMPTY);

    @Test
    void unknownTargetIsLookedUp() {
        assertEquals("see which there are with: kume target list", remedy(LoginStatus.NOT_FOUND));
    }

    @Test
    void targetThatIsGoneMeanwhileHasNoCommand() {
        assertNull(remedy(LoginStatus.AUTHORIZATION_FAILURE));
        assertNull(remedy(LoginStatus.SERVICE_UNAVAILABLE));
        assertNull(remedy(LoginStatus.AUTHENTICATION_FAILURE));
        assertNull(remedy(LoginStatus.INITIATOR_ERROR));
    }

    @Test
    void commandNamesTheTargetAsPeopleDo() {
        assertEquals(
                "allow it with: kume target allow node1 iqn.1991-05.com.microsoft:hv-node1",
                remedyOfTarget(LoginStatus.AUTHORIZATION_FAILURE, "iqn.1991-05.com.microsoft:hv-node1"));
        assertEquals(
                "see what it asks for with: kume target show node1",
                remedyOfTarget(LoginStatus.AUTHENTICATION_FAILURE, "iqn.1991-05.com.microsoft:hv-node1"));
        assertNull(remedyOfTarget(LoginStatus.SERVICE_UNAVAILABLE, "iqn.1991-05.com.microsoft:hv-node1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iqn.2026-11.a:x;reboot", "iqn.2026-11.a:$(id)", "iqn.2026-11.a:`id`", "x|y", "iqn.a&b"})
    void nameThatAShellWouldRunIsNotInACommand(String name) {
        String remedy = remedyOfTarget(LoginStatus.AUTHORIZATION_FAILURE, name);
        assertFalse(remedy.contains(name) || remedy.contains("kume target allow"), remedy);
    }

    private static String remedyOfTarget(LoginStatus status, String initiator) {
        Inventory inventory = Targets.add(
                Inventory.EMPTY,
                "node1",
                "iqn.2026-11.dev.kume:hv-node1",
                List.of(),
                "",
                Instant.EPOCH,
                Limits.DEFAULTS);
        return new LoginRemedies(() -> inventory)
                .remedy(new LoginRefusal(
                        initiator, InetAddress.getLoopbackAddress(), "iqn.2026-11.dev.kume:hv-node1", status, "why"));
    }

    private String remedy(LoginStatus status) {
        return remedies.remedy(new LoginRefusal(
                "iqn.1991-05.com.microsoft:hv-node1",
                InetAddress.getLoopbackAddress(),
                "iqn.2026-11.dev.kume:hv-node1",
                status,
                "why"));
    }
}
