package dev.kume.core.scsi;

import dev.kume.core.nexus.ITNexus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The I_T nexuses that a logical unit has met, bounded in number. Thread safe. */
public final class Nexuses {
    private final int max;

    /** Guarded by itself; access order, so that the nexus away the longest is forgotten first. */
    private final LinkedHashMap<ITNexus, ITLNexus> known = new LinkedHashMap<>(16, 0.75f, true);

    Nexuses(int max) {
        this.max = max;
    }

    ITLNexus attach(ITNexus nexus) {
        synchronized (known) {
            ITLNexus there = known.get(nexus);
            if (there == null) {
                there = new ITLNexus(nexus);
                known.put(nexus, there);
                there.sessionBegan();
                there.raise(Sense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
                forgetOldest();
            } else {
                there.sessionBegan();
                there.raise(Sense.I_T_NEXUS_LOSS_OCCURRED);
            }
            return there;
        }
    }

    private void forgetOldest() {
        var each = known.values().iterator();
        while (known.size() > max && each.hasNext()) {
            if (!each.next().attached()) {
                each.remove();
            }
        }
    }

    /** The nexus as this unit knows it, or null when it has not met it. */
    public @Nullable ITLNexus find(ITNexus nexus) {
        synchronized (known) {
            return known.get(nexus);
        }
    }

    void raise(Sense condition, Predicate<ITLNexus> on) {
        synchronized (known) {
            known.values().stream().filter(on).forEach(nexus -> nexus.raise(condition));
        }
    }

    /** Takes a condition away from one nexus, which has been told in another way. */
    public void clear(Sense condition, ITNexus on) {
        synchronized (known) {
            ITLNexus there = known.get(on);
            if (there != null) {
                there.clear(condition);
            }
        }
    }

    /** Those with a session. */
    public Collection<ITNexus> attached() {
        synchronized (known) {
            return known.values().stream()
                    .filter(ITLNexus::attached)
                    .map(ITLNexus::nexus)
                    .toList();
        }
    }

    /** All of them; true for those with a session. */
    public Map<ITNexus, Boolean> all() {
        synchronized (known) {
            Map<ITNexus, Boolean> all = new LinkedHashMap<>();
            known.forEach((nexus, unitNexus) -> all.put(nexus, unitNexus.attached()));
            return all;
        }
    }
}
