package dev.kume.protocol.login;

import dev.kume.protocol.pdu.LoginStatus;
import org.jspecify.annotations.Nullable;

/** Whether an initiator may go on with its login. */
public sealed interface AccessDecision {
    /**
     * It may.
     *
     * @param portalGroupTag the tag of the portal group that the connection came in by; a normal session is told it
     * @param targetAlias    words about the target for people, or null
     */
    record Granted(int portalGroupTag, @Nullable String targetAlias) implements AccessDecision {}

    /**
     * It may not.
     *
     * @param reason one line for the administrator
     */
    record Denied(LoginStatus status, String reason) implements AccessDecision {}
}
