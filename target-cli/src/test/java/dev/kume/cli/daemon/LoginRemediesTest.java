package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.core.inventory.Inventory;
import dev.kume.protocol.connection.LoginRefusal;
import dev.kume.protocol.pdu.LoginStatus;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

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

    private String remedy(LoginStatus status) {
        return remedies.remedy(new LoginRefusal(
                "iqn.1991-05.com.microsoft:hv-node1",
                InetAddress.getLoopbackAddress(),
                "iqn.2026-11.dev.kume:hv-node1",
                status,
                "why"));
    }
}
