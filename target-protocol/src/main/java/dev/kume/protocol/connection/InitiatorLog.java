package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everybody who has ever tried to log in, up to a bound; who tried the longest ago is forgotten first. Thread safe. */
public final class InitiatorLog {
    private final Clock clock;
    private final int initiatorsMax;
    private final LinkedHashMap<String, SeenInitiator> byName = new LinkedHashMap<>();
    private long changes;

    public InitiatorLog(Clock clock, int initiatorsMax) {
        this.clock = clock;
        this.initiatorsMax = initiatorsMax;
    }

    /** Takes back what an earlier run of the daemon had written down. */
    public synchronized void restore(Collection<SeenInitiator> known) {
        known.forEach(initiator -> byName.put(initiator.name(), initiator));
        trim();
    }

    /** One attempt has ended. */
    synchronized void record(String name, String address, @Nullable String target, String outcome, boolean refused) {
        Instant now = clock.now();
        SeenInitiator before = byName.remove(name);
        byName.put(
                name,
                new SeenInitiator(
                        name,
                        address,
                        before == null ? now : before.firstSeen(),
                        now,
                        target != null || before == null ? target : before.lastTarget(),
                        outcome,
                        refused,
                        before == null ? 1 : before.attempts() + 1));
        changes++;
        trim();
    }

    private void trim() {
        var each = byName.entrySet().iterator();
        while (byName.size() > initiatorsMax && each.hasNext()) {
            each.next();
            each.remove();
        }
    }

    /** All, the latest last. */
    public synchronized List<SeenInitiator> list() {
        return List.copyOf(byName.values());
    }

    /** Grows with every change, so that whoever writes it down knows when to. */
    public synchronized long changes() {
        return changes;
    }
}
