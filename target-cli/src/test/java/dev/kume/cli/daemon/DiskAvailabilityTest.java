package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk goes offline and comes back while the daemon runs. */
final class DiskAvailabilityTest {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";

    @TempDir
    Path folder;

    private RunningManagement kume;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        kume = RunningManagement.in(folder);
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\"}");
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"hv-node1\"}");
        file = Path.of(disk().path("file").asText());
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    private JsonNode disk() throws IOException {
        return kume.get(ApiPaths.disk("a")).body();
    }

    private RunningManagement.Reply offline(boolean force) throws IOException {
        return kume.post(ApiPaths.diskOffline("a", force), "");
    }

    private RunningManagement.Reply online() throws IOException {
        return kume.post(ApiPaths.diskOnline("a"), "");
    }

    private OpenDisk served() {
        return kume.exports.disks.values().iterator().next();
    }

    @Test
    void itsFileIsClosedAndOpenedAgain() throws Exception {
        assertThrows(StoreLockedException.class, () -> LocalFiles.ofThisHost().open(file, false));
        RunningManagement.Reply gone = offline(false);
        assertEquals(200, gone.status());
        assertEquals("offline", gone.body().path("status").asText());
        assertEquals(
                "it was taken offline; run 'kume disk online a'",
                gone.body().path("statusReason").asText());
        assertEquals("it was taken offline; run 'kume disk online a'", served().offlineReason());
        try (BackingStore own = LocalFiles.ofThisHost().open(file, false)) {
            assertEquals((1 << 20) + 512, own.sizeBytes());
            assertEquals(
                    "disk 'a' stays offline: the file %s is in use by another process; stop that and run 'kume disk online a'; null"
                            .formatted(file),
                    online().error());
        }
        assertEquals("idle", online().body().path("status").asText());
        assertEquals(1 << 20, served().disk().info().sizeBytes());
        assertThrows(StoreLockedException.class, () -> LocalFiles.ofThisHost().open(file, false));
    }

    @Test
    void bothAreDoneOnceAndMayBeAskedTwice() throws Exception {
        assertEquals(200, online().status());
        assertEquals("idle", disk().path("status").asText());
        offline(false);
        assertEquals(200, offline(false).status());
        assertEquals("offline", disk().path("status").asText());
        assertEquals(200, online().status());
        assertEquals(404, kume.post(ApiPaths.diskOnline("b"), "").status());
        assertEquals(404, kume.post(ApiPaths.diskOffline("b", true), "").status());
    }

    @Test
    void whatKeptItOfflineIsGone() throws Exception {
        byte[] content = Files.readAllBytes(file);
        stop();
        Path away = Files.move(file, folder.resolve("away"));
        kume = RunningManagement.in(folder);
        assertEquals("offline", disk().path("status").asText());
        RunningManagement.Reply refused = online();
        assertEquals(500, refused.status());
        assertTrue(refused.error().startsWith("disk 'a' stays offline: the file " + file), refused.error());
        Files.move(away, file);
        assertEquals(200, online().status());
        assertEquals("idle", disk().path("status").asText());
        assertArrayEquals(content, Files.readAllBytes(file));
    }

    @Test
    void aDiskInUseIsTakenAwayByForceAlone() throws Exception {
        kume.exports.connect(1, NODE1, "iqn.2026-11.dev.kume:store1-hv-node1");
        RunningManagement.Reply refused = offline(false);
        assertEquals(8, refused.exitCode());
        assertEquals(
                "disk 'a' is LUN 0 of target 'hv-node1', where " + NODE1
                        + " is connected; take it offline at the initiator, or use --force to take it away under it",
                refused.error());
        assertEquals("in use", disk().path("status").asText());
        assertEquals(200, offline(true).status());
        assertEquals(1, kume.exports.sessions.size(), "the session stays");
        assertEquals("offline", disk().path("status").asText());
    }

    @Test
    void aResizeThatACrashHasCutShortIsTakenBackFirst() throws Exception {
        String uuid = disk().at("/identity/uuid").asText();
        offline(false);
        try (BackingStore longer = LocalFiles.ofThisHost().open(file, false)) {
            longer.resize((3 << 20) + 512);
        }
        Files.createDirectories(folder.resolve("state/growing"));
        Files.writeString(folder.resolve("state/growing").resolve(uuid), "1048576\n3145728\n");
        assertEquals(200, online().status());
        assertEquals((1 << 20) + 512, Files.size(file));
    }
}
