package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Looks at disks that are mapped nowhere: each is LUN 0 of a target for as long as that takes. */
final class Look {
    private static final String TARGET = "look";
    private static final String IQN = RunningDaemon.IQN_PREFIX + ":" + TARGET;
    private static final int STEP_BYTES = 256 << 10;

    private final RunningDaemon daemon;

    Look(RunningDaemon daemon) {
        this.daemon = daemon;
    }

    void at(String disk, LoadedDisk.With with) throws Exception {
        boolean known = false;
        for (JsonNode target : daemon.get("/v1/targets").path("targets")) {
            known |= target.path("name").asText().equals(TARGET);
        }
        if (!known) {
            daemon.post(
                    "/v1/targets",
                    "{\"name\":\"%s\",\"iqn\":\"%s\",\"initiators\":[\"%s\"]}"
                            .formatted(TARGET, IQN, RunningDaemon.NODE1));
        }
        daemon.post("/v1/mappings", "{\"disk\":\"%s\",\"target\":\"%s\",\"lun\":0}".formatted(disk, TARGET));
        try (RawInitiator session = daemon.login(RunningDaemon.NODE1, IQN)) {
            session.clearUnitAttentions(0);
            with.session(session);
            session.logout();
        }
        ManagementApi.request(daemon.socket(), "DELETE", "/v1/mappings/%s/%s?force=true".formatted(disk, TARGET), "");
    }

    /** Disk {@code copy} is what {@code original} was at a moment between these times. */
    void expectCopy(String copy, LoadedDisk original, long fromNanos, long toNanos) throws Exception {
        CommonMoment moment = new CommonMoment();
        moment.of("the time of the verb").between(fromNanos, toNanos);
        at(copy, session -> original.compare(LoadedDisk.through(session), moment, copy));
        assertEquals(List.of(), moment.whatDoesNotFit(), () -> copy + " of " + original.name());
    }

    /** A block can be written, and is read as that. */
    void expectWritable(String disk) throws Exception {
        byte[] bytes = new byte[WriteHistory.SECTOR_BYTES];
        Arrays.fill(bytes, (byte) 0x5A);
        at(disk, session -> {
            assertTrue(session.command(0, Cdb.write16(7, 1), bytes, 0).good(), disk);
            assertTrue(
                    session.command(0, Cdb.synchronizeCache(), new byte[0], 0).good(), disk);
            assertEquals(
                    HexFormat.of().formatHex(bytes),
                    HexFormat.of()
                            .formatHex(session.command(0, Cdb.read16(7, 1), new byte[0], bytes.length)
                                    .data()));
        });
    }

    /** SHA-256 of all that can be read. */
    String digest(String disk) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long size = daemon.get("/v1/disks/" + disk).path("sizeBytes").asLong();
        at(disk, session -> {
            for (long at = 0; at < size; at += STEP_BYTES) {
                int bytes = (int) Math.min(STEP_BYTES, size - at);
                byte[] cdb = Cdb.read16(at / WriteHistory.SECTOR_BYTES, bytes / WriteHistory.SECTOR_BYTES);
                RawAnswer answer = session.command(0, cdb, new byte[0], bytes);
                assertTrue(answer.good(), answer::outcome);
                digest.update(answer.data());
            }
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** True when there is a disk of this name. */
    boolean exists(String disk) throws IOException {
        for (JsonNode each : daemon.get("/v1/disks").path("disks")) {
            if (each.path("name").asText().equals(disk)) {
                return true;
            }
        }
        return false;
    }
}
