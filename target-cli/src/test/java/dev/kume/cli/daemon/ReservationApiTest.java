package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.daemon.RunningManagement.Reply;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reservations over the management socket, with a fake server behind it. */
final class ReservationApiTest {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";
    private static final Instant SINCE = Instant.parse("2026-11-23T07:00:00Z");

    @TempDir
    Path folder;

    private RunningManagement daemon;
    private String iqn;

    @BeforeEach
    void start() throws Exception {
        daemon = RunningManagement.in(folder);
        daemon.create("{\"name\":\"quorum\",\"size\":\"8MB\",\"format\":\"vhd\",\"sharing\":\"cluster\"}");
        iqn = daemon.post(ApiPaths.TARGETS, "{\"name\":\"hv1\"}")
                .body()
                .path("iqn")
                .asText();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private void reserve(ReservationType type) {
        ITNexus one = new ITNexus(NODE1, 0x400001370000L, iqn, 1);
        ITNexus two = new ITNexus(NODE2, 0x400001370000L, "iqn.2026-11.dev.kume:gone", 1);
        PersistentReservations held = new PersistentReservations(
                7,
                true,
                List.of(new Registration(one, 0xAL, false, SINCE), new Registration(two, -1L, true, SINCE)),
                new Reservation(type, one, SINCE));
        UnitState state = new UnitState(
                null,
                "fake",
                BlockGeometry.emulated512(8 << 20),
                false,
                ModeState.DEFAULT,
                null,
                DurableState.INITIAL.withReservations(held));
        daemon.exports.states.put("quorum", state);
    }

    @Test
    void aDiskThatNobodyHoldsSaysSo() throws Exception {
        JsonNode disk = daemon.get(ApiPaths.reservation("quorum")).body();
        assertTrue(disk.path("reservation").isNull(), disk::toString);
        assertEquals(0, disk.path("registrations").size());
        assertEquals(
                "quorum",
                daemon.get(ApiPaths.RESERVATIONS)
                        .body()
                        .path("reservations")
                        .path(0)
                        .path("disk")
                        .asText());
    }

    @Test
    void whoHoldsTheDiskAndWhoIsRegisteredIsShown() throws Exception {
        reserve(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        daemon.exports.connect(5, NODE1, iqn);
        JsonNode disk = daemon.get(ApiPaths.reservation("quorum")).body();
        assertEquals(7, disk.path("generation").asInt());
        JsonNode held = disk.path("reservation");
        assertEquals(
                "write exclusive, registrants only 5 000000000000000a " + NODE1 + " hv1 true",
                String.join(
                        " ",
                        held.path("type").asText(),
                        held.path("code").asText(),
                        held.path("key").asText(),
                        held.path("holder").path("initiator").asText(),
                        held.path("holder").path("target").asText(),
                        held.path("holder").path("connected").asText()));
        JsonNode other = disk.path("registrations").path(1);
        assertEquals("ffffffffffffffff", other.path("key").asText());
        assertTrue(other.path("nexus").path("target").isNull(), "its target is no more");
        assertFalse(other.path("nexus").path("connected").asBoolean());
        assertFalse(other.path("holder").asBoolean());
    }

    @Test
    void everyRegisteredNexusHoldsAnAllRegistrantsReservation() throws Exception {
        reserve(ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS);
        JsonNode registrations =
                daemon.get(ApiPaths.reservation("quorum")).body().path("registrations");
        assertTrue(registrations.path(0).path("holder").asBoolean());
        assertTrue(registrations.path(1).path("holder").asBoolean());
    }

    @Test
    void clearingIsRefusedWhileARegisteredNodeIsLoggedIn() throws Exception {
        reserve(ReservationType.WRITE_EXCLUSIVE);
        daemon.exports.connect(5, NODE1, iqn);
        Reply refused = daemon.delete(ApiPaths.reservationClearing("quorum", false));
        assertEquals(8, refused.exitCode());
        assertEquals(
                "disk 'quorum' has registered nodes that are logged in: " + NODE1
                        + "; let their cluster release it, or clear it with force",
                refused.error());
        assertEquals(2, registered());
        assertEquals(
                200, daemon.delete(ApiPaths.reservationClearing("quorum", true)).status());
        assertEquals(0, registered());
    }

    @Test
    void clearingNeedsNoForceWhenTheNodesAreGone() throws Exception {
        reserve(ReservationType.WRITE_EXCLUSIVE);
        Reply cleared = daemon.delete(ApiPaths.reservationClearing("quorum", false));
        assertEquals(200, cleared.status(), cleared::toString);
        assertTrue(cleared.body().path("reservation").isNull());
        assertEquals(0, registered());
    }

    @Test
    void aDiskThatIsNotThereIsNamed() throws Exception {
        assertEquals(3, daemon.get(ApiPaths.reservation("qorum")).exitCode());
        assertEquals(
                3, daemon.delete(ApiPaths.reservationClearing("qorum", true)).exitCode());
    }

    private int registered() throws Exception {
        return daemon.get(ApiPaths.reservation("quorum"))
                .body()
                .path("registrations")
                .size();
    }
}
