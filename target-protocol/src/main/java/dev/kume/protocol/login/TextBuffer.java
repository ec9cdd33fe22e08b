package dev.kume.protocol.login;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text of a peer that may come in several PDUs (C bit), gathered and then taken apart into pairs by the rules of
 * RFC 7143 section 6.1. Belongs to one event loop; holds at most {@link Limit#TEXT_BYTES}.
 */
public final class TextBuffer {
    private static final int KEY_BYTES_MAX = 63;

    private final int bytesMax;
    private final int keysMax;
    private byte[] bytes = {};
    private int lengthBytes;

    /** An empty one, as large as these limits allow. */
    public TextBuffer(Limits limits) {
        bytesMax = limits.getInt(Limit.TEXT_BYTES);
        keysMax = limits.getInt(Limit.TEXT_KEYS);
    }

    /** Copies the data segment of one PDU behind what is there. */
    public void append(ByteBuf text, int offsetBytes, int segmentBytes) {
        if (segmentBytes > bytesMax - lengthBytes) {
            throw new TextException("more than %d bytes of text in one exchange".formatted(bytesMax));
        }
        if (bytes.length < lengthBytes + segmentBytes) {
            bytes = Arrays.copyOf(bytes, Math.min(bytesMax, Math.max(lengthBytes + segmentBytes, 2 * bytes.length)));
        }
        text.getBytes(offsetBytes, bytes, lengthBytes, segmentBytes);
        lengthBytes += segmentBytes;
    }

    /** The pairs in the order they came; the buffer is empty afterwards. */
    public List<KeyValue> take() {
        List<KeyValue> pairs = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < lengthBytes; at++) {
            if (bytes[at] != 0) {
                continue;
            }
            // NULs in a row hold no pair: some initiators count the padding of the segment as text.
            if (at > start) {
                if (pairs.size() == keysMax) {
                    throw new TextException("more than %d keys in one exchange".formatted(keysMax));
                }
                pairs.add(pair(start, at));
            }
            start = at + 1;
        }
        if (start != lengthBytes) {
            throw new TextException("the last key=value pair does not end in a NUL");
        }
        clear();
        return pairs;
    }

    boolean isEmpty() {
        return lengthBytes == 0;
    }

    public void clear() {
        lengthBytes = 0;
        bytes = new byte[0];
    }

    private KeyValue pair(int start, int end) {
        String pair = decode(start, end);
        int equals = pair.indexOf('=');
        if (equals < 0) {
            throw new TextException("a pair of %d bytes has no '='".formatted(end - start));
        }
        String key = pair.substring(0, equals);
        if (!isStandardLabel(key)) {
            throw new TextException(
                    "a key is not a label of 1 to %d characters: %s".formatted(KEY_BYTES_MAX, shown(key)));
        }
        String value = pair.substring(equals + 1);
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new TextException("the value of %s has control characters".formatted(key));
        }
        TextKey known = TextKey.of(key);
        if (known != null && longestElementBytes(known, value) > known.valueBytesMax()) {
            throw new TextException("the value of %s is longer than %d bytes".formatted(key, known.valueBytesMax()));
        }
        return new KeyValue(key, value);
    }

    private String decode(int start, int end) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TextException("a key=value pair is not UTF-8", e);
        }
    }

    /** RFC 7143 section 6.1, and what its own keys need: # for X# keys, a small first letter for iSCSIProtocolLevel. */
    private static boolean isStandardLabel(String key) {
        if (key.isEmpty() || key.length() > KEY_BYTES_MAX || !Character.isLetter(key.charAt(0))) {
            return false;
        }
        return key.chars().allMatch(c -> isAsciiLetterOrDigit(c) || ".-+@_#".indexOf(c) >= 0);
    }

    private static boolean isAsciiLetterOrDigit(int c) {
        return c < 0x80 && Character.isLetterOrDigit(c);
    }

    /** The limit holds for each element of a list. */
    private static int longestElementBytes(TextKey key, String value) {
        int longestBytes = 0;
        for (String element : key.kind() == TextKey.Kind.LIST ? value.split(",", -1) : new String[] {value}) {
            longestBytes = Math.max(longestBytes, element.getBytes(StandardCharsets.UTF_8).length);
        }
        return longestBytes;
    }

    private static String shown(String key) {
        String start = key.length() > KEY_BYTES_MAX ? key.substring(0, KEY_BYTES_MAX) + "..." : key;
        return "\"" + start.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
