package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One session.
 *
 * @param id                  what {@code session logout} takes; not used again while the daemon runs
 * @param type                {@code normal} or {@code discovery}
 * @param initiator           its iSCSI name
 * @param isid                12 hexadecimal digits
 * @param tsih                the target's handle of the session
 * @param address             the initiator's address and port
 * @param portal              the address and port it came in by
 * @param target              the target's name; null for discovery
 * @param targetIqn           the target's iSCSI name; null for discovery
 * @param since               when the login ended
 * @param negotiated          keys and values agreed on at login, by key
 * @param commandsOutstanding commands being worked on now
 * @param portalGroupTag      the tag of the portal group it came in by
 * @param initiatorAlias      what the initiator calls itself; null when it does not say
 * @param authentication      how it has proven who it is
 * @param activity            how far it has come
 */
public record SessionView(
        long id,
        String type,
        String initiator,
        String isid,
        int tsih,
        String address,
        String portal,
        @Nullable String target,
        @Nullable String targetIqn,
        Instant since,
        Map<String, String> negotiated,
        int commandsOutstanding,
        int portalGroupTag,
        @Nullable String initiatorAlias,
        String authentication,
        Activity activity) {
    public SessionView {
        negotiated = Lists.orEmpty(negotiated);
    }

    /**
     * What a session has done, at one moment.
     *
     * @param commands         SCSI commands since the login
     * @param bytesRead        sent to the initiator
     * @param bytesWritten     taken from the initiator
     * @param expCmdSn         the command sequence number that is due
     * @param maxCmdSn         the last one that the initiator may use
     * @param statSn           that of the next answer
     * @param silentSeconds    since the initiator was last known to be there
     * @param nopInOutstanding a NOP-In waits for its answer
     */
    public record Activity(
            long commands,
            long bytesRead,
            long bytesWritten,
            long expCmdSn,
            long maxCmdSn,
            long statSn,
            long silentSeconds,
            boolean nopInOutstanding) {}

    /** Answer of {@code GET /v1/sessions}, by id. */
    public record Listing(List<SessionView> sessions) {}
}
