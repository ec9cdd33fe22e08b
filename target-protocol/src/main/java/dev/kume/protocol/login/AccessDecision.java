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
     * @param authentication how it has to prove who it is
     */
    record Granted(int portalGroupTag, @Nullable String targetAlias, Authentication authentication)
            implements AccessDecision {
        /** It may without proof. */
        public Granted(int portalGroupTag, @Nullable String targetAlias) {
            this(portalGroupTag, targetAlias, Authentication.NONE);
        }
    }

    /**
     * It may not.
     *
     * @param reason one line for the administrator
     */
    record Denied(LoginStatus status, String reason) implements AccessDecision {}

    /**
     * It has to log in somewhere else, for now (RFC 7143 11.13.5, 1/01).
     *
     * @param targetAddress {@code host:port}, without a portal group tag (RFC 7143 13.8)
     */
    record Redirected(String targetAddress) implements AccessDecision {}

    /** That takes time: ask again when the policy says so. */
    record Undecided() implements AccessDecision {}
}
