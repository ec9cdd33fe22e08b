package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/targets/NAME}. What is null stays; the IQN never changes.
 *
 * @param rename      the new name
 * @param description the new text; empty clears it
 * @param enabled     false: new logins are refused (status 3/01); sessions stay
 * @param chap        names of credentials, one of which an initiator must know at its next login; empty: none, neither
 *     way
 * @param mutual      the credential by which the target proves itself; empty: none
 * @param portals     names of the portals through which it is seen; empty: all
 * @param redirect    {@code address:port} to which new logins are sent (status 1/01); empty: nowhere
 */
public record TargetSet(
        @Nullable String rename,
        @Nullable String description,
        @Nullable Boolean enabled,
        @Nullable List<String> chap,
        @Nullable String mutual,
        @Nullable List<String> portals,
        @Nullable String redirect) {
    /** A change of these alone. */
    public TargetSet(@Nullable String rename, @Nullable String description, @Nullable Boolean enabled) {
        this(rename, description, enabled, null, null, null, null);
    }
}
