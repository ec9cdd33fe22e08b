package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/credentials}. Never printed, logged or sent back.
 *
 * @param name       required: letters, digits, {@code . _ -}, at most 63
 * @param user       required: CHAP_N, 1 to 255 bytes
 * @param secret     required: the bytes of the secret in base64; 12 to 16 bytes
 * @param longSecret true: up to 255 bytes, which Microsoft's initiator does not take
 */
public record CredentialCreate(
        @Nullable String name,
        @Nullable String user,
        @Nullable String secret,
        @Nullable Boolean longSecret) implements Confidential {
    @Override
    public String toString() {
        return "CredentialCreate[" + name + "]";
    }
}
