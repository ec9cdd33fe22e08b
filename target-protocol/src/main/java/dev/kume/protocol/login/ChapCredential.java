package dev.kume.protocol.login;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A user and the secret by which it proves itself (RFC 1994, RFC 7143 12.1.3). Immutable; never shows its secret. */
public final class ChapCredential {
    private final String user;
    private final byte[] secret;

    /** @param secret copied; 1 to 255 bytes */
    public ChapCredential(String user, byte[] secret) {
        this.user = user;
        this.secret = secret.clone();
    }

    /** CHAP_N. */
    public String user() {
        return user;
    }

    /** The secret, which is not to be changed, kept or shown. */
    byte[] secret() {
        return secret;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChapCredential that
                && user.equals(that.user)
                && MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public int hashCode() {
        return user.hashCode();
    }

    @Override
    public String toString() {
        return user;
    }
}
