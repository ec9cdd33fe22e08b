package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One credential, without its secret.
 *
 * @param name         its name
 * @param user         CHAP_N
 * @param status       {@code usable} or {@code unusable}
 * @param statusReason why it is unusable and what to do; null otherwise
 * @param usedBy       where, in words: {@code discovery}, {@code target 'hv-node1'}
 * @param created      when it was added
 */
public record CredentialView(
        String name, String user, String status, @Nullable String statusReason, List<String> usedBy, Instant created) {
    public static final String USABLE = "usable";
    public static final String UNUSABLE = "unusable";

    public CredentialView {
        usedBy = Lists.orEmpty(usedBy);
    }

    /** Answer of {@code GET /v1/credentials}, by name. */
    public record Listing(List<CredentialView> credentials) {}
}
