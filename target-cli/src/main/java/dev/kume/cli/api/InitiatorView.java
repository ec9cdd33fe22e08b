package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One initiator that has ever tried.
 *
 * @param name       its iSCSI name
 * @param address    where it came from last, without the port
 * @param firstSeen  when it first tried
 * @param lastSeen   when it last tried
 * @param lastTarget the iSCSI name it asked for last; null after discovery alone
 * @param outcome    of its last try: {@code discovery}, {@code logged in} or {@code refused}
 * @param reason     why it was refused, null otherwise
 * @param failures   logins that were refused, one after the other, since the last that went well
 * @param connected  true while it has a session
 * @param allowedOn  names of the targets that allow it
 */
public record InitiatorView(
        String name,
        String address,
        Instant firstSeen,
        Instant lastSeen,
        @Nullable String lastTarget,
        String outcome,
        @Nullable String reason,
        long failures,
        boolean connected,
        List<String> allowedOn) {
    public static final String DISCOVERY = "discovery";
    public static final String LOGGED_IN = "logged in";
    public static final String REFUSED = "refused";

    public InitiatorView {
        allowedOn = Lists.orEmpty(allowedOn);
    }

    /** Answer of {@code GET /v1/initiators}, last seen first. */
    public record Listing(List<InitiatorView> initiators) {}
}
