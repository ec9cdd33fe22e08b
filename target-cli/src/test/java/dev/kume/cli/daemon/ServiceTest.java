package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.daemon.RunningManagement.Reply;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.core.nexus.AccessState;
import dev.kume.protocol.login.ChapAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reload and drain over the management socket, with a fake server behind it. */
final class ServiceTest {
    private static final String SAN = "  - {name: san, tag: 7, listen: [10.0.0.1:3260]}\n";
    private static final String LAN = "  - {name: lan, tag: 8, listen: [10.0.0.2:3260]}\n";

    /** Of the race between an answer and the end of the daemon. */
    private static final int ROUNDS = 50;

    @TempDir
    Path folder;

    @Test
    void portalsAreAppliedAndTheRestIsSaidToNeedARestart() throws Exception {
        settings(SAN, "host: other\nlimits: {disks: 5}\n");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(200, reply.status(), reply::toString);
            assertEquals(
                    List.of("portals.san applied", "host needs a restart", "limits.disks needs a restart"),
                    outcomes(reply));
            assertEquals(
                    List.of(new PortalSettings("san", 7, List.of(ListenAddress.parse("10.0.0.1:3260")))),
                    daemon.exports.opened);
            assertEquals(
                    List.of("host needs a restart", "limits.disks needs a restart"),
                    outcomes(daemon.post(ApiPaths.RELOAD, "")));
            settings(SAN.replace("10.0.0.1", "10.0.0.9") + LAN, "");
            assertEquals(
                    List.of("portals.san applied", "portals.lan applied"), outcomes(daemon.post(ApiPaths.RELOAD, "")));
            settings(LAN, "");
            assertEquals(List.of("portals.san applied"), outcomes(daemon.post(ApiPaths.RELOAD, "")));
            assertEquals(1, daemon.exports.opened.size());
        }
    }

    @Test
    void thePulseIsNotFeltWhileAnEventLoopHangs() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            assertEquals(
                    "Serving 0 sessions and 0 disks; 0 disks offline, 0 alarms", daemon.pulse(Duration.ofSeconds(10)));
            CompletableFuture<Void> hangs = new CompletableFuture<>();
            daemon.exports.loopsAnswer = hangs;
            IOException none = assertThrows(IOException.class, () -> daemon.pulse(Duration.ofMillis(20)));
            assertEquals("the management API does not answer within 20 ms", none.getMessage());
            hangs.complete(null);
            assertTrue(daemon.pulse(Duration.ofSeconds(10)).startsWith("Serving 0 sessions"));
        }
    }

    @Test
    void accessStatesOfPortalsAreLiveAndAluaIsNot() throws Exception {
        settings(SAN, "alua: implicit\n");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            assertEquals(
                    List.of("portals.san applied", "alua needs a restart"), outcomes(daemon.post(ApiPaths.RELOAD, "")));
            settings(SAN.replace("}", ", alua: non-optimized}"), "alua: implicit\n");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(List.of("portals.san applied", "alua needs a restart"), outcomes(reply));
            assertTrue(reply.toString().contains("is non-optimized instead of optimized"), reply::toString);
            assertEquals(
                    AccessState.NON_OPTIMIZED, daemon.exports.opened.getFirst().access());
        }
    }

    @Test
    void whatIsDoneAboutUnreservedWritersIsLive() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post(ApiPaths.RELOAD, "");
            settings(SAN, "guards: {unreservedWriters: freeze}\n");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(List.of("guards.unreservedWriters applied"), outcomes(reply));
            assertTrue(reply.toString().contains("was alarm and is to be freeze"), reply::toString);
            assertEquals(UnreservedWriters.FREEZE, daemon.exports.unreservedWriters);
            assertEquals(List.of(), outcomes(daemon.post(ApiPaths.RELOAD, "")));
        }
    }

    @Test
    void whatIsWorthAnAlarmIsLive() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post(ApiPaths.RELOAD, "");
            settings(SAN, "alerts: {nodeGraceSeconds: 30}\n");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(List.of("alerts applied"), outcomes(reply));
            assertTrue(reply.toString().contains("nodeGraceSeconds: 30"), reply::toString);
            assertEquals(30, daemon.exports.alertSettings.nodeGraceSeconds());
        }
    }

    @Test
    void formatAndLevelOfTheLogAreLiveAndItsFileIsNot() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post(ApiPaths.RELOAD, "");
            settings(SAN, "log: {format: json, level: warn, file: /var/log/kume/kume.log}\n");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(
                    List.of("log.format applied", "log.level applied", "log.file needs a restart"), outcomes(reply));
            assertEquals(List.of("log.file needs a restart"), outcomes(daemon.post(ApiPaths.RELOAD, "")));
        }
    }

    @Test
    void theDigestsOfChapAreLive() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post(ApiPaths.RELOAD, "");
            settings(SAN, "authentication: {chapAlgorithms: [SHA-256]}\n");
            assertEquals(List.of("authentication.chapAlgorithms applied"), outcomes(daemon.post(ApiPaths.RELOAD, "")));
            assertEquals(List.of(ChapAlgorithm.SHA_256), daemon.exports.algorithms);
            assertEquals(List.of(), outcomes(daemon.post(ApiPaths.RELOAD, "")));
        }
    }

    @Test
    void aFileThatIsWrongChangesNothingAndItsPlaceIsNamed() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            settings(SAN, "limits: {stopSecond: 5}\n");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(400, reply.status());
            assertEquals(
                    "%s:7:10: unknown key 'stopSecond'; did you mean stopSeconds?; nothing was changed"
                            .formatted(folder.resolve("kume.yaml")),
                    reply.error());
            assertEquals(List.of(), daemon.exports.opened);
        }
    }

    @Test
    void aTagStaysWhileItsPortalIsOpen() throws Exception {
        settings(SAN, "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post(ApiPaths.RELOAD, "");
            settings(SAN.replace("tag: 7, ", ""), "");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(400, reply.status());
            assertTrue(
                    reply.error()
                            .contains("kume.yaml:6:5: portal 'san' is open with tag 7, by which initiators know it, and"
                                    + " would have 1; write tag: 7"),
                    reply::error);
        }
    }

    @Test
    void aPortalThatTargetsAreTiedToStays() throws Exception {
        settings(SAN + LAN.replace("lan", "iscsi"), "");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.post(ApiPaths.RELOAD, "");
            Reply tied = daemon.post(ApiPaths.TARGETS, "{\"name\":\"hv1\",\"portals\":[\"iscsi\"]}");
            assertEquals(201, tied.status(), tied::toString);
            settings(SAN, "");
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(400, reply.status());
            assertTrue(
                    reply.error()
                            .contains("portal 'iscsi' is missing, and targets are tied to it: hv1; tie them to another"
                                    + " portal first"),
                    reply::error);
            assertEquals(2, daemon.exports.opened.size());
        }
    }

    @Test
    void builtInSettingsHaveNoFileToReadAgain() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            Reply reply = daemon.post(ApiPaths.RELOAD, "");
            assertEquals(409, reply.status());
            assertTrue(reply.error().contains("start it with kume serve --config FILE"), reply::error);
        }
    }

    @Test
    void aDrainRefusesChangesTellsWhoIsLeftAndEndsWhenThatWasHeard() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.exports.connect(5, "iqn.1991-05.com.microsoft:hv1", "iqn.2026-11.dev.kume:hv1");
            assertEquals(404, daemon.get(ApiPaths.DRAIN).status());
            Reply begun = daemon.post(ApiPaths.DRAIN, "{\"timeoutSeconds\":30}");
            assertEquals(202, begun.status(), begun::toString);
            assertEquals("draining", begun.body().path("state").asText());
            assertEquals(30, begun.body().path("timeoutSeconds").asInt());
            assertEquals(5, begun.body().path("left").path(0).path("id").asLong());
            assertEquals(
                    "draining", daemon.get(ApiPaths.STATUS).body().path("state").asText());
            Reply refused = daemon.post(ApiPaths.TARGETS, "{\"name\":\"hv1\"}");
            assertEquals(503, refused.status());
            assertEquals("the daemon drains; start it again and repeat", refused.error());
            assertEquals(503, daemon.post(ApiPaths.RELOAD, "").status());
            assertEquals(503, daemon.post(ApiPaths.DRAIN, "{}").status());
            assertFalse(daemon.drained());
            daemon.exports.drained.complete(List.copyOf(daemon.exports.sessions));
            assertFalse(daemon.drained(), "who was cut has not been heard yet");
            Reply over = daemon.get(
                    ApiPaths.drainChange(begun.body().path("revision").asLong(), 10));
            assertEquals("drained", over.body().path("state").asText());
            assertEquals(
                    "iqn.1991-05.com.microsoft:hv1",
                    over.body().path("cut").path(0).path("initiator").asText());
            assertTrue(daemon.drained());
        }
    }

    @Test
    void theAnswerThatADrainIsOverLeavesWholeThoughTheDaemonStopsAtOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (RunningManagement daemon = RunningManagement.in(folder)) {
                daemon.exports.drained.complete(List.of());
                daemon.stopWhenDrained();
                Reply over = daemon.post(ApiPaths.DRAIN, "{\"timeoutSeconds\":30}");
                assertEquals(202, over.status(), over::toString);
                assertEquals("drained", over.body().path("state").asText());
            }
        }
    }

    @Test
    void aTimeThatIsNoneIsRefused() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            Reply refused = daemon.post(ApiPaths.DRAIN, "{\"timeoutSeconds\":0}");
            assertEquals(400, refused.status());
            assertEquals("timeoutSeconds is 0; give a number from 1 to 3600", refused.error());
            assertEquals(
                    "ready", daemon.get(ApiPaths.STATUS).body().path("state").asText());
        }
    }

    private static List<String> outcomes(Reply reply) {
        return reply.body()
                .path("changes")
                .valueStream()
                .map(change -> change.path("key").asText() + " "
                        + change.path("outcome").asText())
                .toList();
    }

    private void settings(String portals, String more) throws IOException {
        Files.writeString(
                folder.resolve("kume.yaml"), """
                schemaVersion: 1
                stateDirectory: %1$s/state
                diskDirectory: %1$s/disks
                admin: {socket: %1$s/run/admin.sock}
                portals:
                """.formatted(folder) + portals + more + "metrics: {listen: none}\n");
    }
}
