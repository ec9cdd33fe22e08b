package dev.kume.cli.access;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The fingerprint of a server: SHA-256 of its public key, written as curl takes it, {@code sha256//BASE64}. It is of
 * the key and not of the certificate, so that it stays when the certificate is renewed.
 */
public final class KeyPin {
    private static final String PREFIX = "sha256//";
    private static final Pattern FORM = Pattern.compile("sha256//[A-Za-z0-9+/]{43}=");

    private KeyPin() {}

    /** The fingerprint of a key. */
    public static String of(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return PREFIX + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    /** Whether a text is a fingerprint. */
    public static boolean isPin(String text) {
        return FORM.matcher(text).matches();
    }
}
