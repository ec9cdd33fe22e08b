package dev.kume.protocol.isns;

import java.nio.ByteBuffer;

/**
 * One request, but for its transaction.
 *
 * @param replace DevAttrReg: what is registered under the key goes away first
 * @param payload all attributes
 */
record IsnsRequest(IsnsFunction function, boolean replace, ByteBuffer payload) {
    IsnsMessage message(int transactionId) {
        int flags = IsnsHeader.CLIENT | (replace ? IsnsHeader.REPLACE : 0);
        return new IsnsMessage(function.code(), flags, transactionId, payload);
    }
}
