package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.ITNexus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second host at an exclusive unit is kept out, while paths, returns and the dead are not taken for one. */
final class HostGuardTest {
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String INQUIRY = "12 00 00 00 24 00";
    private static final String REPORT_LUNS = "A0 00 00 00 00 00 00 00 01 00 00 00";
    private static final String REQUEST_SENSE = "03 00 00 00 12 00";
    private static final String READ = "28 00 00 00 00 05 00 00 01 00";
    private static final String WRITE = "2A 00 00 00 00 05 00 00 01 00";
    private static final String NODE1 = TestTarget.NODE1.initiatorName();
    private static final String NODE2 = TestTarget.NODE2.initiatorName();
    private static final Sense REFUSED = Sense.ACCESS_DENIED_NO_ACCESS_RIGHTS;

    private final TestTarget target = new TestTarget();
    private final HostGuard hosts = target.unit.hosts();

    /** A session of the second host that counts how often it is asked for a sign of life. */
    private static final class Session implements HeldAnswers {
        int probes;

        @Override
        public void drop(LogicalUnit unit, Runnable done) {
            done.run();
        }

        @Override
        public void probe() {
            probes++;
        }
    }

    private void exclusive() {
        // Nobody is there yet: the nexuses of the rig come back one after the other.
        target.unit.detach(target.node1);
        target.unit.detach(target.node2);
        hosts.exclusive(true, () -> {});
        target.runAll();
        target.unit.attach(TestTarget.NODE1);
        target.unit.attach(TestTarget.NODE2);
        target.node1.poll();
        target.node2.poll();
    }

