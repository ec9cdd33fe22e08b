package dev.kume.protocol.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.cluster.ClusterRig;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A validation from the first login to the last logout, and what can come between. */
final class ClusterValidatorTest {
    @TempDir
    Path directory;

    private ClusterRig rig;
    private ValidatedRig validated;

    @BeforeEach
    void open() throws IOException {
        rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 1, 1));
        validated = new ValidatedRig(rig);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static void assertCanceled(ValidationReport report, int from) {
        for (TestResult result : report.results().subList(from, report.results().size())) {
            assertEquals(Outcome.CANCELED, result.outcome(), () -> result.name() + ": " + result.reason());
        }
    }

    private static String reason(ValidationReport report, int index) {
        return report.results().get(index).reason();
    }

    private NodeDisk disk() {
        return rig.disks(0).getFirst();
    }

    @Test
    void allTestsSucceedAndNothingIsLeft() throws IOException {
        validated.restores = true;
        validated.paths = 2;
        byte[] before = Files.readAllBytes(directory.resolve("vdisk0"));
        ValidationReport report = validated.run();
        assertEquals(Outcome.SUCCESS, report.outcome(), report.results()::toString);
        assertEquals(StorageValidation.TESTS, report.results().size());
        assertEquals(List.of(), report.notes());
        assertEquals(List.of(2, 2), report.disks().getFirst().paths());
        assertTrue(ClusterRig.get(disk().readKeys()).keys().isEmpty());
        assertTrue(java.util.Arrays.equals(before, Files.readAllBytes(directory.resolve("vdisk0"))));
        assertTrue(report.results().stream()
                .flatMap(result -> result.lines().stream())
                .anyMatch(line -> line.exchange() != null
                        && line.exchange()
                                .command()
                                .startsWith("PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY (06h), key 0,")));
    }

    /** The nodes that are logged in already are not in the way of those that validate. */
    @Test
    void whatSomebodyElseWroteMeanwhileStays() throws IOException {
        validated.restores = true;
        validated.progress = (number, name) -> {
            if (name.contains("Spaces")) {
                NodeDisk disk = disk();
                ByteBuffer theirs = NodeDisk.sector("somebody else's");
                ClusterRig.get(disk.client().write(NodeDisk.SCRATCH_Y, theirs, 512, false));
            }
        };
        ValidationReport report = validated.run();
        assertEquals(1, report.notes().size(), report.notes()::toString);
        assertTrue(report.notes().getFirst().contains("block 56"), report.notes()::toString);
        assertEquals(
                NodeDisk.sector("somebody else's"),
                ClusterRig.get(disk().rawRead(NodeDisk.SCRATCH_Y)).data());
    }

    @Test
    void aPortalThatNobodyListensAt() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        ValidationReport report = validated.run(nobody, rig.target(0), rig.target(1));
        assertEquals(Outcome.FAILED, report.outcome());
        assertTrue(reason(report, 0).contains("127.0.0.1:" + port), reason(report, 0));
        assertCanceled(report, 2);
    }

    /** It takes the connection and says nothing, for as long as a login may take. */
    @Test
    void aPortalThatSaysNothing() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            validated.step = Duration.ofMillis(300);
            InetSocketAddress portal = new InetSocketAddress(InetAddress.getLoopbackAddress(), silent.getLocalPort());
            ValidationReport report = validated.run(portal, rig.target(0), rig.target(1));
            assertEquals(Outcome.FAILED, report.results().getFirst().outcome());
            assertTrue(reason(report, 0).contains("no answer within"), reason(report, 0));
            assertCanceled(report, 1);
        }
    }

    @Test
    void aTargetThatIsNotThere() {
        ValidationReport report = validated.run(rig.portal(), rig.target(0), "iqn.2026-11.dev.kume:nowhere");
        assertTrue(reason(report, 0).contains("logging in from node hv-node1"), reason(report, 0));
        assertTrue(reason(report, 0).contains("login refused"), reason(report, 0));
        assertCanceled(report, 2);
    }

    @Test
    void aLunThatIsNotThere() {
        validated.lun = 7;
        ValidationReport report = validated.run();
        assertTrue(
                reason(report, 0).contains("expected its LUN among those that the target reports, saw LUNs [0]"),
                reason(report, 0));
        assertCanceled(report, 2);
    }

    /** The silence begins in the middle: what is left is not tried against nobody. */
    @Test
    void aTargetThatFallsSilent() {
        AtomicInteger test = new AtomicInteger();
        validated.step = Duration.ofMillis(500);
        validated.progress = (number, name) -> test.set(number);
        validated.wire =
                (target, unit) -> command -> test.get() == 5 ? new CompletableFuture<>() : unit.execute(command);
        ValidationReport report = validated.run();
        TestResult silent = report.results().get(5);
        assertEquals(Outcome.FAILED, silent.outcome());
        assertTrue(silent.reason().contains("no answer within"), silent::reason);
        assertCanceled(report, 6);
        assertTrue(reason(report, 6).startsWith("the target does not answer any more"), reason(report, 6));
    }

    @Test
    void aStopLeavesNoKeyBehind() {
        validated.progress = (number, name) -> {};
        validated.wire = (target, unit) -> command -> {
            if (command.operationCode() == 0x5F && command.serviceAction() == 1) {
                validated.stop.ask("stopped by a test");
            }
            return unit.execute(command);
        };
        ValidationReport report = validated.run();
        assertEquals(Outcome.CANCELED, report.outcome());
        assertEquals(Outcome.SUCCESS, report.results().get(4).outcome());
        assertCanceled(report, 5);
        assertEquals("stopped by a test", reason(report, 6));
        assertTrue(ClusterRig.get(disk().readKeys()).keys().isEmpty());
    }

    @Test
    void withoutConsentNothingIsWritten() throws IOException {
        List<SeenDisk> asked = new ArrayList<>();
        validated.consent = disks -> {
            asked.addAll(disks);
            return false;
        };
        byte[] before = Files.readAllBytes(directory.resolve("vdisk0"));
        ValidationReport report = validated.run();
        assertEquals(1, asked.size());
        assertEquals("KUME Virtual Disk", asked.getFirst().model());
        assertEquals(ClusterRig.DISK_BYTES, asked.getFirst().capacity().bytes());
        assertEquals(Outcome.CANCELED, report.outcome());
        assertEquals(Outcome.SUCCESS, ValidatedRig.named(report, "mpio-disks").outcome());
        assertEquals(
                Outcome.CANCELED, ValidatedRig.named(report, "access-latency").outcome());
        assertTrue(java.util.Arrays.equals(before, Files.readAllBytes(directory.resolve("vdisk0"))));
    }

    @Test
    void aDiskOfStrangersIsLeftAlone() {
        assertTrue(ClusterRig.get(disk().register(0xB5)).isGood());
        ValidationReport report = validated.run();
        TestResult list = ValidatedRig.named(report, "potential-cluster-disks");
        assertEquals(Outcome.FAILED, list.outcome());
        assertTrue(list.reason().contains("1 key(s) are registered, the first of them b5"), list::reason);
        assertEquals(List.of(0xB5L), ClusterRig.get(disk().readKeys()).keys());
    }

    /** A run that ended without a word: its node is another port than any of this run. */
    @Test
    void whatAnEarlierRunHasLeftIsClearedAway() {
        long key = 0x1234_0000_0000L | StorageSteps.KEY_MARK;
        assertTrue(ClusterRig.get(disk().register(key)).isGood());
        assertTrue(ClusterRig.get(disk().reserve(key)).isGood());
        ValidationReport report = validated.run();
        assertEquals(Outcome.SUCCESS, report.outcome(), report.results()::toString);
        assertFalse(ClusterRig.get(disk().readReservation()).isHeld());
    }

    @Test
    void itsPortsAreKnownForWhatTheyAre() {
        assertTrue(ClusterValidator.isValidator(0x80_4B56_4C_0003L));
        assertFalse(
                ClusterValidator.isValidator(rig.node(0).sessions().getFirst().isid()));
    }
}
