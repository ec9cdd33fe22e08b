package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How initiators prove themselves before they may look for targets.
 *
 * @param chap   names of credentials, one of which they must know; empty: no proof is asked for
 * @param mutual the credential by which the server proves itself; null: it does not
 */
public record DiscoveryView(List<String> chap, @Nullable String mutual) {
    public DiscoveryView {
        chap = Lists.orEmpty(chap);
    }
}