    private Sense senseOf(ITLNexus from, String cdb) {
        TestTarget.Answer answer = target.run(from, 0, TestTarget.bytes(cdb), new byte[512]);
        return answer.status() == ScsiStatus.GOOD ? Sense.NO_SENSE : answer.expectSense();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TEST_UNIT_READY,
                READ,
                WRITE,
                "25 00 00 00 00 00 00 00 00 00",
                "1A 00 08 00 FF 00",
                "5E 00 00 00 00 00 00 00 FF 00",
                "5F 00 00 00 00 00 00 00 18 00",
                "35 00 00 00 00 00 00 00 00 00",
                "A3 0C 00 00 00 00 00 00 FF FF 00 00",
                "EE 00 00 00 00 00"
            })
    void theSecondHostIsToldThatItHasNoAccessRights(String cdb) {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, TEST_UNIT_READY));
        target.disk.log.clear();
        assertEquals(REFUSED, senseOf(target.node2, cdb));
        assertEquals(List.of(), target.disk.log);
        assertEquals(NODE1, hosts.holder());
        assertEquals(List.of(NODE2), hosts.refused());
    }

    @ParameterizedTest
    @ValueSource(strings = {INQUIRY, REPORT_LUNS, REQUEST_SENSE})
    void whatOnlyAsksWhoTheUnitIsIsNotRefusedAndClaimsNothing(String cdb) {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, cdb));
        assertNull(hosts.holder());
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, TEST_UNIT_READY));
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, cdb));
        assertEquals(List.of(), hosts.refused());
    }

    @Test
    void aResetIsReportedBeforeTheRefusal() {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, TEST_UNIT_READY));
        target.unit.raise(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, TestTarget.NODE2);
        assertEquals(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, senseOf(target.node2, READ));
        assertEquals(REFUSED, senseOf(target.node2, READ));
    }

    @Test
    void pathsAndReturnsOfOneHostAreOneHost() {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
        ITNexus first = TestTarget.NODE1;
        ITLNexus secondPath = comes(new ITNexus(NODE1, 7, first.targetName(), 2));
        ITLNexus afterReboot = comes(new ITNexus(NODE1, 99, first.targetName(), 1));
        ITLNexus reinstated = comes(first);
        assertEquals(Sense.NO_SENSE, senseOf(secondPath, WRITE));
        assertEquals(Sense.NO_SENSE, senseOf(afterReboot, WRITE));
        assertEquals(Sense.NO_SENSE, senseOf(reinstated, WRITE));
        target.unit.detach(target.node1);
        target.unit.detach(secondPath);
        target.runAll();
        assertEquals(Sense.NO_SENSE, senseOf(afterReboot, WRITE));
        assertEquals(REFUSED, senseOf(target.node2, TEST_UNIT_READY), "one path is left");
    }

    private ITLNexus comes(ITNexus nexus) {
        ITLNexus attached = target.unit.attach(nexus);
        attached.poll();
        return attached;
    }

    @Test
    void whenTheHolderHasLeftTheNextIsToldToLookAgainAndIsLetIn() {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
        assertEquals(REFUSED, senseOf(target.node2, WRITE));
        target.unit.detach(target.node1);
        target.runAll();
        assertNull(hosts.holder());
        assertEquals(List.of(), hosts.refused());
        assertEquals(Sense.REPORTED_LUNS_DATA_HAS_CHANGED, senseOf(target.node2, TEST_UNIT_READY));
        assertEquals(Sense.CAPACITY_DATA_HAS_CHANGED, senseOf(target.node2, TEST_UNIT_READY));
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, WRITE));
        assertEquals(NODE2, hosts.holder());
        ITLNexus back = comes(TestTarget.NODE1);
        assertEquals(REFUSED, senseOf(back, WRITE));
    }

    @Test
    void nobodyIsLetInWhileAWriteOfTheHolderIsInsideOfTheDisk() {
        exclusive();
        ScriptedTask write = target.begin(target.node1, 0, TestTarget.bytes(WRITE), new byte[512], false);
        assertFalse(write.ended());
        // As when a disk is unmapped: the session leaves the unit, and its command is still there.
        target.unit.detach(target.node1);
        target.runLoops();
        assertEquals(NODE1, hosts.holder(), "a disk thread has the write");
        assertEquals(REFUSED, refusedNow(target.node2));
        target.runAll();
        assertEquals(1, write.dooms);
        assertNull(hosts.holder());
    }

    private Sense refusedNow(ITLNexus from) {
        ScriptedTask task = target.begin(from, 1, TestTarget.bytes(TEST_UNIT_READY), new byte[0], false);
        assertEquals(1, task.completions);
        return task.sense();
    }

    @Test
    void aHolderThatIsBackBeforeTheFenceIsOverKeepsTheUnit() {
        exclusive();
        ScriptedTask write = target.begin(target.node1, 0, TestTarget.bytes(WRITE), new byte[512], false);
        target.unit.detach(target.node1);
        ITLNexus back = comes(new ITNexus(NODE1, 50, TestTarget.NODE1.targetName(), 1));
        ScriptedTask ofNewSession = target.begin(back, 1, TestTarget.bytes(WRITE), new byte[512], false);
        target.runAll();
        assertEquals(1, write.dooms);
        assertEquals(1, ofNewSession.completions, "the fence is about the session that has ended");
        assertEquals(NODE1, hosts.holder());
    }

    @Test
    void oneWhoCameAndWentDuringTheFenceIsFencedToo() {
        exclusive();
        target.begin(target.node1, 0, TestTarget.bytes(WRITE), new byte[512], false);
        target.unit.detach(target.node1);
        ITLNexus back = comes(new ITNexus(NODE1, 50, TestTarget.NODE1.targetName(), 1));
        ScriptedTask later = target.begin(back, 1, TestTarget.bytes(WRITE), new byte[512], false);
        target.unit.detach(back);
        target.runAll();
        assertTrue(later.ended());
        assertNull(hosts.holder());
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, WRITE));
    }

    @Test
    void aCommandWithoutASessionClaimsNothing() {
        exclusive();
        target.unit.detach(target.node1);
        target.runAll();
        assertEquals(REFUSED, senseOf(target.node1, WRITE));
        assertNull(hosts.holder());
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, WRITE));
    }

    @Test
    void theHolderIsAskedForASignOfLifeAndNotByEachCommand() {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
        Session path = new Session();
        target.unit.attach(new ITNexus(NODE1, 7, TestTarget.NODE1.targetName(), 2), path);
        Session newcomer = new Session();
        target.unit.attach(new ITNexus(NODE2, 7, TestTarget.NODE2.targetName(), 2), newcomer);
        for (int i = 0; i < 10; i++) {
            assertEquals(REFUSED, senseOf(target.node2, WRITE));
        }
        assertEquals(1, path.probes, "the clock stands still");
        assertEquals(0, newcomer.probes);
    }

    @Test
    void aUnitThatIsNotExclusiveIsOpenToAll() {
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, WRITE));
        assertNull(hosts.holder());
        assertEquals(List.of(NODE1, NODE2), hosts.present());
    }

    @Test
    void whatBecomesExclusiveIsKeptByWhoCameFirstAndTheOthersCommandsEnd() {
        ScriptedTask own = target.beginHeld(target.node1, 0, WRITE, new byte[512]);
        ScriptedTask other = target.beginHeld(target.node2, 1, WRITE, new byte[512]);
        ScriptedTask inDisk = target.begin(target.node2, 1, TestTarget.bytes(WRITE), new byte[512], false);
        List<String> told = new ArrayList<>();
        hosts.exclusive(true, () -> told.add("done"));
        target.runLoops();
        assertEquals(List.of(), told, "a disk thread has a write of the second host");
        target.runAll();
        assertEquals(List.of("done"), told);
        assertFalse(own.ended());
        assertEquals(REFUSED, other.sense());
        assertEquals(REFUSED, inDisk.sense());
        assertEquals(NODE1, hosts.holder());
    }

    @Test
    void whatBecomesSharedLetsTheRefusedIn() {
        exclusive();
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
        assertEquals(REFUSED, senseOf(target.node2, WRITE));
        hosts.exclusive(false, () -> {});
        target.runAll();
        assertEquals(Sense.REPORTED_LUNS_DATA_HAS_CHANGED, senseOf(target.node2, WRITE));
        assertEquals(Sense.CAPACITY_DATA_HAS_CHANGED, senseOf(target.node2, WRITE));
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, WRITE));
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
    }

    @Test
    void aFrozenHostReadsAndDoesNotWrite() {
        ScriptedTask before = target.beginHeld(target.node2, 1, WRITE, new byte[512]);
        hosts.freeze(Set.of(NODE2), () -> {});
        target.runAll();
        assertEquals(Sense.WRITE_PROTECTED, before.sense());
        assertEquals(Sense.WRITE_PROTECTED, senseOf(target.node2, WRITE));
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, READ));
        assertEquals(Sense.NO_SENSE, senseOf(target.node1, WRITE));
        hosts.freeze(Set.of(), () -> {});
        target.runAll();
        assertEquals(Sense.NO_SENSE, senseOf(target.node2, WRITE));
    }
}
