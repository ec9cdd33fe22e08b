package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.cluster.PersistentReserve.Registered;
import dev.kume.protocol.initiator.InitiatorException;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.ScsiResult;
import dev.kume.protocol.initiator.SessionListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of registrations when the paths of a node come and go. */
final class MpioDiskTest {
    private static final long KEY = 0xABCD;

    @TempDir
    Path directory;

    private ClusterRig rig;
    private NodeDisk disk;
    private NodeDisk other;

    @BeforeEach
    void open() throws IOException {
        rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 2, 1));
        disk = rig.disks(0).getFirst();
        other = rig.disks(1).getFirst();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private List<Long> keys() {
        return ClusterRig.get(other.readKeys()).keys();
    }

    private void dropAndWait(InitiatorSession session) {
        CompletableFuture<Void> back = new CompletableFuture<>();
        session.addListener(new SessionListener() {
            @Override
            public void onLoggedIn(InitiatorSession again) {
                back.complete(null);
            }
        });
        session.drop();
        ClusterRig.get(back);
        ClusterRig.get(disk.paths().recovered());
    }

    @Test
    void aKeyIsRegisteredOnEveryPathOfANode() {
        assertTrue(ClusterRig.get(disk.register(KEY)).isGood());
        assertEquals(List.of(KEY, KEY), keys());
        List<Registered> all = ClusterRig.get(other.readFullStatus());
        assertEquals(2, all.stream().map(Registered::initiatorPort).distinct().count(), all::toString);
        Set<String> isids = all.stream()
                .map(each -> each.initiatorPort().substring(each.initiatorPort().indexOf(",i,")))
                .collect(Collectors.toSet());
        assertEquals(Set.of(",i,0x400001370000", ",i,0x400001370001"), isids);
        assertTrue(ClusterRig.get(disk.unregister()).isGood());
        assertEquals(List.of(), keys());
    }

    @Test
    void aPathThatComesBackIsRegisteredAgainAndIsTheSameNexus() {
        assertTrue(ClusterRig.get(disk.register(KEY)).isGood());
        assertTrue(ClusterRig.get(disk.reserve(KEY)).isGood());
        for (int drop = 1; drop <= 6; drop++) {
            dropAndWait(rig.node(0).sessions().get(drop % 2));
            assertTrue(ClusterRig.get(disk.rawWrite(1, "drop " + drop)).result().isGood());
            assertEquals(2, ClusterRig.get(disk.paths().usablePaths()));
            assertEquals(drop, disk.paths().reregistrations());
            assertEquals(List.of(KEY, KEY), keys());
            assertTrue(ClusterRig.get(other.readReservation()).isHeldBy(KEY));
        }
    }

    @Test
    void aNewPathWritesOnlyWithTheKey() {
        assertTrue(ClusterRig.get(disk.register(KEY)).isGood());
        assertTrue(ClusterRig.get(disk.reserve(KEY)).isGood());
        InitiatorSession third = ClusterRig.get(rig.node(0).connect(rig.target(0), rig.portal()));
        RemoteUnit unit = new RemoteUnit(third, disk.seen().lun());
        ClusterRig.get(disk.paths().addPath(third, unit));
        assertEquals(List.of(KEY, KEY, KEY), keys());
        for (int i = 0; i < 9; i++) {
            assertTrue(ClusterRig.get(disk.rawWrite(i, "on all paths")).result().isGood());
        }
    }

    /** Plain REGISTER with key 0 is for a nexus without a registration; this one has kept it. */
    @Test
    void aPathThatComesBackWithPlainRegisterMeetsItsOwnRegistration() {
        assertTrue(ClusterRig.get(disk.register(KEY)).isGood());
        assertTrue(ClusterRig.get(disk.changeKey(KEY, KEY + 1)).isGood());
        dropAndWait(rig.node(0).sessions().getFirst());
        assertEquals(2, ClusterRig.get(disk.paths().usablePaths()));
        assertTrue(rig.log().after(0).stream()
                .anyMatch(line -> line.words().contains("on a path that has come")
                        && line.words().contains("RESERVATION CONFLICT")));
        assertEquals(List.of(KEY + 1, KEY + 1), keys());
    }

    @Test
    void aDeadPathKeepsItsRegistrationWhenTheOthersLoseTheirs() {
        assertTrue(ClusterRig.get(disk.register(KEY)).isGood());
        assertTrue(ClusterRig.get(disk.reserve(KEY)).isGood());
        InitiatorSession dead = rig.node(0).sessions().getFirst();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        dead.addListener(new SessionListener() {
            @Override
            public void onLost(InitiatorSession session, InitiatorException why) {
                lost.complete(null);
            }
        });
        dead.drop();
        ClusterRig.get(lost);
        dead.close();
        assertTrue(ClusterRig.get(disk.unregister()).isGood());
        assertEquals(List.of(KEY), keys());
        // The other node gets rid of it, as a challenger does.
        assertTrue(ClusterRig.get(other.register(7)).isGood());
        ScsiResult preempt = ClusterRig.get(other.preempt(KEY, 7));
        assertEquals(ScsiStatus.GOOD, preempt.status());
        assertEquals(List.of(7L, 7L), keys());
    }

    /** RELEASE that comes on a path which does not hold does nothing; that the key goes releases for certain. */
    @Test
    void theReservationGoesAtTheLatestWithTheKey() {
        for (int i = 0; i < 4; i++) {
            assertTrue(ClusterRig.get(disk.register(KEY)).isGood());
            assertTrue(ClusterRig.get(disk.reserve(KEY)).isGood());
            if (i % 2 == 0) {
                ClusterRig.get(disk.readKeys());
            }
            assertTrue(ClusterRig.get(disk.release(KEY)).isGood());
            assertTrue(ClusterRig.get(disk.unregister()).isGood());
            assertEquals(List.of(), keys());
            assertEquals(NodeDisk.Presence.NONE, ClusterRig.get(other.isReservationPresent(KEY)));
        }
    }
}
