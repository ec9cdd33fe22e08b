package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CHAP with libiscsi: right, wrong and missing, one way and mutual, for targets and for discovery. */
final class ChapClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SECRET = "nodes-secret-1";
    private static final String OTHER = "stores-secret-2";

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;

    @BeforeAll
    static void daemonWithCredentials() throws Exception {
        Clients.need("iscsi-ls", "iscsi-inq");
        daemon = RunningDaemon.start(directory);
        credential("node1", "hv-node1", SECRET);
        credential("store1", "kume", OTHER);
    }

    @AfterAll
    static void end() throws Exception {
        if (daemon != null) {
            try (RunningDaemon ending = daemon) {
                assertFalse(ending.log().contains(SECRET) || ending.log().contains(OTHER), "no secret is logged");
                ending.stop();
            }
        }
    }

    private static void credential(String name, String user, String secret) throws IOException {
        Path file = Files.writeString(directory.resolve(name), secret + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        daemon.admin("credential", "add", name, "--user", user, "--secret-file", file.toString());
    }

    private static Program.Result inquire(String login, String iqn, String target) {
        String url = "iscsi://%s127.0.0.1:%d/%s/0%s".formatted(login, daemon.port(), iqn, target);
        return Program.run(LIMIT, "iscsi-inq", "-i", RunningDaemon.NODE1, url);
    }

    private static Program.Result discover(String login) {
        String url = "iscsi://%s127.0.0.1:%d".formatted(login, daemon.port());
        return Program.run(LIMIT, "iscsi-ls", "-i", RunningDaemon.NODE1, url);
    }

    @Test
    void oneWay() throws Exception {
        String iqn = daemon.provide("oneway", "8MB", "raw");
        assertEquals(0, inquire("", iqn, "").exitCode(), "before it is asked for");
        daemon.admin("target", "set", "oneway", "--chap", "node1");
        Program.Result right = inquire("hv-node1%" + SECRET + "@", iqn, "");
        assertTrue(right.outOfSuccess().contains("KUME"), right::toString);
        for (String wrong : new String[] {"hv-node1%" + OTHER + "@", "nobody%" + SECRET + "@", ""}) {
            Program.Result refused = inquire(wrong, iqn, "");
            assertNotEquals(0, refused.exitCode(), refused::toString);
            assertFalse(refused.late(), refused::toString);
        }
        JsonNode seen = daemon.get("/v1/initiators").path("initiators").path(0);
        assertEquals("refused", seen.path("outcome").asText());
        assertFalse(seen.path("reason").asText().isBlank());
        daemon.admin("target", "set", "oneway", "--no-chap");
        assertEquals(0, inquire("", iqn, "").exitCode());
    }

    @Test
    void mutual() throws Exception {
        String iqn = daemon.provide("mutual", "8MB", "raw");
        daemon.admin("target", "set", "mutual", "--chap", "node1", "--mutual", "store1");
        String login = "hv-node1%" + SECRET + "@";
        Program.Result right = inquire(login, iqn, "?target_user=kume&target_password=" + OTHER);
        assertTrue(right.outOfSuccess().contains("KUME"), right::toString);
        Program.Result wrong = inquire(login, iqn, "?target_user=kume&target_password=another-secret");
        assertNotEquals(0, wrong.exitCode(), "the initiator does not believe it");
        assertEquals(0, inquire(login, iqn, "").exitCode(), "an initiator need not ask for it");
    }

    @Test
    void oneInitiatorHasCredentialsOfItsOwn() throws Exception {
        String iqn = daemon.provide("own", "8MB", "raw");
        daemon.admin("target", "allow", "own", RunningDaemon.NODE1, "--chap", "node1");
        assertNotEquals(0, inquire("", iqn, "").exitCode());
        assertEquals(0, inquire("hv-node1%" + SECRET + "@", iqn, "").exitCode());
        daemon.admin("target", "allow", "own", RunningDaemon.NODE1, "--as-target");
        assertEquals(0, inquire("", iqn, "").exitCode());
    }

    @Test
    void discovery() throws Exception {
        String iqn = daemon.provide("found", "8MB", "raw");
        daemon.admin("discovery", "set", "--chap", "node1");
        try {
            assertTrue(discover("hv-node1%" + SECRET + "@").outOfSuccess().contains(iqn));
            assertNotEquals(0, discover("hv-node1%" + OTHER + "@").exitCode());
            assertNotEquals(0, discover("").exitCode());
        } finally {
            daemon.admin("discovery", "set", "--no-chap");
        }
        assertTrue(discover("").outOfSuccess().contains(iqn));
    }

    @Test
    void aSecretFileThatOthersMayReadLetsNobodyInAfterARestart() throws Exception {
        String iqn = daemon.provide("spoilt", "8MB", "raw");
        credential("spoilt", "spoilt", "spoilt-secret");
        daemon.admin("target", "set", "spoilt", "--chap", "spoilt");
        String login = "spoilt%spoilt-secret@";
        assertEquals(0, inquire(login, iqn, "").exitCode());
        daemon.stop();
        Files.setPosixFilePermissions(
                directory.resolve("state/secrets/spoilt.1"), PosixFilePermissions.fromString("rw-r--r--"));
        daemon.restart();
        assertNotEquals(0, inquire(login, iqn, "").exitCode());
        assertNotEquals(0, inquire("", iqn, "").exitCode());
        assertTrue(daemon.log().contains("credential 'spoilt' is unusable: "), daemon::log);
        assertTrue(daemon.admin("credential", "list").contains("unusable"));
        daemon.admin(
                "credential",
                "set",
                "spoilt",
                "--secret-file",
                directory.resolve("spoilt").toString());
        assertEquals(0, inquire(login, iqn, "").exitCode());
    }
}
