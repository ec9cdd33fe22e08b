package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/credentials/NAME}. What is null stays. Never printed, logged or sent back.
 *
 * @param user       the new CHAP_N
 * @param secret     the bytes of the new secret in base64
 * @param longSecret true: up to 255 bytes, which Microsoft's initiator does not take
 */
public record CredentialSet(
        @Nullable String user,
        @Nullable String secret,
        @Nullable Boolean longSecret) implements Confidential {
    @Override
    public String toString() {
        return "CredentialSet[" + user + "]";
    }
}
