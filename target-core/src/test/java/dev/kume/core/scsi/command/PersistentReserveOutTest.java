package dev.kume.core.scsi.command;

import static dev.kume.core.scsi.command.PrTarget.K1;
import static dev.kume.core.scsi.command.PrTarget.K2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ServiceAction;
import dev.kume.core.scsi.ReservationClear;
import dev.kume.core.scsi.ReservationRemoval;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PERSISTENT RESERVE OUT: its form, how it is kept, whom it stops and who hears of it. */
final class PersistentReserveOutTest {
    private final PrTarget disk = new PrTarget();

    // ---- form -------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ServiceAction.class)
    void wrongLengthIsRefusedAndChangesNothing(ServiceAction action) {
        for (int bytes : new int[] {0, 1, 23, 25, 27}) {
            Answer answer = disk.out(disk.node1, action, PrTarget.WE, new byte[bytes]);
            assertEquals(Sense.PARAMETER_LIST_LENGTH_ERROR, answer.sense(), action + " with " + bytes);
        }
        Answer huge =
                disk.target.run(disk.node1, 0, PrTarget.cdb(action, PrTarget.WE, Integer.MIN_VALUE), new byte[24]);
        assertEquals(Sense.PARAMETER_LIST_LENGTH_ERROR, huge.sense());
        Answer truncated = disk.target.run(disk.node1, 0, PrTarget.cdb(action, PrTarget.WE, 24), new byte[23]);
        assertEquals(Sense.PARAMETER_LIST_LENGTH_ERROR, truncated.sense());
        assertEquals(PersistentReservations.EMPTY, disk.unit.state().reservations());
    }

