package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Logout in every form, RFC 7143 11.14 and 11.15. */
final class LogoutTest {
    private static int response(RawInitiator initiator, WirePdu logout) {
        WirePdu answer = initiator.send(logout).receive();
        assertEquals(WirePdu.LOGOUT_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(logout.initiatorTaskTag(), answer.initiatorTaskTag());
        return answer.octet(2);
    }

    @Test
    void anotherConnectionIsNotFoundAndThisOneStays() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            assertEquals(1, response(initiator, initiator.logout(1).word(20, 7 << 16)), "CID not found");
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
            assertEquals(0, response(initiator, initiator.logout(1)));
            assertEquals(List.of(), initiator.expectClosed());
        }
    }

    @Test
    void recoveryIsNotSupported() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            assertEquals(2, response(initiator, initiator.logout(2)));
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void anImmediateLogoutEndsWhatWaitsInAGap() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            initiator.cmdSn++;
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            assertEquals(0, response(initiator, initiator.logout(0)));
            assertEquals(List.of(), initiator.expectClosed());
            assertEquals(0, rig.disk.writes.get());
        }
    }

    @Test
    void theSessionOfDiscoveryLogsOut() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, "");
            assertEquals(0, response(initiator, initiator.logout(0)));
            assertEquals(List.of(), initiator.expectClosed());
        }
    }

    @Test
    void requestsWithoutATagAreRejected() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            for (WirePdu each : List.of(
                    initiator.logout(0),
                    initiator.taskManagement(5, 0, WirePdu.NO_TAG),
                    initiator.textRequest("X-a=1"))) {
                WirePdu reject = initiator.send(each.word(16, WirePdu.NO_TAG)).receive();
                assertEquals(WirePdu.REJECT, reject.opcode());
                assertEquals(9, reject.octet(2), "invalid PDU field");
            }
            // The text request took no number.
            initiator.cmdSn--;
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }
}
