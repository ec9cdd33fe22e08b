package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What PERSISTENT RESERVE OUT answers to each kind of nexus, SPC-4 tables 67 to 72 as one literal table. */
final class ReservationOutMatrixTest {
    private static final int[] TYPES = {0, 1, 3, 5, 6, 7, 8};
    private static final long OWN = 0x0A;
    private static final long HOLDERS = 0x0B;
    private static final long UNUSED = 0x0C;
    private static final long WRONG = 0x0D;

    /**
     * G is GOOD, C RESERVATION CONFLICT, L INVALID FIELD IN PARAMETER LIST, R INVALID RELEASE, F INVALID FIELD IN CDB.
     * Columns of RK and SARK: 0, own key, h the key of the holder, u a key that nobody has. The last column is for a
     * disk without a reservation, from a registered nexus with the right key. The holder of an all-registrants type is
     * every registered nexus, so that its column counts instead of the one before.
     */
    private static final String TABLE = """
            # ACTION             RK  SARK TYPE  | STRANGER WRONG_KEY REGISTERED HOLDER  NO_RESERVATION
            REGISTER             0   u    -     | G        C         C          C       C
            REGISTER             own u    -     | C        C         G          G       G
            REGISTER             own 0    -     | C        C         G          G       G
            REGISTER             0   0    -     | G        C         C          C       C
            REGISTER_AND_IGNORE  own u    -     | G        G         G          G       G
            REGISTER_AND_IGNORE  own 0    -     | G        G         G          G       G
            RESERVE              own 0    same  | C        C         C          G       G
            RESERVE              own 0    other | C        C         C          C       G
            RELEASE              own 0    same  | C        C         G          G       G
            RELEASE              own 0    other | C        C         G          R       G
            CLEAR                own 0    -     | C        C         G          G       G
            PREEMPT              own h    same  | C        C         G          G       G
            PREEMPT              own h    other | C        C         G          G       G
            PREEMPT              own u    same  | C        C         C          C       C
            PREEMPT              own 0    same  | C        C         0          0       C
            PREEMPT_AND_ABORT    own h    same  | C        C         G          G       G
            PREEMPT_AND_ABORT    own u    same  | C        C         C          C       C
            PREEMPT_AND_ABORT    own 0    same  | C        C         0          0       C
            REGISTER_AND_MOVE    own u    -     | C        C         C          M       F
            """;

    private static final Nexus HOLDER = ReservationBench.nexus(0, 0);
    private static final Nexus REGISTERED = ReservationBench.nexus(1, 1);
    private static final Nexus STRANGER = ReservationBench.nexus(2, 0);

    @Test
    void everyServiceActionFromEveryKindOfNexus() {
        List<String> wrong = new ArrayList<>();
        int cases = 0;
        for (String line : TABLE.split("\\n")) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] row = line.split(" +");
            for (int type : TYPES) {
                if (type == 0) {
                    cases += check(row, type, REGISTERED, false, row[9], wrong);
                    continue;
                }
                boolean all = type >= 7;
                cases += check(row, type, STRANGER, false, row[5], wrong);
                cases += check(row, type, REGISTERED, true, row[6], wrong);
                cases += check(row, type, HOLDER, true, row[6], wrong);
                cases += check(row, type, REGISTERED, false, all ? row[8] : row[7], wrong);
                cases += check(row, type, HOLDER, false, row[8], wrong);
            }
        }
        assertEquals(List.of(), wrong);
        System.out.println(cases + " cases of PERSISTENT RESERVE OUT");
    }

    private static int check(
            String[] row, int type, Nexus from, boolean wrongKey, String expected, List<String> wrong) {
        ReservationBench bench = new ReservationBench();
        bench.good(Action.REGISTER, HOLDER, 0, HOLDERS, 0);
        bench.good(Action.REGISTER, REGISTERED, 0, OWN, 0);
        if (type != 0) {
            bench.good(Action.RESERVE, HOLDER, HOLDERS, 0, type);
        }
        Action action = Action.valueOf(row[0]);
        long own = from.equals(HOLDER) ? HOLDERS : OWN;
        long key = row[1].equals("0") ? 0 : wrongKey ? WRONG : own;
        if (wrongKey && row[1].equals("0")) {
            return 0; // Zero is the wrong key: the column of the registered says it.
        }
        Nexus destination = ReservationBench.nexus(2, 1);
        Request request = new Request(
                action,
                from,
                key,
                actionKey(row[2]),
                row[3].equals("other") ? (type == 1 ? 3 : 1) : Math.max(type, 1),
                List.of(),
                false,
                false,
                false,
                action == Action.REGISTER_AND_MOVE ? destination : null,
                false);
        String before = bench.state(STRANGER);
        String end = ReservationBench.end(bench.run(request));
        String should = meaning(expected, type);
        if (!end.equals(should)) {
            wrong.add("%s type %d%s: %s and not %s".formatted(request, type, wrongKey ? " wrong" : "", end, should));
        }
        if (!should.equals("00") && !bench.state(STRANGER).equals(before)) {
            wrong.add(request + " has ended with " + end + " and changed something");
        }
        return 1;
    }

    private static long actionKey(String word) {
        return switch (word) {
            case "0" -> 0;
            case "h" -> HOLDERS;
            default -> UNUSED;
        };
    }

    /** "0" is for PREEMPT of key zero, M for REGISTER AND MOVE: both depend on who holds an all-registrants type. */
    private static String meaning(String letter, int type) {
        return switch (letter) {
            case "G" -> "00";
            case "C" -> "18";
            case "R" -> "5/26/04";
            case "F" -> "5/24/00";
            case "0" -> type >= 7 ? "00" : "5/26/00";
            case "M" -> type >= 7 ? "18" : "00";
            default -> throw new AssertionError(letter);
        };
    }
}
