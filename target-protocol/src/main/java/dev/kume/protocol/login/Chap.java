package dev.kume.protocol.login;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The arithmetic of CHAP (RFC 1994 section 4.1) and the form in which its numbers travel (RFC 7143 section 6.1). */
public final class Chap {
    /** The longest CHAP_C or CHAP_R, in bytes before they are encoded (RFC 7143 section 12.1.3). */
    public static final int BINARY_BYTES_MAX = 1_024;

    /** The same when it is encoded at its longest, as hexadecimal digits behind 0x. */
    static final int ENCODED_BYTES_MAX = 2 + 2 * BINARY_BYTES_MAX;

    /** The largest CHAP_I: one octet. */
    static final int IDENTIFIER_MAX = 255;

    private Chap() {}

    /** The response to a challenge: the digest over identifier, secret and challenge. */
    public static byte[] response(
            ChapAlgorithm algorithm, int identifier, ChapCredential credential, byte[] challenge) {
        MessageDigest digest = digest(algorithm);
        digest.update((byte) identifier);
        digest.update(credential.secret());
        return digest.digest(challenge);
    }

    /** A binary value as text: {@code 0x} and two digits for each byte. */
    public static String encode(byte[] value) {
        return "0x" + HexFormat.of().formatHex(value);
    }

    /**
     * The bytes of a hexadecimal ({@code 0x}) or Base64 ({@code 0b}) constant; null when it is neither, has characters
     * that do not belong there, half a byte, wrong padding, no byte at all or more than {@link #BINARY_BYTES_MAX}.
     */
    public static byte @Nullable [] decode(String value) {
        if (value.length() < 3 || value.length() > ENCODED_BYTES_MAX || value.charAt(0) != '0') {
            return null;
        }
        String digits = value.substring(2);
        byte[] bytes = switch (value.charAt(1)) {
            case 'x', 'X' -> hexadecimal(digits);
            case 'b', 'B' -> base64(digits);
            default -> null;
        };
        return bytes == null || bytes.length == 0 || bytes.length > BINARY_BYTES_MAX ? null : bytes;
    }

    private static byte @Nullable [] hexadecimal(String digits) {
        boolean whole = digits.length() % 2 == 0 && digits.chars().allMatch(HexFormat::isHexDigit);
        return whole ? HexFormat.of().parseHex(digits) : null;
    }

    private static byte @Nullable [] base64(String digits) {
        try {
            byte[] bytes = Base64.getDecoder().decode(digits);
            // One text for each value: the decoder alone would forgive missing padding and bits left over.
            return Base64.getEncoder().encodeToString(bytes).equals(digits) ? bytes : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static MessageDigest digest(ChapAlgorithm algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.digestName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + algorithm.digestName(), e);
        }
    }
}
