package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.protocol.login.LoginIdentity;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everybody who has ever tried to log in, up to a bound; who tried the longest ago is forgotten first. Thread safe. */
public final class InitiatorLog {
    private final Clock clock;
    private final int initiatorsMax;
    private final LinkedHashMap<String, SeenInitiator> byName = new LinkedHashMap<>();
    /** Where somebody was logged in to a target, the latest last. */
    private final LinkedHashSet<String> addresses = new LinkedHashSet<>();

    private long changes;

    public InitiatorLog(Clock clock, int initiatorsMax) {
        this.clock = clock;
        this.initiatorsMax = initiatorsMax;
    }

    /** Takes back what an earlier run of the daemon had written down. */
    public synchronized void restore(Collection<SeenInitiator> known) {
        for (SeenInitiator initiator : known) {
            byName.put(initiator.name(), initiator);
            if (!initiator.refused() && initiator.lastTarget() != null) {
                remember(initiator.address());
            }
        }
        trim();
    }

    /** An attempt has ended badly. One that did not get as far as a name leaves nothing to show. */
    synchronized void refused(LoginRefusal refusal) {
        String name = refusal.initiatorName();
        if (name != null) {
            String outcome = refusal.status() + ": " + refusal.reason();
            record(name, refusal.address(), refusal.targetName(), outcome, true);
        }
    }

    /** An attempt has ended well. */
    synchronized void admitted(LoginIdentity identity, InetAddress from, String outcome) {
        record(identity.initiatorName(), from, identity.targetName(), outcome, false);
    }

    private void record(String name, InetAddress from, @Nullable String target, String outcome, boolean refused) {
        Instant now = clock.now();
        SeenInitiator before = byName.remove(name);
        long failures = before == null ? 0 : before.failures();
        byName.put(
                name,
                new SeenInitiator(
                        name,
                        from.getHostAddress(),
                        before == null ? now : before.firstSeen(),
                        now,
                        target != null || before == null ? target : before.lastTarget(),
                        outcome,
                        refused,
                        before == null ? 1 : before.attempts() + 1,
                        refused ? failures + 1 : 0));
        if (!refused && target != null) {
            remember(from.getHostAddress());
        }
        changes++;
        trim();
    }

    /** True when somebody was logged in to a target from this address, as far as that is remembered. */
    synchronized boolean knows(InetAddress address) {
        return addresses.contains(address.getHostAddress());
    }

    private void remember(String address) {
        addresses.remove(address);
        addresses.add(address);
        if (addresses.size() > initiatorsMax) {
            addresses.removeFirst();
        }
    }

    /** Strangers under ever new names push each other out before they push out one that has been let in. */
    private void trim() {
        while (byName.size() > initiatorsMax) {
            String goes = byName.values().stream()
                    .filter(initiator -> initiator.failures() == initiator.attempts())
                    .findFirst()
                    .orElse(byName.firstEntry().getValue())
                    .name();
            byName.remove(goes);
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
