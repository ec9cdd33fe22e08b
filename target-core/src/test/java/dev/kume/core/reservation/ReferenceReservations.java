package dev.kume.core.reservation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What persistent reservations must do, read from SPC-4 5.13 and written down a second time: the decisions as literal
 * rows, the effects as plain steps on mutable fields. It shares nothing with the code that it judges.
 *
 * <p>Where the standard leaves a choice, this is the one that is held: a command that does nothing but return GOOD
 * (table 67, RESERVATION KEY and SERVICE ACTION RESERVATION KEY zero from an unregistered nexus) leaves PRGENERATION
 * and APTPL alone; with ALL_TG_PT the status is that of the nexus that the command came through, and what would end in
 * a conflict through another target port does nothing there.
 */
public final class ReferenceReservations {
    /** Who talks to whom. */
    public record Nexus(String initiatorPort, String targetPort) {
        @Override
        public String toString() {
            return initiatorPort + "->" + targetPort;
        }
    }

    /** Service actions with their codes, SPC-4 table 213. */
    public enum Action {
        REGISTER(0x00, true),
        RESERVE(0x01, false),
        RELEASE(0x02, false),
        CLEAR(0x03, true),
        PREEMPT(0x04, true),
        PREEMPT_AND_ABORT(0x05, true),
        REGISTER_AND_IGNORE(0x06, true),
        REGISTER_AND_MOVE(0x07, true);

        public final int code;
        final boolean counts;

        Action(int code, boolean counts) {
            this.code = code;
            this.counts = counts;
        }
    }

    /** How the command ends. */
    public enum Status {
        GOOD,
        CONFLICT,
        /** 05h/26h/04h. */
        INVALID_RELEASE,
        /** 05h/24h/00h: there is no reservation to move. */
        NOTHING_TO_MOVE,
        /** 05h/26h/00h at SERVICE ACTION RESERVATION KEY. */
        INVALID_ACTION_KEY,
        /** 05h/26h/00h: SPEC_I_PT where it may not be, or a port in the list that is registered. */
        INVALID_SPECIFIED_PORTS,
        /** 05h/26h/00h: REGISTER AND MOVE to the initiator port that it came from. */
        INVALID_DESTINATION,
        /** 05h/55h/04h. */
        NO_RESOURCES
    }

    /** 2Ah with this qualifier. */
    public enum Attention {
        RESERVATIONS_PREEMPTED(0x03),
        RESERVATIONS_RELEASED(0x04),
        REGISTRATIONS_PREEMPTED(0x05);

        public final int qualifier;

        Attention(int qualifier) {
            this.qualifier = qualifier;
        }
    }

    /** A command. {@code type} is the TYPE field; {@code further} are the nexuses that SPEC_I_PT and ALL_TG_PT name. */
    public record Request(
            Action action,
            Nexus from,
            long key,
            long actionKey,
            int type,
            List<Nexus> further,
            boolean specifiesPorts,
            boolean allTargetPorts,
            boolean throughPowerLoss,
            @Nullable Nexus moveTo,
            boolean unregister) {
        public static Request of(Action action, Nexus from, long key, long actionKey, int type) {
            return new Request(action, from, key, actionKey, type, List.of(), false, false, false, null, false);
        }
    }

    /** The end of a command, who learns what of it, and whose commands are aborted. */
    public record Outcome(Status status, Map<Nexus, Attention> attentions, Set<Nexus> aborted) {
        static Outcome of(Status status) {
            return new Outcome(status, Map.of(), Set.of());
        }
    }

