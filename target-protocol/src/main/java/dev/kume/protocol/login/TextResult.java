package dev.kume.protocol.login;

/** What one Text Request leads to. */
public sealed interface TextResult {
    /**
     * Send a Text Response.
     *
     * @param isFinal           the F bit
     * @param continues         the C bit
     * @param targetTransferTag for the next request of the exchange; the reserved tag in the last answer
     * @param text              the data segment without padding; it fits what the initiator receives
     */
    record Answer(boolean isFinal, boolean continues, int targetTransferTag, TextSegment text) implements TextResult {}

    /**
     * Send a Reject with the header of the request; the exchange is over.
     *
     * @param rejectReason one of {@link dev.kume.protocol.pdu.RejectReason}
     * @param reason       one line for the administrator
     */
    record Rejected(int rejectReason, String reason) implements TextResult {}
}
