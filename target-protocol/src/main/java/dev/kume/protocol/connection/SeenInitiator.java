package dev.kume.protocol.connection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An initiator that has tried, as the administrator picks it.
 *
 * @param name       normalised iSCSI name
 * @param address    where it came from last, without port
 * @param lastTarget the target it asked for last; null when it has only discovered
 * @param outcome    how the last attempt went, in words
 * @param refused    true when the last attempt was refused
 * @param attempts   logins tried, discovery included
 * @param failures   logins that were refused, one after the other, since the last that went well
 */
public record SeenInitiator(
        String name,
        String address,
        Instant firstSeen,
        Instant lastSeen,
        @Nullable String lastTarget,
        String outcome,
        boolean refused,
        long attempts,
        long failures) {}