    /**
     * The decisions: the first row that fits counts. NEXUS: {@code none} not registered, {@code wrong} registered
     * with another key than RESERVATION KEY, {@code other} and {@code holder} registered with it, {@code right} either.
     * HELD: a reservation with {@code one} holder (types 1, 3, 5, 6), with {@code all} registrants holding it (7, 8),
     * {@code free} without. RK, SARK: {@code 0}, {@code n} not 0; SARK also {@code H} the holder's key, {@code K} the
     * key of a registration, {@code U} of none. MORE: {@code same} the TYPE of the reservation, {@code spec} SPEC_I_PT
     * is one, {@code self} the destination is the initiator port that sends, {@code listed} a nexus of another
     * initiator port is to be registered and is.
     */
    private static final String DECISIONS = """
            # ACTION             NEXUS  HELD  RK  SARK  MORE    RESULT
            # SPC-4 table 67
            REGISTER             none   -     0   0     -       nothing
            REGISTER             none   -     n   -     -       CONFLICT
            REGISTER             none   -     0   n     listed  INVALID_SPECIFIED_PORTS
            REGISTER             none   -     0   n     -       register
            REGISTER             wrong  -     -   -     -       CONFLICT
            REGISTER             right  -     -   -     spec    INVALID_SPECIFIED_PORTS
            REGISTER             right  -     -   0     -       unregister
            REGISTER             right  -     -   n     -       register
            # SPC-4 table 68 and the note of table 69
            REGISTER_AND_IGNORE  -      -     -   -     spec    INVALID_SPECIFIED_PORTS
            REGISTER_AND_IGNORE  -      -     -   0     -       unregister
            REGISTER_AND_IGNORE  -      -     -   n     -       register
            # SPC-4 5.13.9
            RESERVE              none   -     -   -     -       CONFLICT
            RESERVE              wrong  -     -   -     -       CONFLICT
            RESERVE              right  free  -   -     -       reserve
            RESERVE              holder -     -   -     same    nothing
            RESERVE              right  -     -   -     -       CONFLICT
            # SPC-4 5.13.11.2.2
            RELEASE              none   -     -   -     -       CONFLICT
            RELEASE              wrong  -     -   -     -       CONFLICT
            RELEASE              right  free  -   -     -       nothing
            RELEASE              other  -     -   -     -       nothing
            RELEASE              holder -     -   -     same    release
            RELEASE              holder -     -   -     -       INVALID_RELEASE
            # SPC-4 5.13.11.2.7
            CLEAR                none   -     -   -     -       CONFLICT
            CLEAR                wrong  -     -   -     -       CONFLICT
            CLEAR                right  -     -   -     -       clear
            # SPC-4 table 72, figure 9, 5.13.11.2.5
            PREEMPT              none   -     -   -     -       CONFLICT
            PREEMPT              wrong  -     -   -     -       CONFLICT
            PREEMPT              right  all   -   0     -       take_from_all
            PREEMPT              right  one   -   0     -       INVALID_ACTION_KEY
            PREEMPT              right  one   -   H     -       take
            PREEMPT              right  -     -   K     -       remove
            PREEMPT              right  -     -   U     -       CONFLICT
            # SPC-4 table 70 and 5.13.8
            REGISTER_AND_MOVE    none   -     -   -     -       CONFLICT
            REGISTER_AND_MOVE    wrong  -     -   -     -       CONFLICT
            REGISTER_AND_MOVE    right  free  -   -     -       NOTHING_TO_MOVE
            REGISTER_AND_MOVE    right  all   -   -     -       CONFLICT
            REGISTER_AND_MOVE    other  -     -   -     -       CONFLICT
            REGISTER_AND_MOVE    holder -     -   0     -       INVALID_ACTION_KEY
            REGISTER_AND_MOVE    holder -     -   -     self    INVALID_DESTINATION
            REGISTER_AND_MOVE    holder -     -   n     -       move
            """;

    private static final int SARK_COLUMN = 4;
    private static final int RESULT_COLUMN = 6;

    private record Row(int number, String[] words) {}

    private static final Map<Action, List<Row>> ROWS = rows();
    private static final Set<Integer> REGISTRANTS_ONLY = Set.of(5, 6);
    private static final Set<Integer> ALL_REGISTRANTS = Set.of(7, 8);

