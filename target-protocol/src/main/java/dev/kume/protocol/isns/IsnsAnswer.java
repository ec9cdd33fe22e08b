package dev.kume.protocol.isns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered: its status, and of each operating attribute the first value.
 *
 * @param status     as {@link IsnsStatus} has it
 * @param attributes by tag; the message key and what follows a refusal are left out
 */
record IsnsAnswer(int status, Map<Integer, ByteBuffer> attributes) {
    private static final int ATTRIBUTE_HEADER_BYTES = 8;

    /** @throws IsnsProtocolException when a length in it does not fit */
    static IsnsAnswer of(IsnsMessage message) throws IsnsProtocolException {
        ByteBuffer in = message.payload().duplicate();
        if (in.remaining() < Integer.BYTES) {
            throw new IsnsProtocolException("sent an answer without a status");
        }
        int status = in.getInt();
        Map<Integer, ByteBuffer> attributes = new HashMap<>();
        if (status != IsnsStatus.SUCCESSFUL) {
            // Whatever a refusal quotes is not looked at.
            return new IsnsAnswer(status, attributes);
        }
        boolean operating = false;
        while (in.hasRemaining()) {
            if (in.remaining() < ATTRIBUTE_HEADER_BYTES) {
                throw new IsnsProtocolException("sent half of an attribute");
            }
            int tag = in.getInt();
            int bytes = in.getInt();
            if (bytes < 0 || bytes > in.remaining() || bytes % 4 != 0) {
                throw new IsnsProtocolException("sent attribute %s with a length of %s in a message with %d bytes left"
                        .formatted(Integer.toUnsignedString(tag), Integer.toUnsignedString(bytes), in.remaining()));
            }
            if (operating) {
                attributes.putIfAbsent(tag, in.slice(in.position(), bytes));
            }
            operating |= tag == IsnsTag.DELIMITER.code();
            in.position(in.position() + bytes);
        }
        return new IsnsAnswer(status, attributes);
    }

    /** An operating attribute of 32 bits, unsigned; null when it is not there. */
    @Nullable
    Long number(IsnsTag tag) throws IsnsProtocolException {
        ByteBuffer value = attributes.get(tag.code());
        if (value == null || !value.hasRemaining()) {
            return null;
        }
        if (value.remaining() != Integer.BYTES) {
            throw new IsnsProtocolException(
                    "sent attribute %d with %d bytes instead of 4".formatted(tag.code(), value.remaining()));
        }
        return Integer.toUnsignedLong(value.getInt(value.position()));
    }

    /** An operating attribute that is text, without the zeros behind it; null when it is not there. */
    @Nullable
    String text(IsnsTag tag) {
        ByteBuffer value = attributes.get(tag.code());
        if (value == null) {
            return null;
        }
        String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
