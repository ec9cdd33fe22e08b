package dev.kume.protocol.isns;

import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * How things stand with one server.
 *
 * @param server        its address
 * @param status        in one word
 * @param since         when this status began
 * @param detail        one line for people
 * @param portals       registered there
 * @param targets       registered there
 * @param periodSeconds the registration period that the server granted; 0: it never forgets, or is not known yet
 */
public record IsnsServerState(
        InetSocketAddress server,
        Status status,
        Instant since,
        String detail,
        int portals,
        int targets,
        long periodSeconds) {
    public enum Status {
        /** There is no target or no portal that a stranger could use. */
        NOTHING_TO_REGISTER,
        /** The first registration is under way. */
        CONNECTING,
        REGISTERED,
        /** The last attempt failed; another follows. */
        FAILED,
        STOPPED
    }
}
