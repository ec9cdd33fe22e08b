package dev.kume.cli.api;

import java.util.List;

/**
 * Answer of {@code GET /v1/support}: what of the daemon and its host goes into a support bundle.
 *
 * @param documents texts without secrets
 */
public record SupportView(List<Document> documents) {
    public SupportView {
        documents = Lists.orEmpty(documents);
    }

    /** A text, and the place that it has in a bundle. */
    public record Document(String name, String text) {}
}
