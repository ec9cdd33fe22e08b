package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;

/**
 * One version of what is provisioned that is kept.
 *
 * @param saved   when it was written
 * @param current true for the one that holds
 * @param summary what was different from the version before, in one line
 */
public record ConfigHistoryView(long version, Instant saved, boolean current, String summary) {
    /** Answer of {@code GET /v1/config/history}, newest first; {@code kept} is how many there are. */
    public record Listing(List<ConfigHistoryView> versions, int kept) {}
}
