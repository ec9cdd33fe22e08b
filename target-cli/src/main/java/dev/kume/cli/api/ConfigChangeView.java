package dev.kume.cli.api;

import java.util.List;

/**
 * One thing that is different between two states of what is provisioned.
 *
 * @param action  {@code add}, {@code change} or {@code remove}
 * @param kind    {@code credential}, {@code discovery}, {@code disk}, {@code target} or {@code cluster}
 * @param name    of the thing, as it is afterwards; empty for discovery
 * @param details what of it, a line for each: {@code size: 30 GB -> 40 GB}
 * @param effects what initiators notice of it, a line for each
 */
public record ConfigChangeView(String action, String kind, String name, List<String> details, List<String> effects) {
    public static final String ADD = "add";
    public static final String CHANGE = "change";
    public static final String REMOVE = "remove";

    public ConfigChangeView {
        details = Lists.orEmpty(details);
        effects = Lists.orEmpty(effects);
    }
}
