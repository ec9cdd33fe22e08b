package dev.kume.cli.ownership;

import static dev.kume.cli.ownership.SampleScene.QUORUM;
import static dev.kume.cli.ownership.SampleScene.SHARED;
import static dev.kume.cli.ownership.SampleScene.VMS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ClusterVerifyView;
import dev.kume.cli.api.ClusterVerifyView.Step;
import dev.kume.cli.api.InitiatorView;
import dev.kume.core.reservation.ReservationType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which steps are ticked off, as a cluster comes into being. */
final class ClusterStepsTest {
    private static List<String> done(ClusterVerifyView verified) {
        return verified.steps().stream()
                .filter(step -> step.state().equals(Step.DONE))
                .map(Step::id)
                .toList();
    }

    private static Step step(ClusterVerifyView verified, String id) {
        return verified.steps().stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void assertOpen(String state, String detail, String next, Step step) {
        assertEquals(state, step.state());
        assertEquals(detail, step.detail());
        assertTrue(Objects.requireNonNull(step.next()).contains(next), step.next());
    }

    @Test
    void ofADeclaredClusterThePortalIsOpen() {
        ClusterVerifyView verified = SampleScene.declared(2).steps();
        assertEquals(List.of("portal-open"), done(verified));
        assertEquals(1, verified.done());
        assertEquals(9, verified.open());
        assertOpen(
                Step.OPEN,
                "never seen: hv-node1 and hv-node2",
                "kume cluster script HV --powershell",
                step(verified, "discovered"));
        for (Step step : verified.steps()) {
            assertEquals(step.state().equals(Step.DONE), step.next() == null, step.id());
        }
    }

    @Test
    void nodesThatHaveLookedForTargetsAreDiscovered() {
        SampleScene scene = SampleScene.declared(2)
                .seen(SampleScene.iqn(1), InitiatorView.DISCOVERY, null, Duration.ofMinutes(1), null)
                .seen(SampleScene.iqn(2), InitiatorView.DISCOVERY, null, Duration.ofMinutes(1), null);
        assertEquals(List.of("portal-open", "discovered"), done(scene.steps()));
        assertOpen(
                Step.OPEN,
                "not logged in: hv-node1 and hv-node2",
                "run it on hv-node1 and hv-node2",
                step(scene.steps(), "logged-in"));
    }

    @Test
    void aNodeThatWasRefusedIsAProblem() {
        ClusterVerifyView verified = SampleScene.connected(1)
                .logout(1, 1)
                .logout(1, 2)
                .seen(
                        SampleScene.iqn(1),
                        InitiatorView.REFUSED,
                        SampleScene.targetIqn(1),
                        Duration.ZERO,
                        "wrong secret")
                .steps();
        assertOpen(
                Step.PROBLEM,
                "hv-node1 was refused: wrong secret",
                "kume target show hv-node1",
                step(verified, "logged-in"));
    }

    @Test
    void aMissingPathIsNamed() {
        ClusterVerifyView verified = SampleScene.connected(2).logout(2, 2).steps();
        assertOpen(
                Step.OPEN,
                "hv-node2 has none through 192.168.20.1:3260",
                "--node hv-node2",
                step(verified, "all-paths"));
    }

    @Test
    void connectedNodesHaveDisksToLookAt() {
        ClusterVerifyView verified = SampleScene.connected(2)
                .used(QUORUM, 1, 1, Duration.ZERO, null)
                .used(VMS, 1, 1, Duration.ZERO, null)
                .used(SHARED, 1, 1, Duration.ZERO, null)
                .used(SHARED, 2, 1, Duration.ZERO, null)
                .steps();
        assertEquals(List.of("portal-open", "discovered", "logged-in", "all-paths"), done(verified));
        assertOpen(
                Step.OPEN,
                "hv-node2: not quorum and vms",
                "on hv-node2: Update-HostStorageCache",
                step(verified, "disks-seen"));
        assertOpen(
                Step.OPEN,
                "never written: quorum, vms and shared",
                "--node hv-node1",
                step(verified, "disks-prepared"));
    }

    @Test
    void aFormedClusterLacksItsTest() {
        ClusterVerifyView verified = all(SampleScene.formed(2)).steps();
        assertEquals(9, verified.done(), verified.steps().toString());
        assertOpen(
                Step.OPEN,
                "none has been held by two nodes, as far as is remembered",
                "kume cluster timeline HV",
                step(verified, "taken-over"));
    }

    private static SampleScene all(SampleScene scene) {
        for (String disk : List.of(QUORUM, VMS, SHARED)) {
            scene.used(disk, 1, 1, Duration.ZERO, Duration.ZERO).used(disk, 2, 1, Duration.ZERO, null);
        }
        return scene;
    }

    @Test
    void afterATakeoverAllIsDone() {
        ClusterVerifyView verified = all(SampleScene.formed(2)
                        .preempt(VMS, 2)
                        .register(VMS, 2, 1)
                        .register(VMS, 2, 2))
                .steps();
        assertEquals(0, verified.open(), verified.steps().toString());
        assertEquals("vms (hv-node1, hv-node2)", step(verified, "taken-over").detail());
        verified.steps().forEach(step -> assertNull(step.next()));
    }

    @Test
    void aDefenderThatPreemptsAChallengerHasNotTakenOver() {
        SampleScene scene = all(SampleScene.formed(2).register(VMS, 2, 1).preempt(VMS, 1));
        assertEquals(Step.OPEN, step(scene.steps(), "taken-over").state());
    }

    @Test
    void aHolderThatIsNoNodeIsAProblem() {
        var stranger = new dev.kume.core.nexus.ITNexus("iqn.2026-11.x:laptop", 7, SampleScene.targetIqn(1), 1);
        ClusterVerifyView verified = SampleScene.formed(2)
                .register(VMS, stranger, 0x99, false)
                .hold(VMS, stranger, ReservationType.WRITE_EXCLUSIVE)
                .steps();
        assertOpen(
                Step.PROBLEM,
                "held by a host that is of no node: vms by iqn.2026-11.x:laptop",
                "kume cluster status HV",
                step(verified, "held"));
    }

    @Test
    void aDiskThatIsOfflineIsAProblem() {
        Step step = step(SampleScene.connected(2).offline(VMS, "gone").steps(), "disks-seen");
        assertOpen(Step.PROBLEM, "disk vms is offline", "kume disk online vms", step);
    }

    @Test
    void aWitnessThatNobodyHoldsIsAStepOfItsOwn() {
        ClusterVerifyView verified = SampleScene.formed(2).release(QUORUM).steps();
        assertOpen(Step.OPEN, "nobody holds quorum", "-NodeAndDiskMajority quorum", step(verified, "witness"));
        assertEquals(Step.DONE, step(verified, "held").state());
        assertNotNull(step(verified, "registered").next());
    }
}