    @ParameterizedTest
    @EnumSource(
            value = ServiceAction.class,
            names = {"RESERVE", "PREEMPT", "PREEMPT_AND_ABORT"})
    void unknownTypeOrScopeIsRefused(ServiceAction action) {
        disk.register(disk.node1, K1);
        for (int type = 0; type < 16; type++) {
            boolean known = type == 1 || type == 3 || (type >= 5 && type <= 8);
            Sense sense = disk.out(disk.node1, action, type, K1, K2, 0).sense();
            assertEquals(known ? null : Sense.INVALID_FIELD_IN_CDB.inCdb(2, 3), sense, "type " + type);
        }
        for (int scope = 1; scope < 16; scope++) {
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(2, 7),
                    disk.out(disk.node1, action, scope << 4 | 1, K1, K2, 0).sense());
        }
    }

    @Test
    void typeAndScopeOfRegisterAndClearAreIgnored() {
        assertEquals(
                ScsiStatus.GOOD,
                disk.out(disk.node1, ServiceAction.REGISTER, 0xFF, 0, K1, 0).status());
        assertEquals(
                ScsiStatus.GOOD,
                disk.out(disk.node1, ServiceAction.CLEAR, 0xFF, K1, 0, 0).status());
    }

    @Test
    void reservedAndObsoleteBytesAreTolerated() {
        byte[] list = new byte[24];
        Arrays.fill(list, 16, 24, (byte) 0xFF);
        list[20] = (byte) 0xF2;
        list[15] = 0x11;
        assertEquals(
                ScsiStatus.GOOD,
                disk.out(disk.node1, ServiceAction.REGISTER, 0, list).status());
        assertFalse(disk.unit.state().reservations().throughPowerLoss());
    }

    @Test
    void releaseOfAnotherTypeOrScopeIsInvalidForTheHolderAlone() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WERO);
        for (int scopeAndType : new int[] {PrTarget.WE, 0x00, 0x0F, 0x10 | PrTarget.WERO}) {
            assertEquals(
                    Sense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION,
                    disk.out(disk.node1, ServiceAction.RELEASE, scopeAndType, K1, 0, 0)
                            .sense());
            assertEquals(
                    ScsiStatus.GOOD,
                    disk.out(disk.node2, ServiceAction.RELEASE, scopeAndType, K2, 0, 0)
                            .status());
        }
        assertTrue(disk.unit.state().reservations().isHolder(TestTarget.NODE1));
    }

    @Test
    void keyZeroToPreemptPointsAtTheKey() {
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(8, -1),
                disk.preempt(disk.node1, K1, 0, PrTarget.WE).sense());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x0A, 0x1F})
    void otherServiceActionsAreRefused(int action) {
        byte[] cdb = PrTarget.cdb(ServiceAction.REGISTER, 0, 24);
        cdb[1] = (byte) action;
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                disk.target.run(disk.node1, 0, cdb, new byte[24]).sense());
    }

    // ---- SPEC_I_PT and ALL_TG_PT ------------------------------------------------------------------------------------

    @Test
    void specifiedPortsRegisterTogether() {
        byte[] list =
                PrTarget.specified(0, K1, 0, PrTarget.idOf(PrTarget.LISTED, 7), PrTarget.idOf(PrTarget.LISTED, 8));
        assertEquals(
                ScsiStatus.GOOD,
                disk.out(disk.node1, ServiceAction.REGISTER, 0, list).status());
        assertEquals(List.of(K1, K1, K1), disk.keys());
        assertEquals(1, disk.unit.state().reservations().generation());
        assertEquals(
                List.of(TestTarget.NODE1.targetName()),
                disk.unit.state().reservations().registrations().stream()
                        .map(each -> each.nexus().targetName())
                        .distinct()
                        .toList());
    }

    @Test
    void deviceWithoutPortMeansThePortsThatWereHere() {
        ITNexus other = new ITNexus(TestTarget.NODE2.initiatorName(), 9, TestTarget.NODE1.targetName(), 1);
        disk.unit.attach(other);
        byte[] id = new byte[4 + 36];
        id[0] = 0x05;
        id[3] = 36;
        byte[] name = TestTarget.NODE2.initiatorName().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, id, 4, name.length);
        assertEquals(
                ScsiStatus.GOOD,
                disk.out(disk.node1, ServiceAction.REGISTER, 0, PrTarget.specified(0, K1, 0, id))
                        .status());
        assertEquals(
                List.of(TestTarget.NODE1, other),
                disk.unit.state().reservations().registrations().stream()
                        .map(Registration::nexus)
                        .toList());
    }

    @Test
    void strangerInTheListRefusesAll() {
        byte[] listed = PrTarget.idOf(PrTarget.LISTED, 7);
        byte[] list = PrTarget.specified(0, K1, 0, listed, PrTarget.idOf("iqn.2026-11.example:stranger", 1));
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(28 + listed.length, -1),
                disk.out(disk.node1, ServiceAction.REGISTER, 0, list).sense());
        assertEquals(List.of(), disk.keys());
        assertEquals(
                ScsiStatus.RESERVATION_CONFLICT,
                disk.out(disk.node1, ServiceAction.REGISTER, 0, PrTarget.specified(K1, K1, 0, listed))
                        .status(),
                "a wrong key goes before");
    }

    @Test
    void malformedListsPointAtWhatIsWrong() {
        byte[] good = PrTarget.idOf(PrTarget.LISTED, 7);
        byte[] fibreChannel = good.clone();
        fibreChannel[0] = 0x00;
        assertSpecifiedRefused(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(28 + good.length, 3),
                PrTarget.specified(0, K1, 0, good, fibreChannel));
        byte[] tooLong = good.clone();
        tooLong[3] += 4;
        assertSpecifiedRefused(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(30, -1), PrTarget.specified(0, K1, 0, tooLong));
        byte[] list = PrTarget.specified(0, K1, 0, good);
        list[27]++;
        assertSpecifiedRefused(Sense.PARAMETER_LIST_LENGTH_ERROR, list);
        byte[] unspecified = PrTarget.specified(0, K1, 0, good);
        unspecified[20] = 0;
        assertSpecifiedRefused(Sense.PARAMETER_LIST_LENGTH_ERROR, unspecified);
        byte[] short24 = new byte[24];
        short24[20] = PrTarget.SPEC_I_PT;
        assertSpecifiedRefused(Sense.PARAMETER_LIST_LENGTH_ERROR, short24);
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(20, 3),
                disk.out(disk.node1, ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0, K1, PrTarget.SPEC_I_PT)
                        .sense());
    }

    private void assertSpecifiedRefused(Sense sense, byte[] list) {
        assertEquals(
                sense, disk.out(disk.node1, ServiceAction.REGISTER, 0, list).sense());
        assertEquals(PersistentReservations.EMPTY, disk.unit.state().reservations());
    }

    @Test
    void listOf64KiBIsTakenWholeOrRefusedForWantOfRoom() {
        byte[] id = PrTarget.idOf(PrTarget.LISTED, 1);
        byte[][] ids = new byte[65_536 / id.length][];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = PrTarget.idOf(PrTarget.LISTED, i);
        }
        PrTarget small = new PrTarget(PrTarget.registrations(256));
        assertEquals(
                Sense.INSUFFICIENT_REGISTRATION_RESOURCES,
                small.out(small.node1, ServiceAction.REGISTER, 0, PrTarget.specified(0, K1, 0, ids))
                        .sense());
        assertEquals(List.of(), small.keys());
        byte[][] fitting = Arrays.copyOf(ids, 255);
        assertEquals(
                ScsiStatus.GOOD,
                small.out(small.node1, ServiceAction.REGISTER, 0, PrTarget.specified(0, K1, 0, fitting))
                        .status());
        assertEquals(256, small.keys().size());
        byte[] beyond = new byte[28 + 65_540];
        beyond[20] = PrTarget.SPEC_I_PT;
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                small.out(small.node2, ServiceAction.REGISTER, 0, beyond).sense());
    }

    @Test
    void allTargetPortsReachWhereTheInitiatorIsAdmitted() {
        disk.out(disk.node1, ServiceAction.REGISTER, 0, 0, K1, PrTarget.ALL_TG_PT);
        assertEquals(List.of(K1, K1), disk.keys());
        ITNexus onT2 =
                new ITNexus(TestTarget.NODE1.initiatorName(), TestTarget.NODE1.isid(), PrTarget.T2.targetName(), 1);
        assertEquals(
                K1, disk.unit.state().reservations().registrations().getLast().key());
        assertEquals(
                onT2, disk.unit.state().reservations().registrations().getLast().nexus());
        disk.out(disk.node2, ServiceAction.REGISTER, 0, 0, K2, PrTarget.ALL_TG_PT);
        assertEquals(List.of(K1, K1, K2), disk.keys(), "node 2 is admitted on its own target alone");
        disk.out(disk.node1, ServiceAction.REGISTER, 0, K1, 0, PrTarget.ALL_TG_PT);
        assertEquals(List.of(K2), disk.keys());
    }

    // ---- REGISTER AND MOVE ------------------------------------------------------------------------------------------

    @Test
    void reservationMovesThroughTheOtherTarget() {
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        byte[] id = PrTarget.idOf(TestTarget.NODE2.initiatorName(), TestTarget.NODE2.isid());
        Answer answer =
                disk.out(disk.node1, ServiceAction.REGISTER_AND_MOVE, 0, PrTarget.moved(K1, K2, 0x02, 0x0102, id));
        assertEquals(ScsiStatus.GOOD, answer.status());
        assertEquals(List.of(K2), disk.keys());
        assertTrue(disk.unit.state().reservations().isHolder(TestTarget.NODE2));
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, disk.write(disk.node1));
        assertEquals(ScsiStatus.GOOD, disk.write(disk.node2));
    }

    @Test
    void unknownDestinationsAreRefusedAtTheirField() {
        byte[] id = PrTarget.idOf(TestTarget.NODE2.initiatorName(), TestTarget.NODE2.isid());
        byte[] stranger = PrTarget.idOf("iqn.2026-11.example:stranger", 1);
        byte[] own = PrTarget.idOf(TestTarget.NODE1.initiatorName(), TestTarget.NODE1.isid());
        assertEquals(
                ScsiStatus.RESERVATION_CONFLICT,
                move(PrTarget.moved(0, K2, 0, 0x0999, stranger)).status());
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        assertEquals(at(18), move(PrTarget.moved(K1, K2, 0, 0x0999, id)).sense());
        assertEquals(at(24), move(PrTarget.moved(K1, K2, 0, 0x0102, stranger)).sense());
        assertEquals(at(24), move(PrTarget.moved(K1, K2, 0, 0x0101, own)).sense());
        assertEquals(at(8), move(PrTarget.moved(K1, 0, 0, 0x0102, id)).sense());
        byte[] two = Arrays.copyOf(id, id.length * 2);
        System.arraycopy(id, 0, two, id.length, id.length);
        assertEquals(at(20), move(PrTarget.moved(K1, K2, 0, 0x0102, two)).sense());
        assertEquals(
                at(20), move(PrTarget.moved(K1, K2, 0, 0x0102, new byte[0])).sense());
        byte[] wrongLength = PrTarget.moved(K1, K2, 0, 0x0102, id);
        wrongLength[23]++;
        assertEquals(Sense.PARAMETER_LIST_LENGTH_ERROR, move(wrongLength).sense());
        assertEquals(1, disk.unit.state().reservations().generation());
    }

    private Answer move(byte[] list) {
        return disk.out(disk.node1, ServiceAction.REGISTER_AND_MOVE, 0, list);
    }

    private static Sense at(int byteIndex) {
        return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(byteIndex, -1);
    }

    // ---- kept before it is answered ---------------------------------------------------------------------------------

    @Test
    void answerWaitsUntilItIsDurable() {
        disk.target.memory.answersAtOnce = false;
        ScriptedTask task = disk.begin(disk.node1, ServiceAction.REGISTER, 0, 0, K1);
        disk.target.runAll();
        assertFalse(task.ended());
        assertEquals(PersistentReservations.EMPTY, disk.unit.state().reservations());
        disk.target.memory.answer(null);
        disk.target.runAll();
        assertEquals(ScsiStatus.GOOD, task.status());
        assertEquals(1, task.completions);
        assertEquals(disk.unit.state().durable(), disk.target.memory.saved);
    }

    @Test
    void whatCannotBeKeptDidNotHappen() {
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        disk.register(disk.node2, K2);
        disk.target.memory.answersAtOnce = false;
        PersistentReservations before = disk.unit.state().reservations();
        ScriptedTask task = disk.begin(disk.node2, ServiceAction.PREEMPT_AND_ABORT, PrTarget.WE, K2, K1);
        ScriptedTask write = disk.target.beginHeld(disk.node1, 0, "2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        disk.target.memory.answer(new IOException("fsync failed"));
        disk.target.runAll();
        assertEquals(Sense.INTERNAL_TARGET_FAILURE, task.sense());
        assertEquals(before, disk.unit.state().reservations());
        assertEquals(List.of(), PrTarget.attentions(disk.node1));
        write.sendData();
        disk.target.runAll();
        assertEquals(ScsiStatus.GOOD, write.status());
        assertEquals(1, write.completions);
    }

    @Test
    void busyDiskThreadsDelayNoReservation() {
        disk.register(disk.node1, K1);
        ScriptedTask write = disk.target.begin(
                disk.node1, 0, TestTarget.bytes("2A 08 00 00 00 05 00 00 01 00"), new byte[512], false);
        ScriptedTask reserve = disk.begin(disk.node1, ServiceAction.RESERVE, PrTarget.WERO, K1, 0);
        disk.target.runLoops();
        assertTrue(reserve.ended(), "answered while the disk has a write");
        assertFalse(write.ended());
        disk.target.runAll();
    }

    // ---- whom it stops ----------------------------------------------------------------------------------------------

    @Test
    void tasksThatTheNewStateRefusesEndWithConflict() {
        disk.register(disk.node1, K1);
        ScriptedTask write = disk.target.beginHeld(disk.node2, 1, "2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        ScriptedTask own = disk.target.beginHeld(disk.node1, 0, "2A 00 00 00 00 06 00 00 01 00", new byte[512]);
        assertEquals(
                ScsiStatus.GOOD, disk.reserve(disk.node1, K1, PrTarget.WERO).status());
        assertEquals(1, write.completions);
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, write.status());
        assertFalse(own.ended());
        assertEquals(List.of(), disk.target.disk.log);
    }

    @Test
    void preemptAndAbortEndsTheVictimsTasksSilently() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WERO);
        ScriptedTask read = disk.target.beginHeld(disk.node1, 0, "15 10 00 00 0C 00", new byte[12]);
        ScriptedTask write = disk.target.beginHeld(disk.node1, 0, "2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        ScriptedTask own = disk.target.beginHeld(disk.node2, 1, "2A 00 00 00 00 06 00 00 01 00", new byte[512]);
        Answer answer = disk.out(disk.node2, ServiceAction.PREEMPT_AND_ABORT, PrTarget.WERO, K2, K1, 0);
        assertEquals(ScsiStatus.GOOD, answer.status());
        assertEquals(1, read.dooms);
        assertEquals(1, write.dooms);
        assertFalse(own.ended());
        own.sendData();
        disk.target.runAll();
        assertEquals(ScsiStatus.GOOD, own.status());
    }

    @Test
    void preemptAndAbortWaitsForAnswersThatSessionsHold() {
        ITNexus third = new ITNexus("iqn.2026-11.example:node3", 3, TestTarget.NODE1.targetName(), 1);
        List<Runnable> held = new java.util.ArrayList<>();
        var node3 = disk.unit.attach(third, (unit, done) -> held.add(done));
        node3.poll();
        disk.register(node3, K1);
        disk.register(disk.node2, K2);
        ScriptedTask task = disk.begin(disk.node2, ServiceAction.PREEMPT_AND_ABORT, PrTarget.WERO, K2, K1);
        disk.target.runAll();
        assertEquals(1, held.size());
        assertFalse(task.ended());
        held.getFirst().run();
        disk.target.runAll();
        assertEquals(ScsiStatus.GOOD, task.status());
        assertEquals(1, task.completions);
    }

    @Test
    void conflictStandsBetweenResetsAndOtherAttentions() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WERO);
        disk.preempt(disk.node1, K1, K2, PrTarget.WERO);
        disk.unit.reset(() -> {});
        disk.target.runAll();
        String write = "2A 00 00 00 00 05 00 00 01 00";
        assertEquals(
                Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED,
                disk.run(disk.node2, write).sense());
        assertEquals(
                ScsiStatus.RESERVATION_CONFLICT, disk.run(disk.node2, write).status());
        assertEquals(
                Sense.REGISTRATIONS_PREEMPTED,
                disk.run(disk.node2, "00 00 00 00 00 00").sense());
        assertEquals(ScsiStatus.GOOD, disk.run(disk.node2, "00 00 00 00 00 00").status());
    }

    // ---- who hears of it --------------------------------------------------------------------------------------------

    @Test
    void registeredNexusWithoutASessionHearsOfItLater() {
        byte[] list = PrTarget.specified(0, K1, 0, PrTarget.idOf(PrTarget.LISTED, 7));
        disk.out(disk.node1, ServiceAction.REGISTER, 0, list);
        disk.register(disk.node2, K2);
        disk.preempt(disk.node2, K2, K1, PrTarget.WE);
        var late = disk.unit.attach(new ITNexus(PrTarget.LISTED, 7, TestTarget.NODE1.targetName(), 1));
        assertEquals(
                List.of(Sense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED, Sense.REGISTRATIONS_PREEMPTED),
                PrTarget.attentions(late));
        assertEquals(List.of(Sense.REGISTRATIONS_PREEMPTED), PrTarget.attentions(disk.node1));
        assertEquals(List.of(), PrTarget.attentions(disk.node2));
    }

    @Test
    void nexusThatWasAwayHearsOfNexusLossFirst() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.unit.detach(disk.node1);
        disk.out(disk.node2, ServiceAction.CLEAR, 0, K2, 0, 0);
        var again = disk.unit.attach(TestTarget.NODE1);
        assertEquals(List.of(Sense.I_T_NEXUS_LOSS_OCCURRED, Sense.RESERVATIONS_PREEMPTED), PrTarget.attentions(again));
    }

    @Test
    void registeredNexusIsNeverForgotten() {
        disk.register(disk.node1, K1);
        disk.unit.detach(disk.node1);
        for (int i = 10; i < 200; i++) {
            disk.unit.detach(disk.unit.attach(new ITNexus("iqn.2026-11.example:n" + i, i, "iqn.2026-11.t", 1)));
        }
        assertTrue(disk.unit.nexuses().all().containsKey(TestTarget.NODE1));
    }

    // ---- what an administrator does ---------------------------------------------------------------------------------

    @Test
    void clearTellsEverybodyAndIsKept() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        ReservationClear clear = new ReservationClear(disk.unit, Instant.EPOCH);
        disk.unit.change(clear, () -> {});
        disk.target.runAll();
        assertNull(clear.failure());
        assertEquals(List.of(Sense.RESERVATIONS_PREEMPTED), PrTarget.attentions(disk.node1));
        assertEquals(List.of(Sense.RESERVATIONS_PREEMPTED), PrTarget.attentions(disk.node2));
        assertEquals(List.of(), disk.keys());
        assertEquals(disk.unit.state().durable(), disk.target.memory.saved);
        ReservationEvent last = lastEvent();
        assertEquals(Cause.CLEARED, last.cause());
        assertNull(last.by());
        assertEquals(2, last.removedCount());
    }

    @Test
    void unmapDropsTheRegistrationsOfThatTarget() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WERO);
        ReservationRemoval unmap = ReservationRemoval.ofTarget(disk.unit, TestTarget.NODE1.targetName(), Instant.EPOCH);
        disk.unit.change(unmap, () -> {});
        disk.target.runAll();
        assertEquals(List.of(Sense.RESERVATIONS_RELEASED), PrTarget.attentions(disk.node2));
        assertEquals(List.of(K2), disk.keys());
        assertNull(disk.unit.state().reservations().reservation());
        assertEquals(1, unmap.removed().size());
    }

    @Test
    void oneRegistrationIsRemovedByAnAdministrator() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WERO);
        disk.unit.change(ReservationRemoval.ofNexus(disk.unit, TestTarget.NODE2, Instant.EPOCH), () -> {});
        disk.target.runAll();
        assertEquals(List.of(), PrTarget.attentions(disk.node2));
        assertEquals(List.of(K1), disk.keys());
        assertTrue(disk.unit.state().reservations().isHolder(TestTarget.NODE1));
        assertEquals(Cause.REMOVED, lastEvent().cause());
        assertEquals(TestTarget.NODE2, lastEvent().removed().getFirst().nexus());
    }

    @Test
    void nexusesThatAreToldAndNeverComeAreForgottenInTheEnd() {
        for (int round = 0; round < 4; round++) {
            byte[][] ids = new byte[50][];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = PrTarget.idOf(PrTarget.LISTED, round * 100L + i);
            }
            disk.out(disk.node1, ServiceAction.REGISTER, 0, PrTarget.specified(0, K1, 0, ids));
            disk.out(disk.node1, ServiceAction.CLEAR, 0, K1, 0, 0);
        }
        int known = disk.unit.nexuses().all().size();
        assertTrue(known <= 64, known + " nexuses are known");
    }

    @Test
    void historyHasTheLastChangesOnly() {
        for (int i = 0; i < 100; i++) {
            disk.register(disk.node1, K1 + i);
        }
        disk.reserve(disk.node1, K1, PrTarget.WE);
        List<ReservationEvent> events = disk.unit.state().durable().history().events();
        assertEquals(64, events.size());
        assertEquals(37, events.getFirst().generation());
        assertEquals(Cause.REGISTER_AND_IGNORE_EXISTING_KEY, events.getLast().cause());
        assertEquals(TestTarget.NODE1, events.getLast().by());
        assertEquals(K1 + 99, events.getLast().actionKey());
    }

    private ReservationEvent lastEvent() {
        return disk.unit.state().durable().history().events().getLast();
    }

    @Test
    void writeProtectedDiskIsReservedAllTheSame() {
        disk.unit.change(now -> now.withWriteProtected(true), () -> {});
        disk.register(disk.node1, K1);
        assertEquals(ScsiStatus.GOOD, disk.reserve(disk.node1, K1, PrTarget.WE).status());
    }
}
