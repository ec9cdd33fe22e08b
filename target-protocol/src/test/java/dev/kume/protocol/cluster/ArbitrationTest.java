package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.ScsiResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes fight for disks. The times are those of Windows in proportion; a thousand fights are two hundred disks at once,
 * so that the machine's delays are small beside the times. {@code -Dkume.full=true} adds a run with Windows' own times.
 */
final class ArbitrationTest {
    private static final ArbitrationTimes SCALED = ArbitrationTimes.scaled(Duration.ofMillis(150));
    private static final int DISKS = 200;
    private static final int ROUNDS = Boolean.getBoolean("kume.full") ? 25 : 5;

    @TempDir
    Path directory;

    private long lastKey;

    /** All disks, for each node. */
    private static List<List<NodeDisk>> disks(ClusterRig rig) {
        List<List<NodeDisk>> all = new ArrayList<>();
        for (int i = 0; i < rig.nodes().size(); i++) {
            all.add(rig.disks(i));
        }
        return all;
    }

    private List<CompletableFuture<Boolean>> arbitrate(List<NodeDisk> disks) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (NodeDisk disk : disks) {
            all.add(disk.arbitrate(++lastKey));
        }
        return all;
    }

    private static int won(List<CompletableFuture<Boolean>> fights) {
        int won = 0;
        for (CompletableFuture<Boolean> fight : fights) {
            won += ClusterRig.get(fight) ? 1 : 0;
        }
        return won;
    }

    private static void stopDefence(List<NodeDisk> disks) {
        List<CompletableFuture<ScsiResult>> all =
                disks.stream().map(NodeDisk::stopDefence).toList();
        all.forEach(each -> assertTrue(ClusterRig.get(each).isGood()));
    }

    private static void assertWrites(boolean expected, List<NodeDisk> disks, String content) {
        List<CompletableFuture<NodeDisk.Access>> all = disks.stream()
                .map(disk -> disk.rawWrite(NodeDisk.SCRATCH_X, content))
                .toList();
        for (CompletableFuture<NodeDisk.Access> each : all) {
            NodeDisk.Access access = ClusterRig.get(each);
            assertEquals(expected, access.result().isGood(), access.result()::toString);
            assertEquals(!expected, access.isConflict(), access.result()::toString);
        }
    }

    @Test
    void anOwnerThatDefendsAlwaysStaysTheOwner() throws IOException {
        try (ClusterRig rig = new ClusterRig(
                directory, Plan.of(Layout.TARGET_EACH, 2, 1, DISKS).withTimes(SCALED))) {
            List<List<NodeDisk>> disks = disks(rig);
            for (int round = 0; round < ROUNDS; round++) {
                List<NodeDisk> owner = disks.get(round % 2);
                List<NodeDisk> challenger = disks.get((round + 1) % 2);
                assertEquals(DISKS, won(arbitrate(owner)), rig.log().after(0)::toString);
                assertEquals(0, won(arbitrate(challenger)), rig.log().after(0)::toString);
                assertTrue(owner.stream().allMatch(disk -> disk.arbiter().isOwner()));
                assertWrites(true, owner, "owner");
                assertWrites(false, challenger, "challenger");
                stopDefence(owner);
            }
        }
    }

    @Test
    void aFrozenOwnerAlwaysLosesAndFindsOut() throws IOException {
        try (ClusterRig rig = new ClusterRig(
                directory, Plan.of(Layout.TARGET_EACH, 2, 1, DISKS).withTimes(SCALED))) {
            List<List<NodeDisk>> disks = disks(rig);
            for (int round = 0; round < ROUNDS; round++) {
                int frozen = round % 2;
                List<NodeDisk> owner = disks.get(frozen);
                List<NodeDisk> challenger = disks.get(1 - frozen);
                assertEquals(DISKS, won(arbitrate(owner)));
                assertWrites(true, owner, "before");
                List<CompletableFuture<Void>> losses =
                        owner.stream().map(disk -> disk.arbiter().lost()).toList();
                rig.machine(frozen).freeze();
                assertEquals(DISKS, won(arbitrate(challenger)));
                assertWrites(true, challenger, "after");
                rig.machine(frozen).thaw();
                assertWrites(false, owner, "too late");
                losses.forEach(ClusterRig::get);
                assertTrue(owner.stream().noneMatch(disk -> disk.arbiter().isOwner()));
                assertTrue(challenger.stream().allMatch(disk -> disk.arbiter().isOwner()));
                stopDefence(challenger);
            }
        }
    }

    @Test
    void anOwnerWhoseConnectionsAreCutWithoutAWordLoses() throws IOException {
        try (ClusterRig rig =
                new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 2, 20).withTimes(SCALED))) {
            for (int round = 0; round < 3; round++) {
                int dead = round % 2;
                List<NodeDisk> challenger = rig.disks(1 - dead);
                assertEquals(20, won(arbitrate(rig.disks(dead))));
                rig.machine(dead).crash();
                assertEquals(20, won(arbitrate(challenger)));
                assertWrites(true, challenger, "after");
                rig.machine(dead).boot(Initiator.ISID_WINDOWS + 2L * round);
                rig.connect(dead);
                List<NodeDisk> back = rig.disks(dead);
                assertWrites(false, back, "back again");
                assertEquals(0, won(arbitrate(back)), "the new owner defends");
                stopDefence(challenger);
            }
        }
    }

    @Test
    void ofNodesThatArbitrateAtOnceExactlyOneWins() throws IOException {
        try (ClusterRig rig = new ClusterRig(
                directory, Plan.of(Layout.TARGET_EACH, 4, 1, DISKS).withTimes(SCALED))) {
            List<List<NodeDisk>> disks = disks(rig);
            for (int round = 0; round < ROUNDS; round++) {
                int nodes = 2 + round % 3;
                List<List<CompletableFuture<Boolean>>> fights = new ArrayList<>();
                disks.subList(0, nodes).forEach(each -> fights.add(arbitrate(each)));
                assertOneWinner(disks, fights, nodes);
            }
        }
    }

    /** The owner is dead, and all others want its disks at once. */
    @Test
    void ofManyThatChallengeADeadOwnerExactlyOneWins() throws IOException {
        try (ClusterRig rig = new ClusterRig(
                directory, Plan.of(Layout.TARGET_EACH, 4, 1, DISKS).withTimes(SCALED))) {
            List<List<NodeDisk>> disks = disks(rig);
            List<NodeDisk> owner = disks.getLast();
            assertEquals(DISKS, won(arbitrate(owner)));
            rig.machine(3).freeze();
            List<List<CompletableFuture<Boolean>>> fights = new ArrayList<>();
            disks.subList(0, 3).forEach(each -> fights.add(arbitrate(each)));
            assertOneWinner(disks, fights, 3);
            rig.machine(3).thaw();
        }
    }

    private static void assertOneWinner(
            List<List<NodeDisk>> disks, List<List<CompletableFuture<Boolean>>> fights, int nodes) {
        List<NodeDisk> winners = new ArrayList<>();
        List<NodeDisk> losers = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            for (int disk = 0; disk < DISKS; disk++) {
                boolean won = ClusterRig.get(fights.get(node).get(disk));
                (won ? winners : losers).add(disks.get(node).get(disk));
            }
        }
        assertEquals(
                DISKS,
                winners.stream().map(disk -> disk.seen().serial()).distinct().count());
        assertEquals(DISKS, winners.size());
        assertWrites(true, winners, "won");
        assertWrites(false, losers, "lost");
        stopDefence(winners);
    }

    /** Of preemptions that cross exactly one succeeds: the key that it names is gone for all others. */
    @Test
    void ofRacingPreemptionsExactlyOneWins() throws IOException {
        int rounds = Boolean.getBoolean("kume.full") ? 50 : 5;
        try (ClusterRig rig = new ClusterRig(
                directory, Plan.of(Layout.TARGET_EACH, 3, 1, DISKS).withTimes(SCALED))) {
            List<List<NodeDisk>> disks = disks(rig);
            for (int round = 0; round < rounds; round++) {
                for (int node = 0; node < 3; node++) {
                    long key = node + 1;
                    all(disks.get(node), disk -> disk.register(key));
                }
                int holder = round % 3;
                all(disks.get(holder), disk -> disk.reserve(holder + 1));
                int first = (holder + 1) % 3;
                int second = (holder + 2) % 3;
                List<CompletableFuture<ScsiResult>> one = start(disks.get(first), holder + 1, first + 1);
                List<CompletableFuture<ScsiResult>> two = start(disks.get(second), holder + 1, second + 1);
                for (int disk = 0; disk < DISKS; disk++) {
                    boolean firstWon = ClusterRig.get(one.get(disk)).isGood();
                    assertEquals(!firstWon, ClusterRig.get(two.get(disk)).isGood());
                    PersistentReserve.Held held =
                            ClusterRig.get(disks.get(holder).get(disk).readReservation());
                    assertTrue(held.isHeldBy((firstWon ? first : second) + 1), held::toString);
                    assertFalse(ClusterRig.get(disks.get(0).get(disk).findKey(holder + 1)));
                }
                all(disks.get(first), disk -> disk.clearReservations(first + 1));
            }
        }
    }

    private static List<CompletableFuture<ScsiResult>> start(List<NodeDisk> disks, long victim, long key) {
        return disks.stream().map(disk -> disk.preempt(victim, key)).toList();
    }

    private static void all(List<NodeDisk> disks, Function<NodeDisk, CompletableFuture<ScsiResult>> command) {
        List<CompletableFuture<ScsiResult>> all = disks.stream().map(command).toList();
        all.forEach(each -> assertTrue(ClusterRig.get(each).isGood()));
    }

    /** Three seconds and seven: owner alive, then frozen, then all at once. */
    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void withTheTimesOfWindows() throws IOException {
        Plan plan = Plan.of(Layout.TARGET_EACH, 3, 2, 4).withTimes(ArbitrationTimes.WINDOWS);
        try (ClusterRig rig = new ClusterRig(directory, plan)) {
            List<List<NodeDisk>> disks = disks(rig);
            assertEquals(4, won(arbitrate(disks.get(0))));
            assertEquals(0, won(arbitrate(disks.get(1))));
            rig.machine(0).freeze();
            long begun = System.nanoTime();
            assertEquals(4, won(arbitrate(disks.get(1))));
            long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
            assertTrue(seconds >= 7 && seconds < 10, () -> "failover in %d s".formatted(seconds));
            rig.machine(0).thaw();
            assertWrites(false, disks.get(0), "too late");
            stopDefence(disks.get(1));
            List<CompletableFuture<Boolean>> all = new ArrayList<>();
            disks.forEach(each -> all.addAll(arbitrate(each)));
            assertEquals(4, won(all));
            assertTrue(disks.stream()
                    .flatMap(List::stream)
                    .allMatch(disk -> disk.paths().slowestReservationNanos() < 200_000_000L));
        }
    }
}
