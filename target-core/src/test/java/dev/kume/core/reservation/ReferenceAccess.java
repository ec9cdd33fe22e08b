package dev.kume.core.reservation;

import dev.kume.core.reservation.ReferenceReservations.Nexus;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which command may run under which persistent reservation: SPC-4 table 66 and SBC-3 table 13 as literal rows, one for
 * each command by its operation code and, where it has one, service action.
 */
public final class ReferenceAccess {
    /** What a nexus is to the reservation: the columns of the table. */
    public enum Standing {
        /** Nobody has reserved, or the nexus holds the reservation. */
        FREE,
        /** Another nexus under Write Exclusive. */
        WE_OTHER,
        /** Another nexus under Exclusive Access. */
        EA_OTHER,
        /** Registered under a type of registrants. */
        REGISTRANT,
        /** Not registered under Write Exclusive of registrants. */
        WE_STRANGER,
        /** Not registered under Exclusive Access of registrants. */
        EA_STRANGER
    }

    /** Operation code, service action or {@code -}; WE_OTHER EA_OTHER REGISTRANT WE_STRANGER EA_STRANGER; name. */
    private static final String TABLE = """
            12 -    A A A A A  INQUIRY
            A0 -    A A A A A  REPORT LUNS
            03 -    A A A A A  REQUEST SENSE
            00 -    A A A A A  TEST UNIT READY
            4D -    A A A A A  LOG SENSE
            25 -    A A A A A  READ CAPACITY(10)
            9E 10   A A A A A  READ CAPACITY(16)
            5E 00   A A A A A  PERSISTENT RESERVE IN, READ KEYS
            5E 01   A A A A A  PERSISTENT RESERVE IN, READ RESERVATION
            5E 02   A A A A A  PERSISTENT RESERVE IN, REPORT CAPABILITIES
            5E 03   A A A A A  PERSISTENT RESERVE IN, READ FULL STATUS
            A3 0A   A A A A A  REPORT TARGET PORT GROUPS
            A3 05   A A A A A  REPORT IDENTIFYING INFORMATION
            A3 0B   A A A A A  REPORT ALIASES
            A3 0E   A A A A A  REPORT PRIORITY
            A3 0F   A A A A A  REPORT TIMESTAMP
            84 00   A A A A A  RECEIVE COPY RESULTS, COPY STATUS (LID1)
            84 01   A A A A A  RECEIVE COPY RESULTS, RECEIVE DATA (LID1)
            84 03   A A A A A  RECEIVE COPY RESULTS, OPERATING PARAMETERS
            84 04   A A A A A  RECEIVE COPY RESULTS, FAILED SEGMENT DETAILS (LID1)
            84 05   A A A A A  RECEIVE COPY RESULTS, COPY STATUS (LID4)
            84 06   A A A A A  RECEIVE COPY RESULTS, RECEIVE DATA (LID4)
            84 07   A A A A A  RECEIVE ROD TOKEN INFORMATION
            84 08   A A A A A  REPORT ALL ROD TOKENS
            08 -    A C A A C  READ(6)
            28 -    A C A A C  READ(10)
            A8 -    A C A A C  READ(12)
            88 -    A C A A C  READ(16)
            34 -    A C A A C  PRE-FETCH(10)
            90 -    A C A A C  PRE-FETCH(16)
            2F -    A C A A C  VERIFY(10)
            AF -    A C A A C  VERIFY(12)
            8F -    A C A A C  VERIFY(16)
            9E 12   A C A A C  GET LBA STATUS
            37 -    A C A A C  READ DEFECT DATA(10)
            B7 -    A C A A C  READ DEFECT DATA(12)
            83 10   A C A A C  POPULATE TOKEN
            1A -    A C A A C  MODE SENSE(6)
            5A -    A C A A C  MODE SENSE(10)
            3C -    A C A A C  READ BUFFER(10)
            1C -    A C A A C  RECEIVE DIAGNOSTIC RESULTS
            A2 -    A C A A C  SECURITY PROTOCOL IN
            A3 0C   A C A A C  REPORT SUPPORTED OPERATION CODES
            A3 0D   A C A A C  REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS
            0A -    C C A C C  WRITE(6)
            2A -    C C A C C  WRITE(10)
            AA -    C C A C C  WRITE(12)
            8A -    C C A C C  WRITE(16)
            2E -    C C A C C  WRITE AND VERIFY(10)
            AE -    C C A C C  WRITE AND VERIFY(12)
            8E -    C C A C C  WRITE AND VERIFY(16)
            41 -    C C A C C  WRITE SAME(10)
            93 -    C C A C C  WRITE SAME(16)
            3F -    C C A C C  WRITE LONG(10)
            9F 11   C C A C C  WRITE LONG(16)
            42 -    C C A C C  UNMAP
            89 -    C C A C C  COMPARE AND WRITE
            8B -    C C A C C  ORWRITE(16)
            9C -    C C A C C  WRITE ATOMIC(16)
            83 11   C C A C C  WRITE USING TOKEN
            83 00   C C A C C  EXTENDED COPY(LID1)
            83 01   C C A C C  EXTENDED COPY(LID4)
            83 1C   C C A C C  COPY OPERATION ABORT
            35 -    C C A C C  SYNCHRONIZE CACHE(10)
            91 -    C C A C C  SYNCHRONIZE CACHE(16)
            04 -    C C A C C  FORMAT UNIT
            07 -    C C A C C  REASSIGN BLOCKS
            48 01   C C A C C  SANITIZE, OVERWRITE
            48 02   C C A C C  SANITIZE, BLOCK ERASE
            48 03   C C A C C  SANITIZE, CRYPTOGRAPHIC ERASE
            48 1F   C C A C C  SANITIZE, EXIT FAILURE MODE
            15 -    C C A C C  MODE SELECT(6)
            55 -    C C A C C  MODE SELECT(10)
            4C -    C C A C C  LOG SELECT
            1D -    C C A C C  SEND DIAGNOSTIC
            3B -    C C A C C  WRITE BUFFER
            B5 -    C C A C C  SECURITY PROTOCOL OUT
            A4 0A   C C A C C  SET TARGET PORT GROUPS
            A4 06   C C A C C  SET IDENTIFYING INFORMATION
            A4 0F   C C A C C  SET TIMESTAMP
            1E -    C C A C C  PREVENT ALLOW MEDIUM REMOVAL, PREVENT not zero
            1B -    C C A C C  START STOP UNIT
            """;

