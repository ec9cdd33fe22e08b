package dev.kume.core.reservation;

import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** PERSISTENT RESERVE OUT as several nodes would send it, right and wrong: mostly with effect, never predictable. */
final class RandomRequests {
    private static final int[] TYPES = {1, 3, 5, 6, 7, 8};

    /** REGISTER and REGISTER AND IGNORE EXISTING KEY come more often, for they are what the others need. */
    private static final Action[] ACTIONS = {
        Action.REGISTER,
        Action.REGISTER,
        Action.REGISTER,
        Action.REGISTER_AND_IGNORE,
        Action.REGISTER_AND_IGNORE,
        Action.RESERVE,
        Action.RESERVE,
        Action.RESERVE,
        Action.RELEASE,
        Action.PREEMPT,
        Action.PREEMPT_AND_ABORT,
        Action.REGISTER_AND_MOVE,
        Action.CLEAR
    };

    private final RandomGenerator random;
    private final List<String> initiatorPorts;
    private final List<String> targetPorts;

    RandomRequests(RandomGenerator random, List<String> initiatorPorts, List<String> targetPorts) {
        this.random = random;
        this.initiatorPorts = initiatorPorts;
        this.targetPorts = targetPorts;
    }

    /** Every pair of ports. */
    List<Nexus> nexuses() {
        List<Nexus> all = new ArrayList<>();
        initiatorPorts.forEach(initiator -> targetPorts.forEach(target -> all.add(new Nexus(initiator, target))));
        return all;
    }

    /** One of every pair of ports. */
    Nexus nexus() {
        return new Nexus(pick(initiatorPorts), pick(targetPorts));
    }

    Request next(ReferenceReservations state) {
        Action action = ACTIONS[random.nextInt(ACTIONS.length)];
        if (action == Action.CLEAR && random.nextInt(4) != 0) {
            action = Action.RESERVE;
        }
        Nexus from = nexus();
        boolean registers = action == Action.REGISTER || action == Action.REGISTER_AND_IGNORE;
        boolean all = registers && random.nextInt(8) == 0;
        boolean specifies = registers && random.nextInt(8) == 0;
        boolean moves = action == Action.REGISTER_AND_MOVE;
        return new Request(
                action,
                from,
                key(state, from),
                actionKey(state, action),
                type(state),
                further(from, all, specifies),
                specifies,
                all,
                random.nextBoolean(),
                moves ? destination(from) : null,
                moves && random.nextBoolean());
    }

    private long key(ReferenceReservations state, Nexus from) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> key();
            default -> state.key(from);
        };
    }

    private long key() {
        return 0x8000_0000_0000_0001L + random.nextInt(4);
    }

    private long actionKey(ReferenceReservations state, Action action) {
        boolean preempts = action == Action.PREEMPT || action == Action.PREEMPT_AND_ABORT;
        return switch (random.nextInt(preempts ? 6 : 8)) {
            case 0 -> 0;
            case 1, 2 -> preempts ? state.shownKey() : key();
            default -> key();
        };
    }

    /** A valid type: often that of the reservation. */
    private int type(ReferenceReservations state) {
        return state.isHeld() && random.nextInt(3) != 0 ? state.type() : TYPES[random.nextInt(TYPES.length)];
    }

    /** The nexuses that the flags add to the one that the command comes through. */
    private List<Nexus> further(Nexus from, boolean all, boolean specifies) {
        List<String> initiators = new ArrayList<>();
        initiators.add(from.initiatorPort());
        for (String initiator : initiatorPorts) {
            if (specifies && random.nextInt(3) == 0 && !initiator.equals(from.initiatorPort())) {
                initiators.add(initiator);
            }
        }
        List<Nexus> further = new ArrayList<>();
        for (String initiator : initiators) {
            for (String target : all ? targetPorts : List.of(from.targetPort())) {
                further.add(new Nexus(initiator, target));
            }
        }
        further.remove(from);
        return further;
    }

    private @Nullable Nexus destination(Nexus from) {
        return random.nextInt(8) == 0 ? from : nexus();
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
