package dev.kume.cli.daemon;

import dev.kume.core.inventory.ChapRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How requests change a rule of CHAP. */
final class ChapRequests {
    private ChapRequests() {}

    /**
     * The rule after a request.
     *
     * @param chap   the credentials that initiators may know; null: as before; none: no proof, neither way
     * @param mutual the target's own; null: as before; empty: none
     */
    static ChapRule changed(ChapRule before, @Nullable List<String> chap, @Nullable String mutual) {
        List<String> incoming = chap == null ? before.incoming() : chap;
        for (String name : incoming) {
            Requests.required("chap", name);
        }
        String outgoing = mutual;
        if (mutual == null && !incoming.isEmpty()) {
            outgoing = before.mutual();
        }
        return new ChapRule(incoming, outgoing == null || outgoing.isEmpty() ? null : outgoing);
    }
}
