package dev.kume.protocol.isns;

import io.netty.buffer.ByteBuf;

/**
 * The header of an iSNSP PDU (RFC 4171 section 5.1).
 *
 * <pre>
 *  byte  0               1               2               3
 *    0 | version 0x0001                | function ID                   |
 *    4 | PDU length                    | flags                         |
 *    8 | transaction ID                | sequence ID                   |
 *   12 | payload, PDU length bytes, a multiple of 4                    |
 * </pre>
 *
 * @param function      what is asked or answered
 * @param payloadBytes  of this PDU, the header not counted
 * @param flags         of {@link #CLIENT} and the others
 * @param transactionId the same in a request and its answer
 * @param sequenceId    which PDU of its message it is, from 0
 */
record IsnsHeader(int function, int payloadBytes, int flags, int transactionId, int sequenceId) {
    static final int BYTES = 12;
    static final int VERSION = 1;

    /** Sent by a client. */
    static final int CLIENT = 0x8000;
    /** Sent by a server. */
    static final int SERVER = 0x4000;
    /** An authentication block follows the payload. */
    static final int AUTHENTICATION = 0x2000;
    /** DevAttrReg only: what is registered under the key goes away first. */
    static final int REPLACE = 0x1000;
    /** The last PDU of its message. */
    static final int LAST = 0x0800;
    /** The first PDU of its message. */
    static final int FIRST = 0x0400;

    boolean isFirst() {
        return (flags & FIRST) != 0;
    }

    boolean isLast() {
        return (flags & LAST) != 0;
    }

    void write(ByteBuf out) {
        out.writeShort(VERSION)
                .writeShort(function)
                .writeShort(payloadBytes)
                .writeShort(flags)
                .writeShort(transactionId)
                .writeShort(sequenceId);
    }

    /** @throws IsnsProtocolException when it is no header that this client can trust */
    static IsnsHeader read(ByteBuf in) throws IsnsProtocolException {
        int version = in.readUnsignedShort();
        if (version != VERSION) {
            throw new IsnsProtocolException("sent version %d of iSNSP; this is version 1".formatted(version));
        }
        IsnsHeader header = new IsnsHeader(
                in.readUnsignedShort(),
                in.readUnsignedShort(),
                in.readUnsignedShort(),
                in.readUnsignedShort(),
                in.readUnsignedShort());
        if (header.payloadBytes == 0 || header.payloadBytes % 4 != 0) {
            throw new IsnsProtocolException(
                    "sent a PDU of %d bytes, which is no multiple of 4 above 0".formatted(header.payloadBytes));
        }
        if ((header.flags & AUTHENTICATION) != 0) {
            throw new IsnsProtocolException("signs its messages; turn its authentication off for this client");
        }
        return header;
    }
}
