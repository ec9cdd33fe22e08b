package dev.kume.protocol.isns;

/** A peer that does not speak iSNS as RFC 4171 has it. The message completes "the server ...". */
final class IsnsProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    IsnsProtocolException(String message) {
        super(message);
    }
}
