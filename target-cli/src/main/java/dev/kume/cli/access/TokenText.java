package dev.kume.cli.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a token, {@code kume_ID_SECRET}: a word by which scanners for leaked secrets find it, eight hexadecimal
 * digits by which the daemon finds it, and 32 random bytes in the alphabet of URLs.
 */
public final class TokenText {
    private static final String PREFIX = "kume_";
    private static final int ID_BYTES = 4;
    private static final int SECRET_BYTES = 32;
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{8}_[A-Za-z0-9_-]{43}");

    private TokenText() {}

    /** A new token that nobody can guess, with this id. */
    static String make(String id, RandomGenerator random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return PREFIX + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    static String makeId(RandomGenerator random) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** Whether a text is one of a token, known or not. */
    public static boolean isToken(String text) {
        return FORM.matcher(text).matches();
    }

    /** The id in a token; null when the text is none. */
    static @Nullable String idOf(String text) {
        return isToken(text) ? text.substring(PREFIX.length(), PREFIX.length() + 2 * ID_BYTES) : null;
    }

    /** What is kept of a token. 256 bits of chance cannot be tried out, so a slow hash would protect nothing more. */
    static String hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    /** Compares in a time that does not tell how much of it is right. */
    static boolean hasHash(String token, String hash) {
        byte[] given = hash(token).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(given, hash.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
    }
}
