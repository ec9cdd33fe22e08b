package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One token, without what is secret of it.
 *
 * @param name     its name
 * @param role     {@code read} or {@code admin}
 * @param created  when it was made
 * @param expires  when it ends by itself; null for never
 * @param lastUsed when a request last came with it; null for never
 * @param status   {@link #VALID} or {@link #EXPIRED}
 */
public record TokenView(
        String name,
        String role,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant lastUsed,
        String status) {
    public static final String VALID = "valid";
    public static final String EXPIRED = "expired";

    /** Answer of {@code GET /v1/tokens}, by name. */
    public record Listing(List<TokenView> tokens) {
        public Listing {
            tokens = Lists.orEmpty(tokens);
        }
    }

    /**
     * Answer of {@code POST /v1/tokens}.
     *
     * @param token       the token itself, which is told this once
     * @param about       what is kept of it
     * @param fingerprint of the server's key, for the client that gets the token; null while nothing is served on the
     *     network
     */
    public record Made(
            String token, TokenView about, @Nullable String fingerprint) implements Confidential {
        @Override
        public String toString() {
            return "Made[" + about + "]";
        }
    }
}
