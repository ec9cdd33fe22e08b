package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CredentialCommandsTest {
    private static final String SECRET = "secret-of-node";
    private static final String NODE1 = """
            {"name":"node1","user":"hv-node1","status":"usable","statusReason":null,"usedBy":["target 'hv-node1'"],\
            "created":"2026-11-23T07:00:00Z"}""";

    @TempDir
    private Path directory;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void open() throws IOException {
        daemon = new FakeDaemon(directory.resolve("s"));
        daemon.answers("POST /v1/credentials", 201, NODE1);
        daemon.answers("PATCH /v1/credentials/node1", 200, NODE1);
        kume = new CommandRun().server(directory.resolve("s"));
    }

    @AfterEach
    void close() throws IOException {
        daemon.close();
        assertFalse((kume.out() + kume.err()).contains("secret-of"), "no secret is shown");
    }

    private String file(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file.toString();
    }

    private static String body(String secret) {
        return "{\"name\":\"node1\",\"user\":\"u\",\"secret\":\"%s\",\"longSecret\":false}"
                .formatted(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "\\n, ''", "\\r\\n, ''", "\\n\\n, \\n", "' ', ' '"})
    void oneNewlineAtTheEndIsNotPartOfTheSecret(String end, String part) throws IOException {
        String file = file(SECRET + end.translateEscapes(), "rw-------");
        assertEquals(0, kume.run("credential", "add", "node1", "--user", "u", "--secret-file", file), kume.err());
        assertEquals(List.of("POST /v1/credentials " + body(SECRET + part.translateEscapes())), daemon.asked());
        assertEquals("Credential 'node1' added for user hv-node1\n", kume.out());
    }

    @ParameterizedTest
    @CsvSource({"rw-r-----, 0640", "rw----r--, 0604", "rwxrwxrwx, 0777", "r--------, ''", "rwx------, ''"})
    void aFileThatOthersMayOpenIsRefused(String mode, String octal) throws IOException {
        String file = file(SECRET, mode);
        int status = kume.run("credential", "set", "node1", "--secret-file", file);
        if (octal.isEmpty()) {
            assertEquals(0, status, kume.err());
            return;
        }
        assertEquals(2, status);
        assertEquals(
                "kume: the secret file %s has mode %s, so that others may open it; run 'chmod 600 %s' first\n"
                        .formatted(file, octal, file),
                kume.err());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void whatIsNoFileIsRefused() throws IOException {
        assertEquals(2, kume.run("credential", "set", "node1", "--secret-file", directory.toString()));
        assertEquals("kume: the secret file " + directory + " is not a regular file\n", kume.err());
        assertEquals(3, kume.run("credential", "set", "node1", "--secret-file", directory + "/no"));
        assertEquals(2, kume.run("credential", "set", "node1", "--secret-file", file("x".repeat(5000), "rw-------")));
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void withoutAFileItIsTypedTwice() {
        assertEquals(0, kume.types(SECRET + "\n" + SECRET + "\n").run("credential", "add", "node1", "--user", "u"));
        assertEquals(List.of("POST /v1/credentials " + body(SECRET)), daemon.asked());
        assertEquals("Secret: The same again: ", kume.err());
    }

    @Test
    void twoThatDifferChangeNothing() {
        assertEquals(2, kume.types("one\ntwo\n").run("credential", "set", "node1"));
        assertTrue(kume.err().endsWith("kume: the two are not the same; nothing was changed\n"), kume.err());
        assertEquals(2, kume.types("one\n").run("credential", "set", "node1"));
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void withoutATerminalOrAFileNothingHappens() {
        assertEquals(2, kume.run("credential", "add", "node1", "--user", "u"));
        assertEquals("kume: nobody is at a terminal to type the secret; name a file with --secret-file\n", kume.err());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void theUserAloneNeedsNoSecret() {
        assertEquals(0, kume.run("credential", "set", "node1", "--user", "other"));
        assertEquals(
                List.of("PATCH /v1/credentials/node1 {\"user\":\"other\",\"secret\":null,\"longSecret\":false}"),
                daemon.asked());
        assertEquals("Credential 'node1' changed; it holds from the next login on\n", kume.out());
    }

    @Test
    void listAndShow() {
        daemon.answers("GET /v1/credentials", 200, "{\"credentials\":[" + NODE1 + "]}");
        daemon.answers("GET /v1/credentials/node1", 200, NODE1);
        assertEquals(0, kume.run("credential", "list"));
        assertEquals(0, kume.run("credential", "show", "node1"));
        assertEquals("""
                NAME   USER      STATUS  USED BY
                node1  hv-node1  usable  target 'hv-node1'
                name:    node1
                user:    hv-node1
                status:  usable
                created: 2026-11-23T07:00:00Z
                used by: target 'hv-node1'
                """, kume.out());
    }

    @Test
    void removingAsks() {
        daemon.answers("DELETE /v1/credentials/node1", 200, NODE1);
        assertEquals(2, kume.run("credential", "remove", "node1"));
        assertEquals(0, kume.run("credential", "remove", "node1", "-y"));
        assertEquals("Credential 'node1' removed\n", kume.out());
    }

    @Test
    void discovery() {
        daemon.answers("PATCH /v1/discovery", 200, "{\"chap\":[\"node1\"],\"mutual\":null}");
        daemon.answers("GET /v1/discovery", 200, "{\"chap\":[],\"mutual\":null}");
        assertEquals(0, kume.run("discovery", "set", "--chap", "node1", "--no-mutual"));
        assertEquals(0, kume.run("discovery", "show"));
        assertEquals("""
                Discovery asks for node1
                CHAP:        not asked for; each initiator is told of the targets that allow it
                mutual CHAP: -
                """, kume.out());
        assertEquals(
                List.of("PATCH /v1/discovery {\"chap\":[\"node1\"],\"mutual\":\"\"}", "GET /v1/discovery"),
                daemon.asked());
        assertEquals(2, kume.run("discovery", "set"));
    }

    @ParameterizedTest
    @CsvSource({
        "--chap a --no-chap, '--chap and --no-chap contradict each other: give one of them'",
        "--mutual a --no-mutual, '--mutual and --no-mutual contradict each other: give one of them'",
        "--no-chap --mutual a, '--mutual proves this side to initiators that prove themselves: leave --no-chap out'",
        "--portal a --all-portals, '--portal and --all-portals contradict each other: give one of them'",
    })
    void whatContradictsItselfIsRefused(String options, String message) {
        assertEquals(2, kume.run(("target set t " + options).split(" ")));
        assertEquals("kume: " + message + "\n", kume.err());
    }

    @Test
    void aTargetIsTiedAndProvenInOneChange() {
        daemon.answers("PATCH /v1/targets/t", 200, Records.NODE1);
        assertEquals(0, kume.run("target set t --chap a --chap b --mutual c --portal p --redirect none".split(" ")));
        assertEquals(0, kume.run("target set t --no-chap --all-portals --redirect 10.0.0.1:3260".split(" ")));
        String none = "{\"rename\":null,\"description\":null,\"enabled\":null,";
        assertEquals(
                List.of(
                        "PATCH /v1/targets/t " + none
                                + "\"chap\":[\"a\",\"b\"],\"mutual\":\"c\",\"portals\":[\"p\"],\"redirect\":\"\"}",
                        "PATCH /v1/targets/t " + none
                                + "\"chap\":[],\"mutual\":null,\"portals\":[],\"redirect\":\"10.0.0.1:3260\"}"),
                daemon.asked());
    }

    @Test
    void allowWithCredentialsOfItsOwn() {
        daemon.answers("PUT /v1/targets/t/initiators/eui.02004567a425678d", 200, Records.NODE1);
        assertEquals(0, kume.run("target allow t eui.02004567a425678d --chap a --mutual b".split(" ")));
        assertEquals(0, kume.run("target allow t eui.02004567a425678d --as-target".split(" ")));
        assertEquals(
                List.of(
                        "PUT /v1/targets/t/initiators/eui.02004567a425678d"
                                + " {\"chap\":[\"a\"],\"mutual\":\"b\",\"asTarget\":null}",
                        "PUT /v1/targets/t/initiators/eui.02004567a425678d"
                                + " {\"chap\":null,\"mutual\":null,\"asTarget\":true}"),
                daemon.asked());
        assertEquals(2, kume.run("target allow t eui.02004567a425678d --as-target --chap a".split(" ")));
    }

    @Test
    void enableAndDisable() {
        daemon.answers("PATCH /v1/targets/hv-node1", 200, Records.NODE1);
        daemon.answers("DELETE /v1/sessions/7", 200, Records.SESSION);
        assertEquals(0, kume.run("target", "enable", "hv-node1"));
        assertEquals(0, kume.run("target", "disable", "hv-node1"));
        assertEquals(2, kume.run("target", "disable", "hv-node1", "--logout"));
        assertEquals(0, kume.run("target", "disable", "hv-node1", "--logout", "-y"));
        assertEquals("""
                Target 'hv-node1' is enabled
                Target 'hv-node1' is disabled; 1 session stays
                Target 'hv-node1' is disabled; 1 session ended
                """, kume.out());
        assertEquals("DELETE /v1/sessions/7", daemon.asked().getLast());
    }
}
