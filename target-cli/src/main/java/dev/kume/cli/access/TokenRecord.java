package dev.kume.cli.access;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A token as the daemon knows it: everything but its secret, of which only a hash is kept.
 *
 * @param id       eight hexadecimal digits, part of the token: by it the token is found
 * @param name     for people; no two tokens have the same, without regard to case
 * @param role     what its bearer may do
 * @param hash     SHA-256 of the whole token, in hexadecimal digits
 * @param created  when it was made
 * @param expires  when it ends by itself; null for never
 * @param lastUsed when a request last came with it, as far as it was written down; null for never
 */
public record TokenRecord(
        String id,
        String name,
        Role role,
        String hash,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant lastUsed) {
    /** True when it is no more valid. */
    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    TokenRecord used(Instant now) {
        return new TokenRecord(id, name, role, hash, created, expires, now);
    }

    boolean isNamed(String other) {
        return name.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
    }
}
