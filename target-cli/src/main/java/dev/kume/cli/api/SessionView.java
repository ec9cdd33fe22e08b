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
        int commandsOutstanding) {
    public SessionView {
        negotiated = Lists.orEmpty(negotiated);
    }

    /** Answer of {@code GET /v1/sessions}, by id. */
    public record Listing(List<SessionView> sessions) {}
}
