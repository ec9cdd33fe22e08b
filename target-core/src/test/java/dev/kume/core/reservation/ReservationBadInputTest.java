package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.scsi.TestTarget.Answer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed PERSISTENT RESERVE IN and OUT: each has its sense with the field, and nothing has changed. */
final class ReservationBadInputTest {
    private static final String LENGTH_ERROR = "5/1a/00 ";
    private static final String IN_CDB = "5/24/00 CDB ";
    private static final String IN_LIST = "5/26/00 ";
    private static final long KEY = 0x51;
    private static final int IDS_AT = 28;
    private static final int MOVED_ID_AT = 24;
    private static final Nexus HOLDER = ReservationBench.nexus(0, 0);
    private static final Nexus STRANGER = ReservationBench.nexus(1, 0);
    private static final String OTHER_PORT = ReservationBench.INITIATORS.get(2);

    private final ReservationBench bench = new ReservationBench();

    @BeforeEach
    void reserve() {
        bench.good(Action.REGISTER, HOLDER, 0, KEY, 0);
        bench.good(Action.RESERVE, HOLDER, KEY, 0, 5);
    }

    /** How it ends, with the field; the state must be what it was. */
    private String end(Nexus from, byte[] cdb, byte[] list) {
        String before = bench.state(STRANGER);
        Answer answer = bench.run(from, cdb, list);
        assertEquals(before, bench.state(STRANGER), "changed by what ends with " + ReservationBench.end(answer));
        return ReservationBench.end(answer) + " " + ReservationBench.pointer(answer.sense());
    }

    private String end(Nexus from, Action action, int type, byte[] list) {
        return end(from, ReservationWire.out(action.code, type, list.length), list);
    }

    // ---- the CDB ----------------------------------------------------------------------------------------------------

    @Test
    void serviceActionsThatAreNoneAreInTheCdb() {
        byte[] list = ReservationWire.list(KEY, 0, 0);
        for (int action = 8; action < 32; action++) {
            assertEquals(IN_CDB + "byte 1 bit 4", end(HOLDER, ReservationWire.out(action, 5, 24), list));
        }
        for (int action = 4; action < 32; action++) {
            assertEquals(IN_CDB + "byte 1 bit 4", end(HOLDER, ReservationWire.in(action, 255), new byte[0]));
        }
    }

    @Test
    void typesThatAreNoneAreInTheCdbWhereTheTypeCounts() {
        byte[] list = ReservationWire.list(KEY, KEY, 0);
        for (int type : new int[] {0, 2, 4, 9, 0xA, 0xF}) {
            for (Action action : new Action[] {Action.RESERVE, Action.PREEMPT, Action.PREEMPT_AND_ABORT}) {
                assertEquals(IN_CDB + "byte 2 bit 3", end(HOLDER, action, type, list));
            }
            assertEquals("5/26/04 ", end(HOLDER, Action.RELEASE, type, list));
        }
    }

    @Test
    void scopesOtherThanTheUnitAreInTheCdb() {
        byte[] list = ReservationWire.list(KEY, KEY, 0);
        for (int scope = 1; scope < 16; scope++) {
            int scopeAndType = scope << 4 | 5;
            for (Action action : new Action[] {Action.RESERVE, Action.PREEMPT, Action.PREEMPT_AND_ABORT}) {
                assertEquals(IN_CDB + "byte 2 bit 7", end(HOLDER, action, scopeAndType, list));
            }
            assertEquals("5/26/04 ", end(HOLDER, Action.RELEASE, scopeAndType, list));
        }
    }

    @Test
    void reservedBitsOfTheCdbAreNamed() {
        byte[] list = ReservationWire.list(KEY, 0, 0);
        for (int at : new int[] {3, 4, 9}) {
            byte[] cdb = ReservationWire.out(Action.RELEASE.code, 5, 24);
            cdb[at] = 0x10;
            assertEquals(IN_CDB + "byte " + at + " bit 4", end(HOLDER, cdb, list));
        }
        for (int at : new int[] {2, 3, 4, 5, 6, 9}) {
            byte[] cdb = ReservationWire.in(ReservationWire.READ_KEYS, 255);
            cdb[at] = 0x02;
            assertEquals(IN_CDB + "byte " + at + " bit 1", end(HOLDER, cdb, new byte[0]));
        }
    }

