package dev.kume.core.scsi.command;

import static dev.kume.core.scsi.command.PrTarget.K1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RESERVE and RELEASE of SPC-2, beside persistent reservations; and commands whose class depends on their CDB. */
final class ReserveReleaseTest {
    private static final String RESERVE_6 = "16 00 00 00 00 00";
    private static final String RESERVE_10 = "56 00 00 00 00 00 00 00 00 00";
    private static final String RELEASE_6 = "17 00 00 00 00 00";
    private static final String RELEASE_10 = "57 00 00 00 00 00 00 00 00 00";

    private final PrTarget disk = new PrTarget();

    @ParameterizedTest
    @ValueSource(strings = {RESERVE_6, RESERVE_10})
    void othersConflictUntilItIsReleased(String reserve) {
        assertEquals(ScsiStatus.GOOD, status(1, reserve));
        assertEquals(ScsiStatus.GOOD, status(1, reserve), "again");
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(2, reserve));
        for (String refused : List.of(
                "28 00 00 00 00 00 00 00 01 00",
                "2A 00 00 00 00 00 00 00 01 00",
                "00 00 00 00 00 00",
                "1A 00 3F 00 FF 00",
                "1B 00 00 00 00 00")) {
            assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(2, refused), refused);
            assertEquals(ScsiStatus.GOOD, status(1, refused), refused);
        }
        for (String allowed : List.of(
                "12 00 00 00 FF 00",
                "03 00 00 00 FF 00",
                "A0 00 00 00 00 00 00 00 10 00 00 00",
                "25 00 00 00 00 00 00 00 00 00",
                "1E 00 00 00 00 00",
                "1B 00 00 00 01 00",
                RELEASE_6,
                RELEASE_10)) {
            assertEquals(ScsiStatus.GOOD, status(2, allowed), allowed);
        }
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, disk.write(disk.node2), "its release does nothing");
        assertEquals(ScsiStatus.GOOD, status(1, RELEASE_10));
        assertEquals(ScsiStatus.GOOD, disk.write(disk.node2));
    }

    @Test
    void persistentCommandsConflictWhoeverAsks() {
        status(1, RESERVE_6);
        assertEquals(
                ScsiStatus.RESERVATION_CONFLICT, disk.register(disk.node1, K1).status());
        assertEquals(
                ScsiStatus.RESERVATION_CONFLICT, disk.register(disk.node2, K1).status());
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, disk.in(disk.node2, 0, 8).status());
    }

    @Test
    void registrationMakesThemConflictWhoeverAsks() {
        disk.register(disk.node1, K1);
        for (String cdb : List.of(RESERVE_6, RESERVE_10, RELEASE_6, RELEASE_10)) {
            assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(1, cdb));
            assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(2, cdb));
        }
        disk.register(disk.node1, 0);
        assertEquals(ScsiStatus.GOOD, status(2, RESERVE_6));
    }

    @Test
    void resetReleases() {
        status(1, RESERVE_6);
        disk.unit.reset(() -> {});
        disk.target.runAll();
        assertNull(disk.unit.state().reservedBy());
        disk.node2.poll();
        assertEquals(ScsiStatus.GOOD, disk.write(disk.node2));
    }

    @Test
    void endOfTheNexusReleases() {
        status(1, RESERVE_6);
        disk.unit.detach(disk.node1);
        assertEquals(ScsiStatus.GOOD, disk.write(disk.node2));
    }

    @Test
    void writesUnderWayEndWithConflict() {
        ScriptedTask write = disk.target.beginHeld(disk.node2, 1, "2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        status(1, RESERVE_6);
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, write.status());
        assertEquals(1, write.completions);
    }

    @Test
    void thirdPartyReservationsAreRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                disk.run(disk.node1, "16 10 00 00 00 00").sense());
    }

    @Test
    void startStopAndPreventAllowDependOnTheirFields() {
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        assertEquals(ScsiStatus.GOOD, status(2, "1B 00 00 00 01 00"), "START");
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(2, "1B 00 00 00 00 00"), "stop");
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(2, "1B 00 00 00 11 00"), "START with ACTIVE");
        assertEquals(ScsiStatus.GOOD, status(2, "1E 00 00 00 00 00"), "allow");
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, status(2, "1E 00 00 00 01 00"), "prevent");
        assertEquals(ScsiStatus.GOOD, status(1, "1E 00 00 00 01 00"), "the holder prevents");
    }

    @Test
    void nexusThatEndedMeanwhileReservesNothing() {
        var away = disk.unit.attach(new dev.kume.core.nexus.ITNexus("iqn.2026-11.example:away", 5, "iqn.t", 1));
        away.poll();
        disk.unit.detach(away);
        disk.target.run(away, 0, TestTarget.bytes(RESERVE_6), new byte[0]);
        assertNull(disk.unit.state().reservedBy());
    }

    private int status(int node, String cdb) {
        return disk.run(node == 1 ? disk.node1 : disk.node2, cdb).status();
    }
}