    private static final int PREVENT_ALLOW = 0x1E;
    private static final int START_STOP = 0x1B;

    /** PERSISTENT RESERVE OUT goes by its own table; RESERVE and RELEASE are refused while anybody is registered. */
    private static final Set<Integer> BY_OTHER_RULES = Set.of(0x5F, 0x16, 0x56, 0x17, 0x57);

    private static final Map<String, String[]> ROWS = rows();

    private ReferenceAccess() {}

    private static Map<String, String[]> rows() {
        Map<String, String[]> rows = new HashMap<>();
        TABLE.lines().map(line -> line.split(" +", 8)).forEach(row -> {
            if (rows.put(row[0] + " " + row[1], row) != null) {
                throw new AssertionError("two rows for " + row[0] + " " + row[1]);
            }
        });
        return rows;
    }

    /** What a nexus is to the reservation. */
    public static Standing standing(ReferenceReservations state, Nexus nexus) {
        if (!state.isHeld() || state.holds(nexus)) {
            return Standing.FREE;
        }
        return switch (state.type()) {
            case 1 -> Standing.WE_OTHER;
            case 3 -> Standing.EA_OTHER;
            case 5, 7 -> state.isRegistered(nexus) ? Standing.REGISTRANT : Standing.WE_STRANGER;
            case 6, 8 -> state.isRegistered(nexus) ? Standing.REGISTRANT : Standing.EA_STRANGER;
            default -> throw new AssertionError("type " + state.type());
        };
    }

    /** True where this table says what becomes of the command; {@code serviceAction} is -1 without one. */
    public static boolean knows(int opcode, int serviceAction) {
        return BY_OTHER_RULES.contains(opcode) || ROWS.containsKey(name(opcode, serviceAction));
    }

    /** True for RESERVE and RELEASE, which any registration refuses, SPC-4 5.13.3 with CRH zero. */
    public static boolean isLegacy(int opcode) {
        return BY_OTHER_RULES.contains(opcode) && opcode != 0x5F;
    }

    /** True where the command may run, by the bytes of its CDB. */
    public static boolean allows(byte[] cdb, int serviceAction, Standing standing, boolean anyRegistered) {
        int opcode = cdb[0] & 0xFF;
        if (isLegacy(opcode)) {
            return !anyRegistered;
        }
        boolean allowsRemoval = opcode == PREVENT_ALLOW && (cdb[4] & 0x03) == 0;
        boolean starts = opcode == START_STOP && (cdb[4] & 0x01) == 1 && (cdb[4] & 0xF0) == 0;
        if (standing == Standing.FREE || allowsRemoval || starts) {
            return true;
        }
        String[] row = ROWS.get(name(opcode, serviceAction));
        if (row == null) {
            throw new AssertionError("the table has no row for " + name(opcode, serviceAction));
        }
        return row[1 + standing.ordinal()].equals("A");
    }

    private static String name(int opcode, int serviceAction) {
        return serviceAction < 0 ? "%02X -".formatted(opcode) : "%02X %02X".formatted(opcode, serviceAction);
    }
}
