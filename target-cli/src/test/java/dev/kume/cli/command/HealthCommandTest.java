package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthCommandTest {
    private static final String STATUS = """
            {"state":"%s","pid":1,"uptimeSeconds":1,"inventoryVersion":1,"portals":[%s],
            "counts":{"disks":3,"disksInUse":0,"disksOffline":%d,"targets":0,"mappings":0,"sessions":0,
            "initiatorsSeen":0,"operationsRunning":0}}""";
    private static final String OPEN = "{\"name\":\"iscsi\",\"address\":\"10.0.0.1:3260\",\"state\":\"listening\"}";
    private static final String CLOSED = "{\"name\":\"b\",\"address\":\"10.0.1.1:3260\",\"state\":\"closed\"}";

    @TempDir
    private Path directory;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void open() throws IOException {
        daemon = new FakeDaemon(directory.resolve("s"));
        kume = new CommandRun().server(directory.resolve("s"));
    }

    @AfterEach
    void close() throws IOException {
        daemon.close();
    }

    private int health(String state, String portals, int offline, String... words) {
        daemon.answers("GET /v1/status", 200, STATUS.formatted(state, portals, offline));
        return kume.run(Stream.concat(Stream.of("health"), Stream.of(words)).toArray(String[]::new));
    }

    @Test
    void allIsWell() {
        assertEquals(0, health("ready", OPEN, 0), kume::err);
        assertEquals("healthy\n", kume.out());
    }

    @Test
    void aDiskThatIsOfflineIsUnhealthy() {
        assertEquals(1, health("ready", OPEN, 2));
        assertEquals("unhealthy: 2 disks offline (kume disk list)\n", kume.out());
    }

    @Test
    void aPortalThatIsClosedIsUnhealthy() {
        assertEquals(1, health("ready", OPEN + "," + CLOSED, 0));
        assertEquals("unhealthy: portal b (10.0.1.1:3260) is closed\n", kume.out());
    }

    @Test
    void noPortalIsUnhealthy() {
        assertEquals(1, health("ready", "", 0));
        assertEquals("unhealthy: no portal is open\n", kume.out());
    }

    @Test
    void everyTroubleIsNamed() {
        assertEquals(1, health("draining", CLOSED, 1, "-o", "json"));
        assertTrue(kume.out().contains("\"healthy\": false"), kume::out);
        assertTrue(kume.out().contains("it is draining"), kume::out);
        assertTrue(kume.out().contains("is closed"), kume::out);
        assertTrue(kume.out().contains("1 disk offline"), kume::out);
    }

    @Test
    void aliveAsksForNothingButAnAnswer() {
        assertEquals(0, health("draining", "", 3, "--alive"));
        assertEquals("healthy\n", kume.out());
    }

    @Test
    void aDaemonThatDoesNotAnswerIsUnhealthyAndNotAnotherStatus() {
        CommandRun nobody = new CommandRun().server(directory.resolve("none"));
        assertEquals(1, nobody.run("health", "--alive"));
        assertTrue(nobody.out().startsWith("unhealthy: the daemon is not reachable"), nobody::out);
    }

    @Test
    void anErrorOfTheDaemonIsUnhealthy() {
        daemon.answers("GET /v1/status", 503, Records.errorBody("stopping", 6, "it is stopping", ""));
        assertEquals(1, kume.run("health"));
        assertEquals("unhealthy: it is stopping\n", kume.out());
    }

    @Test
    void aSocketThatCannotBeOneIsWrongUsage() {
        assertEquals(2, new CommandRun().run("health", "--server", "/" + "x".repeat(120)));
    }
}