    private final int registrationsMax;
    private final Map<Nexus, Long> keys = new LinkedHashMap<>();
    private @Nullable Nexus holder;
    private int type;
    private int generation;
    private boolean throughPowerLoss;
    private final BitSet used = new BitSet();

    /** Nobody is registered. */
    public ReferenceReservations(int registrationsMax) {
        this.registrationsMax = registrationsMax;
    }

    private ReferenceReservations(ReferenceReservations other) {
        this(other.registrationsMax);
        keys.putAll(other.keys);
        holder = other.holder;
        type = other.type;
        generation = other.generation;
        throughPowerLoss = other.throughPowerLoss;
    }

    private static Map<Action, List<Row>> rows() {
        Map<Action, List<Row>> rows = new EnumMap<>(Action.class);
        int number = 0;
        for (String line : DECISIONS.split("\n")) {
            if (!line.startsWith("#")) {
                String[] words = line.split(" +");
                rows.computeIfAbsent(Action.valueOf(words[0]), action -> new ArrayList<>())
                        .add(new Row(number++, words));
            }
        }
        rows.put(Action.PREEMPT_AND_ABORT, rows.get(Action.PREEMPT));
        return rows;
    }

    /** The number of rows in the table of decisions. */
    public static int decisions() {
        return 1
                + ROWS.values().stream()
                        .flatMap(List::stream)
                        .mapToInt(Row::number)
                        .max()
                        .orElseThrow();
    }

    /** The rows that have decided something, so that a test knows that it has met all. */
    public BitSet rowsUsed() {
        return used;
    }

    public ReferenceReservations copy() {
        return new ReferenceReservations(this);
    }

    /** Runs a command to its end. */
    public Outcome run(Request request) {
        String result = decide(request);
        Outcome outcome = switch (result) {
            case "nothing" -> Outcome.of(Status.GOOD);
            case "register" -> register(request);
            case "unregister" -> unregister(request);
            case "reserve" -> reserve(request);
            case "release" -> release(request);
            case "clear" -> clear(request);
            case "take" -> take(request, nexus -> key(nexus) == request.actionKey());
            case "take_from_all" -> take(request, nexus -> true);
            case "remove" -> remove(request);
            case "move" -> move(request);
            default -> Outcome.of(Status.valueOf(result));
        };
        if (outcome.status() == Status.GOOD && !result.equals("nothing") && request.action().counts) {
            generation++;
        }
        return outcome;
    }

    private String decide(Request request) {
        for (Row row : ROWS.get(request.action())) {
            String[] words = row.words();
            boolean fits = true;
            for (int column = 1; column < RESULT_COLUMN && fits; column++) {
                fits = words[column].equals("-") || fits(column, words[column], request);
            }
            if (fits) {
                used.set(row.number());
                String result = words[RESULT_COLUMN];
                return result.equals("unregister") && registeredOf(request).isEmpty() ? "nothing" : result;
            }
        }
        throw new AssertionError("no row for " + request);
    }

    private boolean fits(int column, String word, Request request) {
        Nexus from = request.from();
        boolean registered = keys.containsKey(from);
        boolean right = registered && key(from) == request.key();
        long number = column == SARK_COLUMN ? request.actionKey() : request.key();
        return switch (word) {
            case "none" -> !registered;
            case "wrong" -> registered && !right;
            case "right" -> right;
            case "other" -> right && !holds(from);
            case "holder" -> right && holds(from);
            case "free" -> !isHeld();
            case "one" -> isHeld() && !ALL_REGISTRANTS.contains(type);
            case "all" -> isHeld() && ALL_REGISTRANTS.contains(type);
            case "0" -> number == 0;
            case "n" -> number != 0;
            case "H" -> holder != null && number == key(holder);
            case "K" -> keys.containsValue(number);
            case "U" -> !keys.containsValue(number);
            case "same" -> type == request.type();
            case "spec" -> request.specifiesPorts();
            case "listed" ->
                request.specifiesPorts()
                        && request.further().stream()
                                .filter(nexus -> !nexus.initiatorPort().equals(from.initiatorPort()))
                                .anyMatch(keys::containsKey);
            case "self" ->
                request.moveTo() != null && request.moveTo().initiatorPort().equals(from.initiatorPort());
            default -> throw new AssertionError("the table says " + word);
        };
    }

