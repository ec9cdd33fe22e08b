package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The management API on the network, under curl, openssl and the command line. */
final class RemoteClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SECRET = "secret-of-node";

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;
    private static int port;
    private static String iqn;
    private static String reader;
    private static String admin;

    /** An answer: its status, and its body. */
    private record Reply(int status, String body, double seconds) {}

    @BeforeAll
    static void daemonOnTheNetwork() throws Exception {
        Clients.need("curl", "openssl");
        port = RunningDaemon.freePort();
        daemon = RunningDaemon.start(directory, remote(port, ""), List.of());
        awaitState("listening");
        iqn = daemon.provide("disk", "8MB", "raw");
        reader = token("reader", "read");
        admin = token("admin", "admin");
        Files.copy(directory.resolve("state/tls/server.pem"), directory.resolve("server.pem"));
    }

    @AfterAll
    static void end() throws Exception {
        if (daemon != null) {
            try (RunningDaemon ending = daemon) {
                assertTrue(
                        ending.get("/v1/audit").path("changes").toString().contains("\"caller\":\"admin\""), "audited");
                ending.stop();
                for (Path file : files(directory.resolve("state"))) {
                    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                    for (String token : List.of(reader, admin)) {
                        assertFalse(text.contains(token.substring(14)), () -> "a token is in " + file);
                        assertFalse(ending.log().contains(token.substring(14)), "a token is in the log");
                    }
                }
            }
        }
    }

    /** All but images of disks. */
    private static List<Path> files(Path below) throws IOException {
        try (Stream<Path> all = Files.walk(below)) {
            return all.filter(file ->
                            Files.isRegularFile(file) && !file.toString().contains("/disks/"))
                    .toList();
        }
    }

    /** What follows the socket under {@code admin} in the settings of a test. */
    private static String remote(int port, String more) {
        return """
                  remote:
                    listen: "127.0.0.1:%d"
                %s""".formatted(port, more);
    }

    private static void awaitState(String state) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!status().path("state").asText().equals(state)) {
            assertTrue(System.nanoTime() < end, () -> "it is not " + state + ": " + daemon.log());
        }
    }

    private static JsonNode status() throws IOException {
        return daemon.get("/v1/status").path("remote");
    }

    private static String token(String name, String role) throws IOException {
        String body = """
                {"name":"%s","role":"%s"}""".formatted(name, role);
        return ManagementApi.request(daemon.socket(), "POST", "/v1/tokens", body)
                .path("token")
                .asText();
    }

    private static Program.Result curl(Object... words) {
        return Program.run(
                LIMIT,
                Map.of(),
                Program.words("curl", "-sS", "--cacert", directory.resolve("server.pem"), Program.words(words)));
    }

    /** The token goes through a file, as it should. */
    private static Reply ask(String token, String method, String path, Object... more) throws IOException {
        Path header = Files.writeString(directory.resolve("header"), "Authorization: Bearer " + token + "\n");
        Program.Result result = curl(
                "-H",
                "@" + header,
                "-X",
                method,
                "-w",
                "\n%{http_code} %{time_total}",
                List.of(more),
                "https://localhost:" + port + path);
        String out = result.outOfSuccess();
        int line = out.lastIndexOf('\n');
        String[] facts = out.substring(line + 1).split(" ");
        return new Reply(Integer.parseInt(facts[0]), out.substring(0, line), Double.parseDouble(facts[1]));
    }

    /** The environment of a client that knows the server by this fingerprint, or by none. */
    private static Map<String, String> client(String token, String fingerprint) throws IOException {
        Path file = Files.writeString(directory.resolve("kume-token"), token + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Map.of(
                "KUME_SERVER",
                "https://127.0.0.1:" + port,
                "KUME_TOKEN_FILE",
                file.toString(),
                "KUME_FINGERPRINT",
                fingerprint,
                "NO_COLOR",
                "1");
    }

    /** A command line at the server on the network, in this process. */
    private static Program.Result kume(String token, String fingerprint, String line) throws IOException {
        return new TypedLine(directory, client(token, fingerprint)).run(line, null);
    }

    // ---- tokens and roles -------------------------------------------------------------------------------------------

    @Test
    void withoutATokenNobodyGetsIn() throws Exception {
        Program.Result nothing = curl("-w", "\n%{http_code}", "https://localhost:" + port + "/v1/status");
        assertTrue(nothing.outOfSuccess().endsWith("\n401"), nothing::toString);
        assertTrue(nothing.out().contains("wants a token"), nothing::toString);
        assertFalse(nothing.out().contains("version"), nothing::toString);
        String wrong = admin.substring(0, admin.length() - 1) + (admin.endsWith("A") ? "B" : "A");
        assertEquals(401, ask(wrong, "GET", "/v1/status").status());
        assertEquals(200, ask(admin, "GET", "/v1/status").status());
    }

    @Test
    void aReaderSeesAllButSecretsAndChangesNothing() throws Exception {
        Path file = Files.writeString(directory.resolve("chap"), SECRET + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        daemon.admin("credential", "add", "node1", "--user", "hv-node1", "--secret-file", file.toString());
        String hash = Files.readString(directory.resolve("state/tokens.yaml"))
                .replaceAll("(?s).*?sha256: \"(\\w+)\".*", "$1");
        ask(admin, "POST", "/v1/disks/disk/snapshots"); // The log and the audit log have something to tell.
        List<String> pages = documented("GET").stream()
                .filter(path -> !path.equals("/v1/service/drain") && !path.matches(".*/[A-Z]+\\b.*"))
                .toList();
        assertTrue(
                pages.containsAll(List.of("/v1/status", "/v1/support", "/v1/audit", "/v1/metrics")), pages::toString);
        for (String path : concat(pages, List.of("/v1/disks/disk", "/v1/credentials/node1"))) {
            Reply reply = ask(reader, "GET", path);
            assertEquals(200, reply.status(), path + reply);
            for (String secret : List.of(SECRET, "c2VjcmV0LW9m", admin.substring(14), hash)) {
                assertFalse(reply.body().contains(secret), path + " tells " + secret);
            }
        }
        for (String method : List.of("POST", "PATCH", "PUT", "DELETE")) {
            List<String> changes = documented(method);
            assertFalse(changes.isEmpty(), method);
            for (String path : concat(changes, List.of("/v1/disks/disk", "/v1/none"))) {
                Reply reply = ask(reader, method, path, "--data", "{\"description\":\"mine\"}");
                assertEquals(403, reply.status(), method + " " + path + reply);
                assertTrue(reply.body().contains("has the role read"), reply.body());
            }
        }
        assertEquals("", daemon.get("/v1/disks/disk").path("description").asText());
        Reply changed = ask(admin, "PATCH", "/v1/disks/disk", "--data", "{\"description\":\"ours\"}");
        assertEquals(200, changed.status(), changed.body());
        ask(admin, "PATCH", "/v1/disks/disk", "--data", "{\"description\":\"\"}");
    }

    /** The paths that docs/api.md has for a method. */
    private static List<String> documented(String method) throws IOException {
        String page = Files.readString(Path.of("../docs/api.md"));
        return Pattern.compile("`%s (/v1/[^`?]+)[^`]*`".formatted(method))
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    private static List<String> concat(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    @Test
    void whatIsRevokedIsRefusedInOpenConnectionsToo() throws Exception {
        String token = token("leaver", "admin");
        Path header = Files.writeString(directory.resolve("leaver"), "Authorization: Bearer " + token + "\n");
        String url = "https://localhost:" + port;
        // Three requests in one connection, the second of which ends the token that all three show.
        Program.Result three = curl(
                "-H",
                "@" + header,
                "-w",
                "%{http_code} %{num_connects}\n",
                "-o",
                "/dev/null",
                url + "/v1/alarms",
                "--next",
                "-sS",
                "--cacert",
                directory.resolve("server.pem"),
                "-H",
                "@" + header,
                "-X",
                "DELETE",
                "-w",
                "%{http_code} %{num_connects}\n",
                "-o",
                "/dev/null",
                url + "/v1/tokens/leaver",
                "--next",
                "-sS",
                "--cacert",
                directory.resolve("server.pem"),
                "-H",
                "@" + header,
                "-w",
                "%{http_code} %{num_connects}\n",
                "-o",
                "/dev/null",
                url + "/v1/alarms");
        assertEquals("200 1\n200 0\n401 0\n", three.outOfSuccess());
    }

    // ---- TLS --------------------------------------------------------------------------------------------------------

    @Test
    void nothingIsAnsweredInClearOrByOldTls() {
        Program.Result clear = curl("-w", "%{http_code}", "http://localhost:" + port + "/v1/status");
        assertNotEquals(0, clear.exitCode(), clear::toString);
        assertEquals("000", clear.out());
        for (String old : List.of("-tls1", "-tls1_1")) {
            Program.Result refused = handshake(old, "-cipher", "DEFAULT:@SECLEVEL=0");
            assertNotEquals(0, refused.exitCode(), refused::toString);
        }
        Program.Result weak = handshake("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384:AES128-SHA");
        assertNotEquals(0, weak.exitCode(), weak::toString);
        assertTrue(handshake("-tls1_2").outOfSuccess().contains("ECDHE-ECDSA-AES256-GCM-SHA384"));
        assertTrue(handshake("-tls1_3").outOfSuccess().contains("TLSv1.3"));
    }

    private static Program.Result handshake(String... options) {
        return Program.run(
                LIMIT,
                Map.of(),
                Program.words("openssl", "s_client", "-connect", "127.0.0.1:" + port, List.of(options)));
    }

    @Test
    void aServerThatIsNotKnownGetsNoToken() throws Exception {
        String pin = status().path("fingerprint").asText();
        String other = "sha256//" + "A".repeat(43) + "=";
        Program.Result pinned =
                Program.run(LIMIT, "curl", "-sSk", "--pinnedpubkey", pin, "https://127.0.0.1:" + port + "/v1/status");
        assertEquals(0, pinned.exitCode(), pinned::toString);
        Program.Result wrong =
                Program.run(LIMIT, "curl", "-sSk", "--pinnedpubkey", other, "https://127.0.0.1:" + port + "/v1/status");
        assertEquals(90, wrong.exitCode(), wrong::toString);
        Program.Result unknown = Program.run(LIMIT, "curl", "-sS", "https://127.0.0.1:" + port + "/v1/status");
        assertEquals(60, unknown.exitCode(), unknown::toString);
        Program.Result refused = kume(admin, other, "kume status");
        assertEquals(7, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("is not the server that you pinned: its fingerprint is " + pin));
        assertTrue(kume(admin, pin, "kume disk list").outOfSuccess().contains("disk"));
        assertTrue(
                kume(admin, "", "kume disk list --ca server.pem").outOfSuccess().contains("disk"));
        Program.Result distrusted = kume(admin, "", "kume status");
        assertEquals(7, distrusted.exitCode(), distrusted::toString);
        assertTrue(distrusted.err().contains("is not trusted"), distrusted::toString);
    }

    // ---- the command line -------------------------------------------------------------------------------------------

    @Test
    void theProgramItselfWorksFromAnotherHost() throws Exception {
        String program = Clients.home().resolve("bin").resolve("kume").toString();
        Map<String, String> client = client(reader, status().path("fingerprint").asText());
        assertTrue(Program.run(LIMIT, client, List.of(program, "status"))
                .outOfSuccess()
                .contains("ready"));
        Program.Result refused = Program.run(LIMIT, client, List.of(program, "target", "create", "mine"));
        assertEquals(7, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("has the role read, and this needs admin"), refused::toString);
    }

    @Test
    void verbsThatWaitAskValidateAndReadFilesWorkFromAnotherHost() throws Exception {
        TypedLine far = new TypedLine(
                directory, client(admin, status().path("fingerprint").asText()));
        String created = far.run(
                        "kume cluster create HV --node n1=iqn.1991-05.com.microsoft:n1"
                                + " --node n2=iqn.1991-05.com.microsoft:n2 --witness quorum=64MB --disk vms=64MB",
                        null)
                .outOfSuccess();
        assertTrue(created.contains("HV"), created);
        Program.Result validated = far.run("kume cluster validate HV", null);
        assertTrue(validated.out().contains("Persistent Reservation"), validated::toString);
        far.run("kume config export -f far.yaml", null).outOfSuccess();
        far.run("kume config plan -f far.yaml --exit-code", null).outOfSuccess();
        Program.Result relative = far.run("kume disk import old --file old.vhd", null);
        assertEquals(2, relative.exitCode(), relative::toString);
        Program.Result no = far.run("kume cluster remove HV --delete-files", "n");
        assertEquals(1, no.exitCode(), no::toString);
        far.run("kume cluster remove HV --delete-files", "y").outOfSuccess();
        assertEquals(0, daemon.get("/v1/clusters").path("clusters").size());
    }

    // ---- who tries the door -----------------------------------------------------------------------------------------

    @Test
    void guessesAreAnsweredLaterEachTimeAndARightTokenIsNot() throws Exception {
        Path header = Files.writeString(
                directory.resolve("guess"), "Authorization: Bearer kume_00000000_" + "x".repeat(43) + "\n");
        Program.Result guesses = curl(
                "-H",
                "@" + header,
                "--interface",
                "127.0.0.2",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code} %{time_total}\n",
                "https://localhost:" + port + "/v1/status?guess=[1-12]");
        List<String> answers = guesses.outOfSuccess().lines().toList();
        assertEquals(12, answers.size());
        assertTrue(answers.stream().allMatch(answer -> answer.startsWith("401 ")), guesses::toString);
        double eleventh = Double.parseDouble(answers.get(10).substring(4));
        double twelfth = Double.parseDouble(answers.get(11).substring(4));
        assertTrue(eleventh >= 0.25 && twelfth >= 0.5, guesses::toString);
        Reply right = ask(admin, "GET", "/v1/alarms", "--interface", "127.0.0.2");
        assertEquals(200, right.status());
        assertTrue(right.seconds() < 1.0, () -> "a right token waits: " + right.seconds());
        long lines =
                daemon.log().lines().filter(line -> line.contains("127.0.0.2:")).count();
        assertTrue(lines <= 10, () -> lines + " lines: who guesses fills the log");
    }

    @Test
    void handshakesThatNeverEndKeepNobodyOut() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(socket);
                if (i % 2 == 0) {
                    // The beginning of a ClientHello whose rest never comes.
                    socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});
                }
            }
            Reply reply = ask(admin, "GET", "/v1/disks");
            assertEquals(200, reply.status());
            assertTrue(reply.seconds() < 5, reply::toString);
            try (RawInitiator initiator = daemon.login(RunningDaemon.NODE1, iqn)) {
                assertEquals(1, daemon.get("/v1/sessions").path("sessions").size());
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void headersAndBodiesHaveAnEnd() throws Exception {
        Path big = Files.writeString(directory.resolve("big"), " ".repeat((1 << 20) + 1));
        Reply body = ask(admin, "POST", "/v1/disks", "--data-binary", "@" + big);
        assertEquals(413, body.status(), "curl asks before it sends so much");
        Reply header = ask(admin, "GET", "/v1/disks", "-H", "X-Long: " + "x".repeat(20_000));
        assertEquals(400, header.status(), header.body());
    }

    // ---- while it runs ----------------------------------------------------------------------------------------------

    @Test
    void certificatesAndAddressesChangeUnderSessions() throws Exception {
        String before = Files.readString(directory.resolve("kume.yaml"));
        try (RawInitiator initiator = daemon.login(RunningDaemon.NODE1, iqn);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            certificate("own", "rsa:2048");
            reload(remote(port, own("own.pem", "own.key")));
            Program.Result shown =
                    handshake("-CAfile", directory.resolve("own.pem").toString());
            assertTrue(shown.outOfSuccess().contains("Verify return code: 0 (ok)"), shown::toString);
            certificate("other", "rsa:2048");
            refuse(remote(port, own("own.pem", "other.key")), "is not the one of the certificate");
            Files.setPosixFilePermissions(directory.resolve("own.key"), PosixFilePermissions.fromString("rw-r--r--"));
            refuse(remote(port, own("own.pem", "own.key")), "mode 0644");
            assertEquals("listening", status().path("state").asText());

            reload(remote(taken.getLocalPort(), ""));
            assertEquals("failed", status().path("state").asText());
            JsonNode alarm = daemon.get("/v1/alarms").path("alarms").path(0);
            assertEquals("service-trouble", alarm.path("kind").asText());
            assertTrue(alarm.path("text").asText().contains(":" + taken.getLocalPort()), alarm.toString());
            Program.Result gone = curl("https://localhost:" + port + "/v1/status");
            assertEquals(7, gone.exitCode(), "nobody listens there any more");

            assertEquals(1, daemon.get("/v1/sessions").path("sessions").size());
            assertArrayEquals(new byte[] {1, 2}, initiator.ping((byte) 1, (byte) 2), "the session has noticed");
        } finally {
            Files.writeString(directory.resolve("kume.yaml"), before);
            daemon.post("/v1/service/reload", "");
        }
        awaitState("listening");
        assertEquals(0, daemon.get("/v1/alarms").path("alarms").size());
        assertEquals(200, ask(admin, "GET", "/v1/status").status(), "its own certificate again");
    }

    private static String own(String certificate, String key) {
        return """
                    certificate: %s
                    key: %s
                """.formatted(directory.resolve(certificate), directory.resolve(key));
    }

    private static void certificate(String name, String kind) throws IOException {
        Path key = directory.resolve(name + ".key");
        Program.run(
                        LIMIT,
                        Map.of(),
                        Program.words(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                kind,
                                "-nodes",
                                "-days",
                                "30",
                                "-subj",
                                "/CN=localhost",
                                "-addext",
                                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                                "-keyout",
                                key,
                                "-out",
                                directory.resolve(name + ".pem")))
                .outOfSuccess();
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    private static void settings(String remote) throws IOException {
        Files.writeString(directory.resolve("kume.yaml"), RunningDaemon.yaml(directory, daemon.port()) + remote);
    }

    private static void reload(String remote) throws IOException {
        settings(remote);
        daemon.post("/v1/service/reload", "");
    }

    private static void refuse(String remote, String why) throws IOException {
        settings(remote);
        Program.Result refused = daemon.kume("service", "reload");
        assertEquals(2, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains(why), refused::toString);
    }
}
