package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon and Debian's open-isns server, as isnsadm sees it. */
final class IsnsClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String ENTITY = "kume-it";

    @TempDir
    Path directory;

    private int isnsPort;
    private Process isnsd;

    @BeforeEach
    void server() throws Exception {
        Clients.need("isnsd", "isnsadm");
        isnsPort = RunningDaemon.freePort();
        Files.writeString(directory.resolve("isnsd.conf"), """
                SourceName = iqn.2026-11.org.example:isns
                RegistrationPeriod = 30
                DefaultDiscoveryDomain = 1
                SLPRegister = 0
                Security = 0
                BindAddress = 127.0.0.1:%d
                ControlSocket = %s
                PIDFile = %s
                """.formatted(
                        isnsPort, directory.resolve("isnsd.sock"), directory.resolve("isnsd.pid")));
        Files.writeString(directory.resolve("isnsadm.conf"), """
                SourceName = iqn.2026-11.org.example:isnsadm
                Security = 0
                ServerAddress = 127.0.0.1:%d
                ControlSocket = %s
                """.formatted(isnsPort, directory.resolve("isnsd.sock")));
        startServer();
    }

    @AfterEach
    void end() throws Exception {
        if (isnsd != null) {
            stopServer();
        }
    }

    private void startServer() throws IOException {
        isnsd = new ProcessBuilder(
                        Program.find("isnsd"),
                        "-4",
                        "-f",
                        "-c",
                        directory.resolve("isnsd.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("isnsd.log").toFile()))
                .start();
        until("isnsd answers", () -> isnsadm("--local", "--list", "entities").exitCode() == 0);
    }

    private void stopServer() throws InterruptedException {
        isnsd.destroyForcibly().waitFor();
    }

    private interface Fact {
        boolean holds() throws IOException;
    }

    private void until(String what, Fact fact) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!fact.holds()) {
            if (System.nanoTime() > end) {
                fail("not in time: " + what + "\n" + listing("entities") + listing("portals") + listing("nodes"));
            }
        }
    }

    private Program.Result isnsadm(String... words) {
        List<String> line =
                Program.words("isnsadm", "-c", directory.resolve("isnsadm.conf").toString());
        line.addAll(List.of(words));
        return Program.run(LIMIT, line.toArray(String[]::new));
    }

    /** Everything of a kind that the server has, by its own account. */
    private String listing(String kind) {
        return isnsadm("--local", "--list", kind).outOfSuccess();
    }

    private RunningDaemon daemon() throws Exception {
        return RunningDaemon.start(directory, """
                isns:
                  servers: ["127.0.0.1:%d"]
                  entity: %s
                """.formatted(isnsPort, ENTITY), List.of());
    }

    private static JsonNode state(RunningDaemon daemon, Predicate<JsonNode> wanted) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            JsonNode state = daemon.get("/v1/status").path("isns").path(0);
            if (wanted.test(state)) {
                return state;
            }
            assertTrue(System.nanoTime() < end, () -> "still " + state);
        }
    }

    private static boolean isRegistered(JsonNode state) {
        return state.path("status").asText().equals("registered");
    }

    @Test
    void itSeesEntityPortalsAndTargetsComeChangeAndGo() throws Exception {
        try (RunningDaemon daemon = daemon()) {
            assertEquals(
                    "nothing to register",
                    state(daemon, state -> true).path("status").asText());
            String one = daemon.provide("one", "8MB", "vhd");
            JsonNode registered = state(daemon, IsnsClientIT::isRegistered);
            assertEquals(30, registered.path("periodSeconds").asInt());
            assertTrue(listing("entities").contains("Entity identifier = \"" + ENTITY + "\""));
            String portals = listing("portals");
            assertTrue(portals.contains("Portal IP address = 127.0.0.1"), portals);
            assertTrue(portals.contains("= " + daemon.port() + "/tcp"), portals);
            String nodes = listing("nodes");
            assertTrue(nodes.contains("iSCSI name = \"" + one + "\""), nodes);
            assertTrue(nodes.contains("iSCSI node type = Target"), nodes);
            assertTrue(nodes.contains("iSCSI alias = \"one\""), nodes);
            String groups = listing("portal-groups");
            assertTrue(groups.contains("Portal group name = \"" + one + "\""), groups);
            assertTrue(groups.contains("Portal group tag = 1"), groups);
            // What an initiator that looks the target up is told.
            String found = isnsadm("--query", "iscsi-name=" + one).outOfSuccess();
            assertTrue(found.contains("Portal IP address = 127.0.0.1"), found);

            String two = daemon.provide("two", "8MB", "vhd");
            until("two is there", () -> listing("nodes").contains(two));
            assertTrue(daemon.admin("status").contains("registered since"));
            daemon.admin("target", "remove", "one", "--force", "--yes");
            until("one is gone", () -> !listing("nodes").contains(one));
            assertTrue(listing("nodes").contains(two));

            daemon.stop();
            assertEquals("", listing("entities") + listing("portals") + listing("nodes"));
        }
    }

    @Test
    void aServerThatLostEverythingGetsItAgain() throws Exception {
        try (RunningDaemon daemon = daemon()) {
            String one = daemon.provide("one", "8MB", "vhd");
            state(daemon, IsnsClientIT::isRegistered);
            stopServer();
            state(daemon, state -> state.path("status").asText().equals("failed"));
            startServer();
            assertEquals("", listing("nodes"));
            until("one is there again", () -> listing("nodes").contains(one));
            state(daemon, IsnsClientIT::isRegistered);

            stopServer();
            daemon.stop();
        }
    }

    @Test
    void itSeesAPortalThatIsAddedAndIsToldOfADrainBeforeInitiatorsAre() throws Exception {
        try (RunningDaemon daemon = daemon()) {
            daemon.provide("one", "8MB", "vhd");
            state(daemon, IsnsClientIT::isRegistered);
            int added = RunningDaemon.freePort();
            Path yaml = directory.resolve("kume.yaml");
            String old = "\"127.0.0.1:%d\"".formatted(daemon.port());
            Files.writeString(yaml, Files.readString(yaml).replace(old, old + ", \"127.0.0.1:%d\"".formatted(added)));
            daemon.admin("service", "reload");
            until("the portal is there", () -> listing("portals").contains("= " + added + "/tcp"));
            assertTrue(listing("portals").contains("= " + daemon.port() + "/tcp"));

            daemon.admin("service", "drain", "--timeout", "20s", "--yes");
            assertEquals("", listing("entities") + listing("portals") + listing("nodes"));
        }
    }
}
