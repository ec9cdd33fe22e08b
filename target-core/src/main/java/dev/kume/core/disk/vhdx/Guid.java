package dev.kume.core.disk.vhdx;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** GUIDs as they stand in the file: 16 bytes, the first three fields little-endian ([MS-DTYP] 2.3.4.2). */
final class Guid {
    static final int BYTES = 16;
    static final UUID ZERO = new UUID(0, 0);

    private static final int TEXT_LENGTH = 36;

    private Guid() {}

    /** Reads one from a little-endian buffer. */
    static UUID get(ByteBuffer from, int at) {
        long data1 = from.getInt(at) & 0xFFFF_FFFFL;
        long data2 = from.getShort(at + 4) & 0xFFFFL;
        long data3 = from.getShort(at + 6) & 0xFFFFL;
        return new UUID(data1 << 32 | data2 << 16 | data3, Long.reverseBytes(from.getLong(at + 8)));
    }

    /** Writes one into a little-endian buffer. */
    static void put(ByteBuffer into, int at, UUID guid) {
        long high = guid.getMostSignificantBits();
        into.putInt(at, (int) (high >>> 32));
        into.putShort(at + 4, (short) (high >>> 16));
        into.putShort(at + 6, (short) high);
        into.putLong(at + 8, Long.reverseBytes(guid.getLeastSignificantBits()));
    }

    /** A new one, of version 4; never {@link #ZERO}. */
    static UUID random(RandomGenerator random) {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & ~0xC000_0000_0000_0000L) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** With braces, as parent locators have it. */
    static String text(UUID guid) {
        return "{" + guid + "}";
    }

    /** The GUID in a text that is known to be one. */
    static UUID parseKnown(String text) {
        UUID guid = parse(text);
        if (guid == null) {
            throw new IllegalArgumentException(text);
        }
        return guid;
    }

    /** The GUID in a text with or without braces, or null when it is none. */
    static @Nullable UUID parse(String text) {
        String bare = text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
        if (bare.length() != TEXT_LENGTH) {
            return null;
        }
        try {
            return UUID.fromString(bare);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
