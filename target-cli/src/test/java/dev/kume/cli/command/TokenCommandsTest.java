package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code kume token}, and how a command line finds a server on the network and what it shows to it. */
@DisabledOnOs(OS.WINDOWS)
final class TokenCommandsTest {
    private static final String TOKEN = "kume_0123abcd_" + "x".repeat(43);
    private static final String PIN = "sha256//" + "A".repeat(43) + "=";
    private static final String VIEW = """
            {"name":"laptop","role":"admin","created":"2026-11-23T08:00:00Z","expires":"2027-02-21T08:00:00Z",
             "lastUsed":null,"status":"valid"}""";

    @TempDir
    Path directory;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(directory.resolve("s"));
        kume = new CommandRun().server(directory.resolve("s"));
    }

    @AfterEach
    void end() throws IOException {
        daemon.close();
    }

    @Test
    void theTokenAloneGoesToStandardOutput() {
        daemon.answers("POST /v1/tokens", 201, """
                {"token":"%s","about":%s,"fingerprint":"%s"}""".formatted(TOKEN, VIEW, PIN));
        assertEquals(0, kume.run("token", "create", "laptop", "--role", "admin", "--expires", "90d"));
        assertEquals(TOKEN + "\n", kume.out());
        assertTrue(kume.err().contains(PIN), kume.err());
        assertTrue(kume.err().contains("not shown again"), kume.err());
        assertEquals(
                List.of("POST /v1/tokens {\"name\":\"laptop\",\"role\":\"admin\",\"expiresSeconds\":7776000}"),
                daemon.asked());
    }

    @Test
    void aTimeThatIsNoneIsWrongUsage() {
        assertEquals(2, kume.run("token", "create", "laptop", "--role", "admin", "--expires", "soon"));
        assertTrue(kume.err().contains("90d, 12h or 30m"), kume.err());
        assertEquals(2, kume.run("token", "create", "laptop", "--role", "root"));
        assertTrue(kume.err().contains("--role 'root' is none of read, admin"), kume.err());
    }

    @Test
    void listAndRevoke() {
        daemon.answers("GET /v1/tokens", 200, "{\"tokens\":[" + VIEW + "]}");
        daemon.answers("DELETE /v1/tokens/laptop", 200, VIEW);
        assertEquals(0, kume.run("token", "list"));
        assertTrue(kume.out().contains("laptop  admin  valid"), kume.out());
        assertEquals(0, kume.run("token", "revoke", "laptop", "--yes"));
        assertTrue(kume.out().contains("Token 'laptop' revoked"), kume.out());
    }

    // ---- a server on the network ------------------------------------------------------------------------------------

    private Path token(String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    private String refused(int status, String... words) {
        assertEquals(status, kume.run(words), kume.err());
        return kume.err();
    }

    @Test
    void aTokenFileThatOthersMayOpenIsRefused() throws IOException {
        String file = token("rw-r--r--").toString();
        String line = refused(2, "status", "--server", "https://store1", "--token-file", file);
        assertTrue(line.contains("has mode 0644, so that others may open it; run 'chmod 600"), line);
    }

    @Test
    void withoutATokenTheUsualPlaceIsNamed() {
        kume.variables.put("HOME", directory.toString());
        String line = refused(7, "status", "--server", "https://store1:3261");
        assertTrue(line.contains(directory.resolve(".config/kume/token").toString()), line);
        assertTrue(line.contains("KUME_TOKEN_FILE"), line);
    }

    @Test
    void aFileThatHoldsNoTokenIsRefused() throws IOException {
        Path file = Files.writeString(token("rw-------"), "secret");
        String line = refused(2, "status", "--server", "https://store1", "--token-file", file.toString());
        assertTrue(line.contains("holds no token"), line);
    }

    @Test
    void badUrlsAndFingerprintsAreWrongUsage() throws IOException {
        kume.variables.put("KUME_TOKEN_FILE", token("rw-------").toString());
        assertTrue(refused(2, "status", "--server", "https://store1:99999").contains("from 1 to 65535"));
        assertTrue(refused(2, "status", "--server", "https://store1/v1").contains("is no URL of a server"));
        assertTrue(refused(2, "status", "--server", "ftp://store1").contains("is no URL of a server"));
        assertTrue(refused(2, "status", "--server", "https://store1", "--fingerprint", "ab:cd")
                .contains("is no fingerprint"));
    }

    @Test
    void relativePathsOfTheServersFilesAreWrongUsage() throws IOException {
        kume.variables.put("KUME_TOKEN_FILE", token("rw-------").toString());
        kume.variables.put("KUME_SERVER", "https://store1");
        String line = refused(2, "disk", "import", "old", "--file", "old.vhdx");
        assertTrue(line.contains("give its whole path"), line);
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void whatIsForTheNetworkIsRefusedAtASocket() {
        String line = refused(2, "status", "--fingerprint", PIN);
        assertTrue(line.contains("go together with --server https://HOST:PORT"), line);
    }
}
