package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.PersistentReserve.FullStatus;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The file that keeps a disk's reservations is damaged while the daemon is down. One slot: the last state, or the one
 * before it. Both, or no file: that disk is not ready and says why once in the log, and the other one serves.
 */
final class ReservationDamageClientIT {
    private static final String NOT_READY = "2/04/03";
    private static final int SLOT_BYTES = 1 << 20;
    private static final int SEQUENCE_AT = 16;
    private static final int DAMAGED_AT = 70;
    private static final int STATUS_BYTES = 8_192;
    private static final int WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5;
    private static final String LOST = "its reservations are not known";

    @TempDir
    Path directory;

    @Test
    void damageNeverMakesAnEmptyTable() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("one", "4MB", "raw");
            daemon.provide("two", "4MB", "raw");
            daemon.post("/v1/mappings", """
                    {"disk":"two","target":"one","lun":1}""");
            Path slots = slotsOf(daemon, "one");
            FullStatus registered;
            FullStatus reserved;
            try (RawInitiator session = login(daemon, iqn)) {
                for (int lun = 0; lun < 2; lun++) {
                    good(session, lun, PersistentReserve.REGISTER_AND_IGNORE, 0, 0, 0x11);
                }
                registered = status(session, 0);
                good(session, 0, PersistentReserve.RESERVE, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, 0x11, 0);
                reserved = status(session, 0);
            }
            daemon.kill();
            byte[] whole = Files.readAllBytes(slots);
            int newest = newest(whole);

            Files.write(slots, damaged(whole, 1 - newest));
            assertEquals(reserved, statusAfterStart(daemon, iqn), "the older slot is damaged");
            Files.write(slots, damaged(whole, newest));
            assertEquals(registered, statusAfterStart(daemon, iqn), "the newer slot is damaged");

            Files.write(slots, damaged(damaged(whole, 0), 1));
            oneDiskIsOut(daemon, iqn);
            Files.delete(slots);
            oneDiskIsOut(daemon, iqn);

            Files.write(slots, whole);
            assertEquals(reserved, statusAfterStart(daemon, iqn), "the file is back");

            Files.write(slots, damaged(damaged(whole, 0), 1));
            daemon.restart();
            assertEquals(1, daemon.kume("disk", "online", "one").exitCode(), "what it remembers is still lost");
            daemon.admin("reservation", "clear", "one", "--yes");
            assertTrue(daemon.log().contains("gave up its reservations"), daemon.log());
            daemon.kill();
            assertEquals(List.of(), statusAfterStart(daemon, iqn).registered(), "an administrator gave them up");
        }
    }

    private static RawInitiator login(RunningDaemon daemon, String iqn) throws IOException {
        RawInitiator session = RawInitiator.login(daemon.portal(), RunningDaemon.NODE1, iqn, 1);
        session.clearUnitAttentions(1);
        // Of a disk that is out, the attention of its nexus comes first, and then that it is not ready.
        session.command(0, Cdb.testUnitReady(), new byte[0], 0);
        return session;
    }

    private static void good(RawInitiator session, int lun, int action, int type, long key, long actionKey)
            throws IOException {
        byte[] list = PersistentReserve.list(key, actionKey, true);
        RawAnswer answer = session.command(lun, PersistentReserve.out(action, type), list, 0);
        assertTrue(answer.good(), answer::outcome);
    }

    private static RawAnswer askStatus(RawInitiator session, int lun) throws IOException {
        byte[] cdb = PersistentReserve.in(PersistentReserve.READ_FULL_STATUS, STATUS_BYTES);
        return session.command(lun, cdb, new byte[0], STATUS_BYTES);
    }

    private static FullStatus status(RawInitiator session, int lun) throws IOException {
        RawAnswer answer = askStatus(session, lun);
        assertTrue(answer.good(), answer::outcome);
        return PersistentReserve.fullStatus(answer.data());
    }

    /** Starts the daemon, reads what disk one has registered, and kills it again. */
    private static FullStatus statusAfterStart(RunningDaemon daemon, String iqn) throws Exception {
        daemon.restart();
        try (RawInitiator session = login(daemon, iqn)) {
            return status(session, 0);
        } finally {
            daemon.kill();
        }
    }

    private void oneDiskIsOut(RunningDaemon daemon, String iqn) throws Exception {
        int logged = daemon.log().length();
        daemon.restart();
        try (RawInitiator session = login(daemon, iqn)) {
            for (byte[] cdb : List.of(Cdb.testUnitReady(), PersistentReserve.in(0, 0))) {
                assertEquals(NOT_READY, session.command(0, cdb, new byte[0], 0).outcome());
            }
            byte[] list = PersistentReserve.list(0, 0x22, false);
            byte[] register = PersistentReserve.out(PersistentReserve.REGISTER_AND_IGNORE, 0);
            assertEquals(NOT_READY, session.command(0, register, list, 0).outcome());
            assertEquals(
                    NOT_READY,
                    session.command(0, Cdb.write16(0, 1), new byte[512], 0).outcome());
            assertEquals(1, status(session, 1).registered().size(), "the other disk knows its nodes");
            assertTrue(session.command(1, Cdb.write16(0, 1), new byte[512], 0).good(), "and takes writes");
        }
        daemon.kill();
        List<String> lines = daemon.log()
                .substring(logged)
                .lines()
                .filter(line -> line.contains(LOST))
                .toList();
        assertEquals(1, lines.size(), () -> "lines that say so: " + lines);
        assertTrue(lines.getFirst().contains("kume reservation clear one"), lines::getFirst);
    }

    // ---- the file ---------------------------------------------------------------------------------------------------

    private Path slotsOf(RunningDaemon daemon, String disk) throws IOException {
        String uuid =
                daemon.get("/v1/disks/" + disk).path("identity").path("uuid").asText();
        return directory.resolve("state").resolve("units").resolve(uuid + ".slots");
    }

    private static int newest(byte[] slots) {
        ByteBuffer bytes = ByteBuffer.wrap(slots);
        return bytes.getLong(SEQUENCE_AT) > bytes.getLong(SLOT_BYTES + SEQUENCE_AT) ? 0 : 1;
    }

    private static byte[] damaged(byte[] slots, int slot) {
        byte[] damaged = slots.clone();
        damaged[slot * SLOT_BYTES + DAMAGED_AT] ^= 0x40;
        return damaged;
    }
}