    @Test
    void scopeAndTypeAreIgnoredWhereTheyDoNotCount() {
        byte[] list = ReservationWire.list(KEY, KEY, 0);
        byte[] cdb = ReservationWire.out(Action.REGISTER.code, 0xFF, list.length);
        assertEquals("00", ReservationBench.end(bench.run(HOLDER, cdb, list)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 23, 24, 65_535})
    void answersAreCutAtTheAllocationLength(int allocationBytes) {
        for (int action = 0; action < 4; action++) {
            byte[] whole = bench.in(HOLDER, action);
            Answer answer = bench.run(HOLDER, ReservationWire.in(action, allocationBytes), new byte[0]);
            assertEquals("00", ReservationBench.end(answer));
            assertEquals(
                    Arrays.toString(Arrays.copyOf(whole, Math.min(allocationBytes, whole.length))),
                    Arrays.toString(answer.data()));
        }
    }

    // ---- lengths ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 23, 25, 28, 48, 65_536, 0x7FFF_FFFF, -1})
    void basicListsHaveTwentyFourBytes(int listBytes) {
        byte[] list = new byte[Math.min(listBytes & 0x7FFF_FFFF, 1 << 16)];
        ByteBuffer.wrap(Arrays.copyOf(ReservationWire.list(KEY, KEY, 0), list.length))
                .get(list);
        for (Action action : Action.values()) {
            if (action != Action.REGISTER_AND_MOVE) {
                byte[] cdb = ReservationWire.out(action.code, 5, listBytes);
                assertEquals(LENGTH_ERROR, end(HOLDER, cdb, list), () -> action + " of " + listBytes);
            }
        }
    }

    @Test
    void lessDataThanTheListHasIsALengthError() {
        byte[] cdb = ReservationWire.out(Action.CLEAR.code, 0, 24);
        assertEquals(LENGTH_ERROR, end(HOLDER, cdb, Arrays.copyOf(ReservationWire.list(KEY, 0, 0), 20)));
    }

    @Test
    void aListOfPortsThatIsCutIsALengthError() {
        byte[] list = ReservationWire.list(0, KEY, ReservationWire.SPEC_I_PT, ReservationWire.portId(OTHER_PORT));
        for (int bytes = 24; bytes < list.length; bytes++) {
            assertEquals(LENGTH_ERROR, end(STRANGER, Action.REGISTER, 0, Arrays.copyOf(list, bytes)));
        }
        assertEquals(LENGTH_ERROR, end(STRANGER, Action.REGISTER, 0, Arrays.copyOf(list, list.length + 4)));
    }

    @Test
    void aDestinationThatIsCutIsALengthError() {
        byte[] list = move(ReservationWire.portId(OTHER_PORT));
        for (int bytes = 0; bytes < list.length; bytes++) {
            assertEquals(LENGTH_ERROR, end(HOLDER, Action.REGISTER_AND_MOVE, 0, Arrays.copyOf(list, bytes)));
        }
        assertEquals(LENGTH_ERROR, end(HOLDER, Action.REGISTER_AND_MOVE, 0, Arrays.copyOf(list, list.length + 4)));
    }

    private byte[] move(byte[] id) {
        return ReservationWire.move(KEY, KEY, 0, bench.relativePort(ReservationBench.TARGETS.get(1)), id);
    }

    // ---- TransportIDs -----------------------------------------------------------------------------------------------

    /** What SPEC_I_PT and REGISTER AND MOVE say of a TransportID; both must point at the same byte of it. */
    private void wrongId(String field, byte[] id) {
        int at = Integer.parseInt(field.split(" ")[0]);
        String rest = field.contains(" ") ? field.substring(field.indexOf(' ')) : "";
        byte[] list = ReservationWire.list(0, KEY, ReservationWire.SPEC_I_PT, id);
        assertEquals(IN_LIST + "byte " + (IDS_AT + at) + rest, end(STRANGER, Action.REGISTER, 0, list));
        byte[] good = ReservationWire.portId(OTHER_PORT);
        byte[] second = ReservationWire.list(0, KEY, ReservationWire.SPEC_I_PT, good, id);
        assertEquals(IN_LIST + "byte " + (IDS_AT + good.length + at) + rest, end(STRANGER, Action.REGISTER, 0, second));
        String moved = end(HOLDER, Action.REGISTER_AND_MOVE, 0, move(id));
        assertEquals(IN_LIST + "byte " + (MOVED_ID_AT + at) + rest, moved);
    }

    @Test
    void transportIdsOfOtherProtocolsAndFormats() {
        byte[] id = ReservationWire.portId(OTHER_PORT);
        for (int protocol : new int[] {0x0, 0x1, 0x3, 0x4, 0x6, 0xA, 0xF}) {
            id[0] = (byte) (0x40 | protocol);
            wrongId("0 bit 3", id);
        }
        for (int format : new int[] {0x80, 0xC0}) {
            id[0] = (byte) (format | 0x05);
            wrongId("0 bit 7", id);
        }
    }

    @Test
    void transportIdsWhoseLengthIsWrong() {
        byte[] id = ReservationWire.portId(OTHER_PORT);
        for (int length : new int[] {0, 16, 19, id.length - 3, id.length, 0xFFFC}) {
            ByteBuffer.wrap(id).putShort(2, (short) length);
            wrongId("2", id);
        }
    }

    @Test
    void transportIdsWhoseTextIsNoName() {
        String name = "iqn.1991-05.com.microsoft:node2";
        for (String text : new String[] {
            name,
            name + ",i,0x",
            name + ",i,0xnothex",
            name + ",i,0x4000013700001",
            name + ",t,0x0001",
            ",i,0x400001370000",
            name + ",i,0x-1",
            "x".repeat(224) + ",i,0x400001370000",
            ""
        }) {
            wrongId("4", ReservationWire.portId(text));
        }
        wrongId("4", ReservationWire.deviceId(""));
        wrongId("4", ReservationWire.deviceId(OTHER_PORT));
        byte[] unended = ReservationWire.portId(OTHER_PORT);
        Arrays.fill(unended, 4, unended.length, (byte) 'a');
        wrongId("4", unended);
    }

    @Test
    void portsOfInitiatorsThatMayNotUseTheTarget() {
        wrongId("0", ReservationWire.portId("iqn.2001-04.com.example:stranger,i,0x400001370000"));
        wrongId("0", ReservationWire.deviceId("iqn.2001-04.com.example:stranger"));
    }

    // ---- what the fields say ----------------------------------------------------------------------------------------

    @Test
    void specifiedPortsAreForRegisterAlone() {
        for (Action action : Action.values()) {
            if (action != Action.REGISTER && action != Action.REGISTER_AND_MOVE) {
                byte[] list = Arrays.copyOf(ReservationWire.list(KEY, KEY, ReservationWire.SPEC_I_PT), 24);
                assertEquals(IN_LIST + "byte 20 bit 3", end(HOLDER, action, 5, list), action::toString);
            }
        }
        byte[] list = ReservationWire.list(KEY, KEY, ReservationWire.SPEC_I_PT, ReservationWire.portId(OTHER_PORT));
        assertEquals(IN_LIST + "byte 20 bit 3", end(HOLDER, Action.REGISTER, 0, list), "of a registered nexus");
    }

    @Test
    void targetPortsThatAreNone() {
        for (int port : new int[] {0, 1, 10, 13, 0xFFFF}) {
            byte[] list = ReservationWire.move(KEY, KEY, 0, port, ReservationWire.portId(OTHER_PORT));
            assertEquals(IN_LIST + "byte 18", end(HOLDER, Action.REGISTER_AND_MOVE, 0, list));
        }
    }

    @Test
    void keysThatAreZeroWhereTheyMayNotBe() {
        assertEquals(IN_LIST + "byte 8", end(HOLDER, Action.PREEMPT, 5, ReservationWire.list(KEY, 0, 0)));
        byte[] id = ReservationWire.portId(OTHER_PORT);
        byte[] list = ReservationWire.move(KEY, 0, 0, bench.relativePort(ReservationBench.TARGETS.get(1)), id);
        assertEquals(IN_LIST + "byte 8", end(HOLDER, Action.REGISTER_AND_MOVE, 0, list));
    }

    @Test
    void aMoveToTheInitiatorPortThatSendsIt() {
        for (String target : ReservationBench.TARGETS) {
            byte[] id = ReservationWire.portId(HOLDER.initiatorPort());
            byte[] list = ReservationWire.move(KEY, KEY, 0, bench.relativePort(target), id);
            assertEquals(IN_LIST + "byte 24", end(HOLDER, Action.REGISTER_AND_MOVE, 0, list));
        }
    }

    /** SPC-4 3.6: a reserved or obsolete field is not looked at. */
    @Test
    void reservedAndObsoleteFieldsOfTheListAreIgnored() {
        byte[] list = ReservationWire.list(KEY, KEY + 1, 0xF2);
        for (int at : new int[] {16, 17, 18, 19, 21, 22, 23}) {
            list[at] = (byte) 0xFF;
        }
        assertEquals("00", ReservationBench.end(bench.run(HOLDER, ReservationWire.out(0, 0, 24), list)));
        assertEquals(
                KEY + 1,
                ReservationWire.reservation(bench.in(STRANGER, ReservationWire.READ_RESERVATION))
                        .key());
    }

    // ---- size -------------------------------------------------------------------------------------------------------

    @Test
    void sixtyFourKilobytesOfPortsAreMoreThanFit() {
        byte[][] ids = IntStream.range(0, 65_536 / 64)
                .mapToObj(i -> ReservationWire.portId(
                        "iqn.1991-05.com.microsoft:node%09d,i,0x%012x".formatted(i, 0x400001370000L + i)))
                .toArray(byte[][]::new);
        byte[] list = ReservationWire.list(0, KEY, ReservationWire.SPEC_I_PT, ids);
        assertEquals(28 + 65_536, list.length);
        assertEquals("5/55/04 ", end(STRANGER, Action.REGISTER, 0, list));
        byte[] all = ReservationWire.concatenated(ids);
        byte[] twice = ReservationWire.list(0, KEY, ReservationWire.SPEC_I_PT, all, ids[0]);
        assertEquals(LENGTH_ERROR, end(STRANGER, Action.REGISTER, 0, twice));
    }

    @Test
    void theLastRegistrationThatFitsIsTakenAndTheNextIsRefused() {
        int others = ReservationBench.REGISTRATIONS_MAX - 2;
        byte[][] ids = IntStream.range(0, others)
                .mapToObj(i -> ReservationWire.portId("iqn.1991-05.com.microsoft:n%d,i,0x%012x".formatted(i, i)))
                .toArray(byte[][]::new);
        byte[] list = ReservationWire.list(0, KEY, ReservationWire.SPEC_I_PT, ids);
        assertEquals("00", ReservationBench.end(bench.run(STRANGER, ReservationWire.out(0, 0, list.length), list)));
        assertEquals(
                ReservationBench.REGISTRATIONS_MAX,
                ReservationWire.keys(bench.in(STRANGER, ReservationWire.READ_KEYS))
                        .size());
        byte[] one = ReservationWire.list(0, KEY, 0);
        assertEquals("5/55/04 ", end(ReservationBench.nexus(2, 1), Action.REGISTER, 0, one));
    }
}
