package dev.kume.system;

import dev.kume.system.wire.PersistentReserve;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a disk's persistent reservations are after commands that were answered: the part of SPC-4 5.13 that nodes of a
 * cluster use, written without a look at the daemon. Nexuses are names.
 */
final class ExpectedReservations {
    private static final Set<Integer> ALL_REGISTRANTS = Set.of(7, 8);

    /** A command of one nexus; the RESERVATION KEY is that of its registration, 0 without one. */
    record Request(int action, String nexus, long actionKey, int type, boolean throughPowerLoss) {}

    private final Map<String, Long> keys = new TreeMap<>();
    private String holder = "";
    private int type;
    private int generation;

    ExpectedReservations copy() {
        ExpectedReservations copy = new ExpectedReservations();
        copy.keys.putAll(keys);
        copy.holder = holder;
        copy.type = type;
        copy.generation = generation;
        return copy;
    }

    long key(String nexus) {
        return keys.getOrDefault(nexus, 0L);
    }

    /** TYPE of the reservation, 0 without one. */
    int type() {
        return type;
    }

    /** The key of the one that holds it, else 0. */
    long holderKey() {
        return ALL_REGISTRANTS.contains(type) ? 0 : key(holder);
    }

    private boolean holds(String nexus) {
        return type != 0 && (ALL_REGISTRANTS.contains(type) ? keys.containsKey(nexus) : holder.equals(nexus));
    }

    /** Carries it out; true for GOOD, false for RESERVATION CONFLICT or CHECK CONDITION. */
    boolean run(Request request) {
        String nexus = request.nexus();
        boolean registered = keys.containsKey(nexus);
        return switch (request.action()) {
            case PersistentReserve.REGISTER, PersistentReserve.REGISTER_AND_IGNORE ->
                register(nexus, request.actionKey());
            case PersistentReserve.RESERVE -> registered && reserve(nexus, request.type());
            case PersistentReserve.RELEASE -> registered && release(nexus, request.type());
            case PersistentReserve.CLEAR -> registered && clear();
            case PersistentReserve.PREEMPT, PersistentReserve.PREEMPT_AND_ABORT -> registered && preempt(request);
            default -> throw new AssertionError(request);
        };
    }

    private boolean register(String nexus, long key) {
        if (key != 0) {
            keys.put(nexus, key);
            generation++;
        } else if (keys.containsKey(nexus)) {
            remove(Set.of(nexus));
            generation++;
        }
        return true;
    }

    private boolean reserve(String nexus, int wanted) {
        if (type == 0) {
            holder = nexus;
            type = wanted;
            return true;
        }
        return holds(nexus) && type == wanted;
    }

    private boolean release(String nexus, int wanted) {
        if (!holds(nexus)) {
            return true;
        }
        if (type != wanted) {
            return false;
        }
        free();
        return true;
    }

    private boolean clear() {
        keys.clear();
        free();
        generation++;
        return true;
    }

    private boolean preempt(Request request) {
        long key = request.actionKey();
        boolean all = ALL_REGISTRANTS.contains(type);
        boolean takes = type != 0 && (all ? key == 0 : key == holderKey());
        if (!takes && !keys.containsValue(key)) {
            return false;
        }
        generation++;
        if (takes) {
            long own = key(request.nexus());
            keys.values().removeIf(each -> all || each == key);
            keys.put(request.nexus(), own);
            holder = request.nexus();
            type = request.type();
        } else {
            Set<String> gone = new TreeSet<>(keys.keySet());
            gone.removeIf(each -> key(each) != key);
            remove(gone);
        }
        return true;
    }

    private void remove(Set<String> gone) {
        keys.keySet().removeAll(gone);
        if (ALL_REGISTRANTS.contains(type) ? keys.isEmpty() : gone.contains(holder)) {
            free();
        }
    }

    private void free() {
        holder = "";
        type = 0;
    }

    /** All that can be read, as text that is equal where the states are. */
    @Override
    public String toString() {
        Map<String, String> lines = new TreeMap<>();
        keys.forEach((nexus, key) -> lines.put(nexus, key + (holds(nexus) ? " holds " + type : "")));
        return generation + " " + lines;
    }
}
