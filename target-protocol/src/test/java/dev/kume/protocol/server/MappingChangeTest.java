package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.connection.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Mappings that change while many sessions are open: nobody is dropped, everybody concerned hears of it. */
final class MappingChangeTest {
    private static final String LUNS_CHANGED = "063f0e";
    private static final int SESSIONS = 100;
    private static final int CHANGES = 100;

    private static void publish(Rig rig, Map<Integer, LogicalUnit> luns) throws Exception {
        rig.target
                .server()
                .publish(List.of(
                        new TargetSpec(
                                RawInitiator.TARGET,
                                new Target.Definition("", true, Set.of(RawInitiator.NAME), LunMap.of(luns))),
                        new TargetSpec(
                                Rig.OTHER_TARGET,
                                new Target.Definition(
                                        "", true, Set.of(Rig.OTHER_NAME), LunMap.of(Map.of(0, rig.unit))))))
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void aHundredChangesReachAHundredSessionsAndDisturbNobody() throws Exception {
        try (Rig rig = Rig.with(Limit.LOGINS_PER_ADDRESS, 256, Limit.NEXUSES_PER_DISK, 1024)) {
            LogicalUnit second = rig.target.unit("second", new ScriptedDisk(1 << 20));
            List<RawInitiator> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                RawInitiator initiator = rig.connect();
                initiator.isidQualifier = i + 1;
                initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
                sessions.add(initiator);
            }
            // Nexuses of a unit are remembered up to a bound, so half of the sessions meet it now and half later.
            for (int i = 0; i < SESSIONS; i += 2) {
                sessions.get(i).clearAttentions();
            }
            RawInitiator other = rig.otherSession();
            AtomicBoolean changing = new AtomicBoolean(true);
            CompletableFuture<Integer> undisturbed = CompletableFuture.supplyAsync(() -> {
                int reads = 0;
                do {
                    assertEquals(0, other.run(other.read(reads++ % 100, 1)).status());
                } while (changing.get());
                return reads;
            });
            List<Long> before = ids(rig);
            for (int change = 0; change < CHANGES; change++) {
                publish(rig, change % 2 == 0 ? Map.of(0, rig.unit, 1, second) : Map.of(0, rig.unit));
                // Somebody works meanwhile, and hears of every change at most once.
                RawInitiator busy = sessions.get(change % SESSIONS);
                assertTrue(busy.clearAttentions().size() <= 2, "told twice");
            }
            changing.set(false);
            assertTrue(undisturbed.get(10, TimeUnit.SECONDS) > 0);
            assertEquals(before, ids(rig), "no session was dropped");
            sessions.forEach(RawInitiator::clearAttentions);
            publish(rig, Map.of(0, rig.unit, 5, second));
            for (RawInitiator each : sessions) {
                assertEquals(List.of(LUNS_CHANGED), each.clearAttentions());
            }
            assertEquals(List.of(), other.clearAttentions());
        }
    }

    private static List<Long> ids(Rig rig) {
        return rig.target.server().sessions().join().stream()
                .map(SessionInfo::id)
                .toList();
    }

    @Test
    void whoLosesTheLastUnitHearsOfItAndOfTheNextOne() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            publish(rig, Map.of());
            assertEquals(
                    LUNS_CHANGED,
                    initiator.run(initiator.testUnitReady()).last().sense());
            assertEquals(
                    "052500", initiator.run(initiator.testUnitReady()).last().sense());
            publish(rig, Map.of(0, rig.unit));
            assertTrue(initiator.clearAttentions().contains(LUNS_CHANGED));
            publish(rig, Map.of());
            // INQUIRY passes; after REPORT LUNS the initiator knows.
            initiator.run(initiator.command(0, 0xC1, 36, new byte[] {0x12, 0, 0, 0, 36, 0}));
            byte[] reportLuns = {(byte) 0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0};
            assertEquals(
                    0, initiator.run(initiator.command(0, 0xC1, 64, reportLuns)).status());
            assertEquals(
                    "052500", initiator.run(initiator.testUnitReady()).last().sense());
        }
    }

    @Test
    void whoLoggedInWhileThereWasNoUnitHearsOfTheFirst() throws Exception {
        try (Rig rig = Rig.standard()) {
            publish(rig, Map.of());
            RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            assertEquals(
                    "052500", initiator.run(initiator.testUnitReady()).last().sense());
            publish(rig, Map.of(0, rig.unit));
            assertTrue(initiator.clearAttentions().contains(LUNS_CHANGED));
            assertEquals(0, initiator.run(initiator.read(1, 1)).status());
        }
    }
}
