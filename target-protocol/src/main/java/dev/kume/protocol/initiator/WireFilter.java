package dev.kume.protocol.initiator;

import io.netty.buffer.ByteBuf;

/**
 * Sees all bytes of a connection on their way, and may change them: a network that damages what it carries, for tests
 * of a target.
 */
public interface WireFilter {
    /** Changes nothing. */
    WireFilter NONE = new WireFilter() {};

    /** One whole PDU is about to leave, with its digests. It may be changed in place. */
    default void outgoing(ByteBuf pdu) {}

    /** Bytes have come, cut anywhere. They may be changed in place. */
    default void incoming(ByteBuf bytes) {}
}
