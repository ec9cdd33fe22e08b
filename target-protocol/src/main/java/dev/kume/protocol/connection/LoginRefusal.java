package dev.kume.protocol.connection;

import dev.kume.protocol.pdu.LoginStatus;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A login that was refused.
 *
 * @param initiatorName normalised, and chosen by whoever it is; null when it was not known yet
 * @param targetName    what it wanted; null in a discovery session, or when it was not known yet
 * @param reason        one line for the administrator
 */
public record LoginRefusal(
        @Nullable String initiatorName,
        InetAddress address,
        @Nullable String targetName,
        LoginStatus status,
        String reason) {
    /** Who, from where, wanted what, and why not. */
    @Override
    public String toString() {
        return "%s from %s wants %s: %s: %s"
                .formatted(
                        initiatorName == null ? "an initiator without a name" : initiatorName,
                        address.getHostAddress(),
                        targetName == null ? "discovery" : targetName,
                        status,
                        reason);
    }
}
