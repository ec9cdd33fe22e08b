package dev.kume.core.scsi;

import dev.kume.core.Clock;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.nexus.ITNexus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The I_T nexuses that a logical unit has met, bounded in number. Thread safe. */
public final class Nexuses {
    private final int max;

    /** Guarded by itself; access order, so that the nexus away the longest is forgotten first. */
    private final LinkedHashMap<ITNexus, ITLNexus> known = new LinkedHashMap<>(16, 0.75f, true);

    /** Those that are never forgotten: the registered ones, whose number has a bound of its own. */
    private final Predicate<ITNexus> kept;

    /** What those came to that are forgotten. Guarded by {@link #known}. */
    private LoadFigures forgotten = LoadFigures.NONE;

    Nexuses(int max, Predicate<ITNexus> kept) {
        this.max = max;
        this.kept = kept;
    }

    ITLNexus attach(ITNexus nexus, HeldAnswers answers) {
        synchronized (known) {
            ITLNexus there = known.computeIfAbsent(nexus, ITLNexus::new);
            boolean first = there.sessionBegan(answers);
            there.raise(first ? Sense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED : Sense.I_T_NEXUS_LOSS_OCCURRED);
            forgetOldest();
            return there;
        }
    }

    /** The nexus, which need not have had a session yet. */
    ITLNexus know(ITNexus nexus) {
        synchronized (known) {
            ITLNexus there = known.computeIfAbsent(nexus, ITLNexus::new);
            forgetOldest();
            return there;
        }
    }

    private void forgetOldest() {
        var each = known.values().iterator();
        while (known.size() > max && each.hasNext()) {
            ITLNexus next = each.next();
            if (!next.attached() && !kept.test(next.nexus())) {
                forgotten = forgotten.plus(next.load().figures().over());
                each.remove();
            }
        }
    }

    /** Drops the answers that sessions of these nexuses hold. {@code done} runs once, when none is left. */
    void dropAnswers(LogicalUnit unit, Collection<ITNexus> of, Runnable done) {
        List<HeldAnswers> all = new ArrayList<>();
        synchronized (known) {
            for (ITNexus nexus : of) {
                ITLNexus there = known.get(nexus);
                if (there != null) {
                    all.addAll(there.answers());
                }
            }
        }
        AtomicInteger left = new AtomicInteger(all.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                done.run();
            }
        };
        all.forEach(answers -> answers.drop(unit, one));
        one.run();
    }

    /** Asks the sessions of a host for a sign of life. */
    void probe(String initiatorName) {
        List<HeldAnswers> all = new ArrayList<>();
        synchronized (known) {
            for (ITLNexus nexus : known.values()) {
                if (nexus.nexus().initiatorName().equals(initiatorName)) {
                    all.addAll(nexus.answers());
                }
            }
        }
        all.forEach(HeldAnswers::probe);
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

    /** What all of them have read and written. */
    List<NexusActivity> activity(Clock clock) {
        List<ITLNexus> all;
        synchronized (known) {
            all = List.copyOf(known.values());
        }
        return all.stream().map(each -> NexusActivity.of(each, clock)).toList();
    }

    /** What the commands of each of them came to. Any thread. */
    public Map<ITNexus, LoadFigures> loads() {
        synchronized (known) {
            Map<ITNexus, LoadFigures> loads = new LinkedHashMap<>();
            known.forEach((nexus, each) -> loads.put(nexus, each.load().figures()));
            return loads;
        }
    }

    /** What the commands of all came to, also of those that are forgotten. Any thread. */
    public LoadFigures load() {
        synchronized (known) {
            LoadFigures sum = forgotten;
            for (ITLNexus each : known.values()) {
                sum = sum.plus(each.load().figures());
            }
            return sum;
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
