package dev.kume.protocol.login;

import dev.kume.protocol.pdu.LoginStatus;

/** What an initiator does next in its login. */
public sealed interface InitiatorLoginStep {
    /** Sends a Login Request with these flags and this text. Stages are the numbers on the wire. */
    record Send(boolean transit, boolean continues, int currentStage, int nextStage, TextSegment text)
            implements InitiatorLoginStep {}

    /**
     * Is in the full feature phase.
     *
     * @param tsih the session's number at the target, not 0
     */
    record Complete(SessionParameters parameters, int tsih) implements InitiatorLoginStep {}

    /**
     * Was turned away, RFC 7143 11.13.5.
     *
     * @param status the general one of its class when the detail is unknown
     */
    record Refused(LoginStatus status) implements InitiatorLoginStep {}

    /**
     * Is sent to another portal.
     *
     * @param address   as in the key TargetAddress, the portal group tag may be missing
     * @param permanent false: only for this login
     */
    record Redirected(String address, boolean permanent) implements InitiatorLoginStep {}

    /** Does not go on: the target could not prove that it is the one it has to be. */
    record TargetUnproven() implements InitiatorLoginStep {}
}
