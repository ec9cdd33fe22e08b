package dev.kume.protocol.isns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of the bytes that a peer sends. Holds one message at most, and no more of it than has arrived; after
 * an exception the stream cannot be trusted any more. Confined to its event loop.
 */
final class IsnsReader {
    private final int messageBytesMax;
    private final ByteBuf headerBytes = Unpooled.buffer(IsnsHeader.BYTES, IsnsHeader.BYTES);
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream();

    /** The PDU that is arriving. */
    private @Nullable IsnsHeader header;

    /** The first PDU of the message that is arriving. */
    private @Nullable IsnsHeader first;

    private int nextSequenceId;
    private int missingBytes;

    /** @param messageBytesMax the largest message that is taken, over all its PDUs */
    IsnsReader(int messageBytesMax) {
        this.messageBytesMax = messageBytesMax;
    }

    /**
     * The next message.
     *
     * @return null when {@code in} is used up before it is whole
     * @throws IsnsProtocolException when the peer breaks the protocol or a bound
     */
    @Nullable
    IsnsMessage next(ByteBuf in) throws IsnsProtocolException {
        while (in.isReadable()) {
            IsnsHeader pdu = header;
            if (pdu == null) {
                in.readBytes(headerBytes, Math.min(in.readableBytes(), headerBytes.writableBytes()));
                if (!headerBytes.isWritable()) {
                    begin(IsnsHeader.read(headerBytes));
                    headerBytes.clear();
                }
                continue;
            }
            byte[] bytes = new byte[Math.min(in.readableBytes(), missingBytes)];
            in.readBytes(bytes);
            payload.writeBytes(bytes);
            missingBytes -= bytes.length;
            if (missingBytes == 0) {
                header = null;
                if (pdu.isLast()) {
                    return whole(pdu);
                }
            }
        }
        return null;
    }

    private void begin(IsnsHeader pdu) throws IsnsProtocolException {
        IsnsHeader before = first;
        if (pdu.sequenceId() != nextSequenceId) {
            throw new IsnsProtocolException(
                    "sent PDU %d where PDU %d of a message was due".formatted(pdu.sequenceId(), nextSequenceId));
        }
        if (pdu.isFirst() != (before == null)) {
            throw new IsnsProtocolException("sent PDU %d of a message %s the flag of a first PDU"
                    .formatted(pdu.sequenceId(), pdu.isFirst() ? "with" : "without"));
        }
        if (before == null) {
            first = pdu;
        } else if (pdu.function() != before.function() || pdu.transactionId() != before.transactionId()) {
            throw new IsnsProtocolException("mixed the PDUs of two messages");
        }
        if (payload.size() + pdu.payloadBytes() > messageBytesMax) {
            throw new IsnsProtocolException(
                    "sent a message of more than %d bytes (isnsAnswerBytes)".formatted(messageBytesMax));
        }
        header = pdu;
        missingBytes = pdu.payloadBytes();
        nextSequenceId++;
    }

    private IsnsMessage whole(IsnsHeader last) {
        IsnsMessage message = new IsnsMessage(
                last.function(), last.flags(), last.transactionId(), ByteBuffer.wrap(payload.toByteArray()));
        payload.reset();
        first = null;
        nextSequenceId = 0;
        return message;
    }
}
