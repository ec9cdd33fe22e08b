package dev.kume.protocol.isns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A list of attributes being written: tag, length, value, each value padded with zeros to a multiple of 4 bytes, which
 * the length counts (RFC 4171 section 5.6.1).
 */
final class IsnsAttributes {
    private static final int IPV6_BYTES = 16;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Ends the message key and begins the operating attributes. */
    IsnsAttributes delimiter() {
        return value(IsnsTag.DELIMITER, new byte[0]);
    }

    /** UTF-8 text, ended by a zero byte. */
    IsnsAttributes text(IsnsTag tag, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return value(tag, ByteBuffer.allocate(utf8.length + 1).put(utf8).array());
    }

    /** A number of 32 bits. */
    IsnsAttributes number(IsnsTag tag, int number) {
        return value(tag, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    /** An IP address in 16 bytes; an IPv4 address is mapped as {@code ::ffff:a.b.c.d}. */
    IsnsAttributes address(IsnsTag tag, InetAddress address) {
        byte[] raw = address.getAddress();
        ByteBuffer mapped = ByteBuffer.allocate(IPV6_BYTES);
        if (raw.length != IPV6_BYTES) {
            mapped.position(IPV6_BYTES - raw.length - 2).put((byte) 0xFF).put((byte) 0xFF);
        }
        return value(tag, mapped.put(raw).array());
    }

    /** An attribute without a value: asked for in a query, and "none" in a registration. */
    IsnsAttributes empty(IsnsTag tag) {
        return value(tag, new byte[0]);
    }

    private IsnsAttributes value(IsnsTag tag, byte[] value) {
        int padded = Math.ceilDiv(value.length, 4) * 4;
        bytes.writeBytes(ByteBuffer.allocate(2 * Integer.BYTES + padded)
                .putInt(tag.code())
                .putInt(padded)
                .put(value)
                .array());
        return this;
    }

    IsnsAttributes add(IsnsAttributes others) {
        bytes.writeBytes(others.bytes.toByteArray());
        return this;
    }

    int size() {
        return bytes.size();
    }

    /** All of it. */
    ByteBuffer payload() {
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
