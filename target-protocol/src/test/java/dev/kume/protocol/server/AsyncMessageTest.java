package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Asynchronous messages, RFC 7143 11.9: what an initiator is told before the target ends its session. */
final class AsyncMessageTest {
    private static void isAsync(WirePdu pdu, int event, int parameter1, int parameter2, int parameter3) {
        assertEquals(WirePdu.ASYNC_MESSAGE, pdu.opcode(), pdu::toString);
        assertEquals(0x80, pdu.octet(1));
        assertEquals(WirePdu.NO_TAG, pdu.initiatorTaskTag());
        assertEquals(event, pdu.octet(36), "AsyncEvent");
        assertEquals(parameter1, pdu.header().getShort(38), "Parameter1");
        assertEquals(parameter2, pdu.header().getShort(40), "Parameter2");
        assertEquals(parameter3, pdu.header().getShort(42), "Parameter3");
    }

    @Test
    void whoIsAskedToLogOutAndDoesNotIsToldOfTheDropAndCut() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            long id = rig.target.server().sessions().join().getFirst().id();
            assertTrue(rig.target.server().logout(id).get(5, TimeUnit.SECONDS));
            isAsync(initiator.receive(), 1, 0, 0, 2);
            // It goes on working meanwhile.
            assertEquals(0, initiator.run(initiator.read(1, 1)).status());
            List<WirePdu> last = initiator.expectClosed();
            assertEquals(1, last.size(), last::toString);
            // RawInitiator logs in with CID 1.
            isAsync(last.getFirst(), 2, 1, 0, 0);
        }
    }

    @Test
    void whoLogsOutWhenAskedHearsNothingMore() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            long id = rig.target.server().sessions().join().getFirst().id();
            rig.target.server().logout(id).get(5, TimeUnit.SECONDS);
            isAsync(initiator.receive(), 1, 0, 0, 2);
            initiator.send(initiator.logout(0));
            assertEquals(WirePdu.LOGOUT_RESPONSE, initiator.receive().opcode());
            assertEquals(List.of(), initiator.expectClosed());
        }
    }

    @Test
    void whoIsDeniedIsToldThatTheSessionIsDropped() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            RawInitiator discovery = rig.connect().loggedIn(RawInitiator.NAME, "");
            rig.target.server().publish(Set.of()).get(5, TimeUnit.SECONDS);
            List<WirePdu> last = initiator.expectClosed();
            assertEquals(1, last.size(), last::toString);
            isAsync(last.getFirst(), 3, 0, 0, 0);
            discovery.ping();
        }
    }

    @Test
    void aColdResetIsAnsweredBeforeItsSessionsAreDropped() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            initiator.send(initiator.taskManagement(7, 0, WirePdu.NO_TAG));
            WirePdu answer = initiator.receive();
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, answer.opcode());
            List<WirePdu> last = initiator.expectClosed();
            assertEquals(1, last.size(), last::toString);
            isAsync(last.getFirst(), 3, 0, 0, 0);
        }
    }
}
