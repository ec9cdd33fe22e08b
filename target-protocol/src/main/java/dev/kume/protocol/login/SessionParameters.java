package dev.kume.protocol.login;

/**
 * What a login agreed on (RFC 7143 section 13). Lengths in bytes, times in seconds.
 *
 * @param initiatorMaxRecvDataSegmentLength the longest data segment that the target may send
 * @param targetMaxRecvDataSegmentLength    the longest data segment that the initiator may send
 * @param firstBurstLength                  unsolicited data of one command, immediate data included
 * @param maxBurstLength                    data of one R2T sequence or one sequence of Data-In
 * @param taskReporting                     what the target reports of aborted tasks
 * @param iscsiProtocolLevel                of the features beyond RFC 3720
 */
public record SessionParameters(
        boolean headerDigest,
        boolean dataDigest,
        int initiatorMaxRecvDataSegmentLength,
        int targetMaxRecvDataSegmentLength,
        boolean initialR2T,
        boolean immediateData,
        int firstBurstLength,
        int maxBurstLength,
        int maxOutstandingR2T,
        int maxConnections,
        int errorRecoveryLevel,
        int defaultTime2Wait,
        int defaultTime2Retain,
        boolean dataPduInOrder,
        boolean dataSequenceInOrder,
        String taskReporting,
        int iscsiProtocolLevel) {
    private static final String CRC32C = "CRC32C";

    static SessionParameters of(Negotiation negotiation) {
        int maxBurstLength = number(negotiation, TextKey.MAX_BURST_LENGTH);
        return new SessionParameters(
                negotiation.result(TextKey.HEADER_DIGEST).equals(CRC32C),
                negotiation.result(TextKey.DATA_DIGEST).equals(CRC32C),
                number(negotiation, TextKey.MAX_RECV_DATA_SEGMENT_LENGTH),
                Math.toIntExact(negotiation.targetMaxRecvDataSegmentLength()),
                negotiation.resultIsYes(TextKey.INITIAL_R2T),
                negotiation.resultIsYes(TextKey.IMMEDIATE_DATA),
                Math.min(number(negotiation, TextKey.FIRST_BURST_LENGTH), maxBurstLength),
                maxBurstLength,
                number(negotiation, TextKey.MAX_OUTSTANDING_R2T),
                number(negotiation, TextKey.MAX_CONNECTIONS),
                number(negotiation, TextKey.ERROR_RECOVERY_LEVEL),
                number(negotiation, TextKey.DEFAULT_TIME2WAIT),
                number(negotiation, TextKey.DEFAULT_TIME2RETAIN),
                negotiation.resultIsYes(TextKey.DATA_PDU_IN_ORDER),
                negotiation.resultIsYes(TextKey.DATA_SEQUENCE_IN_ORDER),
                negotiation.result(TextKey.TASK_REPORTING),
                number(negotiation, TextKey.ISCSI_PROTOCOL_LEVEL));
    }

    private static int number(Negotiation negotiation, TextKey key) {
        return Math.toIntExact(negotiation.resultNumber(key));
    }
}
