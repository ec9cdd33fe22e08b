package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.service.HostPlaces;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DaemonTroubleTest {
    private static final String START =
            ". Start it with \"kume serve\", or name its socket with --server or KUME_SERVER\n";

    @TempDir
    private Path directory;

    private final CommandRun kume = new CommandRun();

    @Test
    void noSocketIsStatus6() {
        Path socket = directory.resolve("none");
        assertEquals(6, kume.run("status", "--server", socket.toString()));
        assertEquals("kume: the daemon is not reachable: there is no socket " + socket + START, kume.err());
    }

    @Test
    void theOptionGoesBeforeTheVariable() {
        kume.variables.put("KUME_SERVER", "/from/variable");
        assertEquals(6, kume.run("--server", "/from/option", "disk", "list"));
        assertTrue(kume.err().contains("there is no socket /from/option."), kume.err());
    }

    @Test
    void aRelativeSocketIsTheCallers() {
        assertEquals(6, kume.run("status", "--server", "s"));
        assertTrue(kume.err().contains("there is no socket /caller/s."), kume.err());
    }

    @Test
    void theDefaultSocketIsTheDaemonsDefault() {
        assertEquals(6, kume.run("status"));
        assertTrue(kume.err().contains(HostPlaces.OF_THIS_HOST.socket().toString()), kume.err());
    }

    @Test
    void aStaleSocketIsStatus6() throws IOException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }
        assertEquals(6, kume.run("status", "--server", socket.toString()));
        assertEquals("kume: the daemon is not reachable: nobody answers on " + socket + START, kume.err());
    }

    @Test
    void aFileThatIsNoSocketIsStatus6() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertEquals(6, kume.run("status", "--server", file.toString()));
        assertEquals(1, kume.err().lines().count(), kume.err());
    }

    @Test
    void aUrlThatSendsTheTokenInClearIsWrongUsage() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "kume_0123abcd_" + "x".repeat(43) + "\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        kume.variables.put("KUME_TOKEN_FILE", token.toString());
        assertEquals(2, kume.run("status", "--server", "http://kume:8080"));
        assertTrue(kume.err().contains("would send the token in clear; write https://HOST:PORT"), kume.err());
    }

    @Test
    void aPathTooLongForASocketIsWrongUsage() {
        assertEquals(2, kume.run("status", "--server", "/" + "x".repeat(120)));
        assertTrue(kume.err().contains("a socket's path may have 107 bytes"), kume.err());
    }

    @Test
    void someoneElsesSocketIsStatus6() throws IOException {
        Path socket = directory.resolve("s");
        try (FakeDaemon daemon = new FakeDaemon(socket).answersBytes("GET /v1/status", "220 mail.example ESMTP\r\n")) {
            assertEquals(6, kume.run("status", "--server", socket.toString()));
        }
        assertEquals(
                "kume: no Kume daemon at " + socket + ": it answered with something that is not HTTP/1.1\n",
                kume.err());
    }

    @Test
    void aDaemonThatDiesInTheMiddleIsStatus6() throws IOException {
        Path socket = directory.resolve("s");
        try (FakeDaemon daemon = new FakeDaemon(socket)
                .answersBytes("GET /v1/status", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")) {
            assertEquals(6, kume.run("status", "--server", socket.toString()));
        }
        assertEquals(
                "kume: the daemon at " + socket + " went away: closed the connection in the middle of an answer\n",
                kume.err());
    }

    @Test
    void anErrorWithoutARecordIsStatus1() throws IOException {
        Path socket = directory.resolve("s");
        try (FakeDaemon daemon = new FakeDaemon(socket).answers("GET /v1/status", 500, "{}")) {
            assertEquals(1, kume.run("status", "--server", socket.toString()));
        }
        assertEquals("kume: the daemon answered with HTTP status 500\n", kume.err());
    }

    @Test
    void anAnswerOfAnotherShapeNamesTheVersions() throws IOException {
        Path socket = directory.resolve("s");
        try (FakeDaemon daemon =
                new FakeDaemon(socket).answers("GET /v1/sessions", 200, "{\"sessions\":[{\"id\":\"x\"}]}")) {
            assertEquals(1, kume.run("session", "list", "--server", socket.toString()));
        }
        assertTrue(kume.err().startsWith("kume: the daemon's answer is not understood ("), kume.err());
        assertEquals(1, kume.err().lines().count(), kume.err());
    }

    @Test
    void everyExitStatusOfTheApiReachesTheCaller() throws IOException {
        Path socket = directory.resolve("s");
        for (int exitCode = 1; exitCode <= 9; exitCode++) {
            Files.deleteIfExists(socket);
            try (FakeDaemon daemon = new FakeDaemon(socket)
                    .answers("GET /v1/status", 400, Records.errorBody("failed", exitCode, "no", ""))) {
                assertEquals(exitCode, kume.run("status", "--server", socket.toString()));
            }
        }
    }
}