    /** The nexuses that the request is granted for: through each of them it would not be a conflict. */
    private List<Nexus> all(Request request) {
        List<Nexus> all = new ArrayList<>();
        all.add(request.from());
        all.addAll(request.further());
        if (request.action() == Action.REGISTER) {
            all.removeIf(nexus -> key(nexus) != request.key());
        }
        return all;
    }

    private List<Nexus> registeredOf(Request request) {
        return all(request).stream().filter(keys::containsKey).toList();
    }

    /** New registrations and changed keys; the reservation stays as it is. */
    private Outcome register(Request request) {
        long added = all(request).stream()
                .distinct()
                .filter(nexus -> !keys.containsKey(nexus))
                .count();
        if (keys.size() + added > registrationsMax) {
            return Outcome.of(Status.NO_RESOURCES);
        }
        all(request).forEach(nexus -> keys.put(nexus, request.actionKey()));
        throughPowerLoss = request.throughPowerLoss();
        return Outcome.of(Status.GOOD);
    }

    /** SPC-4 5.13.11.2.3: the reservation goes with its holder, of all registrants with the last one. */
    private Outcome unregister(Request request) {
        List<Nexus> gone = registeredOf(request);
        int typeBefore = type;
        boolean released = dropped(gone);
        throughPowerLoss = request.throughPowerLoss();
        boolean told = released && REGISTRANTS_ONLY.contains(typeBefore);
        return told ? good(Attention.RESERVATIONS_RELEASED, others(request)) : Outcome.of(Status.GOOD);
    }

    private Outcome reserve(Request request) {
        holder = request.from();
        type = request.type();
        return Outcome.of(Status.GOOD);
    }

    private Outcome release(Request request) {
        boolean told = REGISTRANTS_ONLY.contains(type) || ALL_REGISTRANTS.contains(type);
        free();
        return told ? good(Attention.RESERVATIONS_RELEASED, others(request)) : Outcome.of(Status.GOOD);
    }

    private Outcome clear(Request request) {
        Set<Nexus> told = others(request);
        keys.clear();
        free();
        return good(Attention.RESERVATIONS_PREEMPTED, told);
    }

    /** SPC-4 5.13.11.2.4.3: the sender takes the reservation, those that it is taken from are removed. */
    private Outcome take(Request request, Predicate<Nexus> from) {
        int typeBefore = type;
        Set<Nexus> gone = new LinkedHashSet<>(keys.keySet());
        gone.removeIf(nexus -> !from.test(nexus) || nexus.equals(request.from()));
        keys.keySet().removeAll(gone);
        holder = request.from();
        type = request.type();
        Map<Nexus, Attention> attentions = new LinkedHashMap<>();
        gone.forEach(nexus -> attentions.put(nexus, Attention.REGISTRATIONS_PREEMPTED));
        if (type != typeBefore) {
            others(request).forEach(nexus -> attentions.put(nexus, Attention.RESERVATIONS_RELEASED));
        }
        return new Outcome(Status.GOOD, attentions, aborted(request, gone));
    }

    /** SPC-4 5.13.11.2.5: registrations go, be it the sender's own, and the reservation only when nobody is left. */
    private Outcome remove(Request request) {
        Set<Nexus> gone = new LinkedHashSet<>(keys.keySet());
        gone.removeIf(nexus -> key(nexus) != request.actionKey());
        dropped(List.copyOf(gone));
        gone.remove(request.from());
        return new Outcome(Status.GOOD, told(Attention.REGISTRATIONS_PREEMPTED, gone), aborted(request, gone));
    }

