package dev.kume.cli.api;

import java.util.List;

/** Answer of {@code GET /v1/config/diff}: what is different in a version from another. */
public record ConfigDiffView(long from, long to, List<ConfigChangeView> changes) {
    public ConfigDiffView {
        changes = Lists.orEmpty(changes);
    }
}
