package dev.kume.core.nexus;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An iSCSI TransportID, SPC-4 7.6.4.6: an initiator device by its name (format 00b), or one of its ports by name and
 * ISID (format 01b).
 *
 * @param initiatorName iSCSI name, normalised
 * @param isid          the six ISID bytes as a number; null in format 00b
 */
public record TransportId(String initiatorName, @Nullable Long isid) {
    /** RFC 7143 4.2.7.1: an iSCSI name has at most this many bytes. */
    public static final int NAME_BYTES_MAX = 223;

    private static final int ISCSI = 0x05;
    private static final int FORMAT_PORT = 0x40;
    private static final int HEADER_BYTES = 4;
    private static final int ADDITIONAL_BYTES_MIN = 20;
    private static final String SEPARATOR = ",i,0x";
    private static final int ISID_DIGITS_MAX = 12;

    /**
     * What stands at some place of a parameter list.
     *
     * @param id    null when it is no iSCSI TransportID
     * @param bytes its length; 0 when that cannot be told
     * @param at    the byte that is wrong, from the beginning of the TransportID
     * @param bit   the bit of it, or -1
     */
    public record Decoded(@Nullable TransportId id, int bytes, int at, int bit) {}

    /** The TransportID of a nexus' initiator port. */
    public static byte[] of(ITNexus nexus) {
        byte[] name = nexus.initiatorPort().getBytes(StandardCharsets.UTF_8);
        int additional = Math.max(ADDITIONAL_BYTES_MIN, (name.length + 1 + 3) & ~3);
        byte[] id = new byte[HEADER_BYTES + additional];
        id[0] = FORMAT_PORT | ISCSI;
        id[2] = (byte) (additional >> 8);
        id[3] = (byte) additional;
        System.arraycopy(name, 0, id, HEADER_BYTES, name.length);
        return id;
    }

    /** Reads the TransportID that begins at the buffer's position and ends before its limit. */
    public static Decoded decode(ByteBuffer list) {
        ByteBuffer bytes = list.slice();
        if (bytes.remaining() < HEADER_BYTES) {
            return wrong(0, 0, -1);
        }
        int additional = bytes.getShort(2) & 0xFFFF;
        int whole = HEADER_BYTES + additional;
        if ((bytes.get(0) & 0x0F) != ISCSI) {
            return wrong(0, 0, 3);
        }
        int format = bytes.get(0) & 0xC0;
        if (format != 0 && format != FORMAT_PORT) {
            return wrong(0, 0, 7);
        }
        if (additional < ADDITIONAL_BYTES_MIN || (additional & 3) != 0 || whole > bytes.remaining()) {
            return wrong(0, 2, -1);
        }
        byte[] text = new byte[additional];
        bytes.get(HEADER_BYTES, text);
        TransportId id = parse(text(text), format == FORMAT_PORT);
        return id == null ? wrong(whole, HEADER_BYTES, -1) : new Decoded(id, whole, 0, -1);
    }

    private static Decoded wrong(int bytes, int at, int bit) {
        return new Decoded(null, bytes, at, bit);
    }

    /** What stands before the NUL, or nothing when there is none. */
    private static String text(byte[] padded) {
        for (int i = 0; i < padded.length; i++) {
            if (padded[i] == 0) {
                return new String(padded, 0, i, StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private static @Nullable TransportId parse(String text, boolean ofPort) {
        String lower = text.toLowerCase(Locale.ROOT);
        int end = ofPort ? lower.lastIndexOf(SEPARATOR) : lower.length();
        if (end <= 0 || lower.substring(0, end).getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            return null;
        }
        String name = lower.substring(0, end);
        if (!ofPort) {
            return name.contains(",") ? null : new TransportId(name, null);
        }
        String digits = lower.substring(end + SEPARATOR.length());
        if (digits.isEmpty()
                || digits.length() > ISID_DIGITS_MAX
                || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
            return null;
        }
        return new TransportId(name, Long.parseLong(digits, 16));
    }
}