    private Outcome move(Request request) {
        Nexus to = request.moveTo();
        if (to == null) {
            throw new AssertionError("moves nowhere: " + request);
        }
        boolean unregister = request.unregister();
        int after = keys.size() + (keys.containsKey(to) ? 0 : 1) - (unregister ? 1 : 0);
        if (after > registrationsMax) {
            return Outcome.of(Status.NO_RESOURCES);
        }
        keys.put(to, request.actionKey());
        holder = to;
        if (unregister) {
            keys.remove(request.from());
        }
        throughPowerLoss = request.throughPowerLoss();
        return Outcome.of(Status.GOOD);
    }

    /** Removes registrations, and with them the reservation where nobody holds it any more: true when it went. */
    private boolean dropped(List<Nexus> gone) {
        keys.keySet().removeAll(gone);
        boolean lost = isHeld() && (ALL_REGISTRANTS.contains(type) ? keys.isEmpty() : gone.contains(holder));
        if (lost) {
            free();
        }
        return lost;
    }

    private void free() {
        holder = null;
        type = 0;
    }

    private static Set<Nexus> aborted(Request request, Set<Nexus> gone) {
        return request.action() == Action.PREEMPT_AND_ABORT ? gone : Set.of();
    }

    private Set<Nexus> others(Request request) {
        Set<Nexus> others = new LinkedHashSet<>(keys.keySet());
        others.remove(request.from());
        return others;
    }

    private static Outcome good(Attention attention, Set<Nexus> nexuses) {
        return new Outcome(Status.GOOD, told(attention, nexuses), Set.of());
    }

    private static Map<Nexus, Attention> told(Attention attention, Set<Nexus> nexuses) {
        Map<Nexus, Attention> attentions = new LinkedHashMap<>();
        nexuses.forEach(nexus -> attentions.put(nexus, attention));
        return attentions;
    }

    /** The host has lost power and come back, SPC-4 5.13.5: PRGENERATION begins again whatever APTPL was (6.15.2). */
    public void losePower() {
        generation = 0;
        if (!throughPowerLoss) {
            keys.clear();
            free();
        }
    }

    public boolean isHeld() {
        return type != 0;
    }

    /** True for a persistent reservation holder, SPC-4 5.13.10. */
    public boolean holds(Nexus nexus) {
        return isHeld() && (ALL_REGISTRANTS.contains(type) ? keys.containsKey(nexus) : nexus.equals(holder));
    }

    public boolean isRegistered(Nexus nexus) {
        return keys.containsKey(nexus);
    }

    /** The key of a registered nexus, 0 of another one. */
    public long key(Nexus nexus) {
        return keys.getOrDefault(nexus, 0L);
    }

    /** Key by nexus. */
    public Map<Nexus, Long> keys() {
        return Map.copyOf(keys);
    }

    /** TYPE of the reservation, 0 without one. */
    public int type() {
        return type;
    }

    /** What READ RESERVATION shows as RESERVATION KEY: 0 where all registrants hold it. */
    public long shownKey() {
        return holder == null || ALL_REGISTRANTS.contains(type) ? 0 : key(holder);
    }

    public int generation() {
        return generation;
    }

    /** APTPL of the last command that set it. */
    public boolean throughPowerLoss() {
        return throughPowerLoss;
    }

    /** Everything that can be told from outside, as text that equals where the states do. */
    public String describe() {
        TreeSet<String> lines = new TreeSet<>();
        keys.forEach((nexus, key) -> lines.add("%s %x%s".formatted(nexus, key, holds(nexus) ? " holds" : "")));
        return "generation %d, type %d, aptpl %b, %s".formatted(generation, type, throughPowerLoss, lines);
    }
}
