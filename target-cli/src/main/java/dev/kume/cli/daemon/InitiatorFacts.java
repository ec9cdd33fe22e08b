package dev.kume.cli.daemon;

import dev.kume.cli.api.InitiatorView;
import dev.kume.protocol.connection.SeenInitiator;
import java.util.List;

/** Initiators that have tried, as clients see them. */
final class InitiatorFacts {
    private InitiatorFacts() {}

    static InitiatorView view(SeenInitiator seen) {
        String outcome = seen.refused()
                ? InitiatorView.REFUSED
                : seen.outcome().startsWith(InitiatorView.DISCOVERY)
                        ? InitiatorView.DISCOVERY
                        : InitiatorView.LOGGED_IN;
        return new InitiatorView(
                seen.name(),
                seen.address(),
                seen.firstSeen(),
                seen.lastSeen(),
                seen.lastTarget(),
                outcome,
                seen.refused() ? seen.outcome() : null,
                seen.failures(),
                false,
                List.of());
    }
}
