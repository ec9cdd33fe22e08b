package dev.kume.protocol.login;

import dev.kume.protocol.pdu.LoginStatus;
import org.jspecify.annotations.Nullable;

/** What one Login Request leads to. */
public sealed interface LoginResult {
    /** The words for a login without proof. */
    String NO_AUTHENTICATION = "None";

    /**
     * The login goes on: send a Login Response with status success.
     *
     * @param transit      the T bit
     * @param continues    the C bit
     * @param currentStage CSG
     * @param nextStage    NSG; 0, which is reserved, without the T bit
     * @param text         the data segment without padding; it fits what the initiator receives
     */
    record Answer(boolean transit, boolean continues, int currentStage, int nextStage, TextSegment text)
            implements LoginResult {}

    /**
     * The login is agreed on. The connection is in the full feature phase when {@code answer}, with a TSIH, has been
     * sent; the caller may hold it back, for instance until an old session of the same initiator port has ended.
     *
     * @param authentication how the initiator has proven who it is, for people: {@code None},
     *                       {@code CHAP SHA3-256 user hv-node1}
     */
    record Complete(
            Answer answer,
            LoginIdentity identity,
            AccessDecision.Granted access,
            @Nullable String initiatorAlias,
            String authentication,
            SessionParameters parameters)
            implements LoginResult {}

    /**
     * The login failed: send a Login Response with this status and close the connection.
     *
     * @param identity who tried, when that was known
     * @param reason   one line for the administrator
     * @param text     the data segment without padding: where to go instead, otherwise empty
     */
    record Refused(LoginStatus status, @Nullable LoginIdentity identity, String reason, TextSegment text)
            implements LoginResult {
        public Refused(LoginStatus status, @Nullable LoginIdentity identity, String reason) {
            this(status, identity, reason, TextSegment.EMPTY);
        }
    }

    /**
     * The policy needs time to decide: nothing is answered yet, and no other request may come before
     * {@link LoginStateMachine#resume}.
     */
    record Parked(LoginIdentity identity) implements LoginResult {}
}
