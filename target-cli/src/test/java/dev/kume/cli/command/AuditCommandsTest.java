package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kume audit}. */
final class AuditCommandsTest {
    private static final String CHANGES = """
            {"changes":[
              {"time":"2026-11-27T10:00:05Z","caller":"ann","from":"local","method":"END","path":"/v1/operations/7",
               "subjects":["disk/vms"],"outcome":"no-space","error":"there is not enough space","operation":7},
              {"time":"2026-11-27T10:00:00Z","caller":"backup","from":"10.0.0.7:5","method":"POST","path":"/v1/disks",
               "subjects":["disk/vms"],"outcome":"begun","operation":7,"request":{"name":"vms"}}]}""";

    @TempDir
    Path directory;

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

    @Test
    void theListHasWhoFromWhereAndWhatCameOfIt() {
        daemon.answers("GET /v1/audit?limit=100", 200, CHANGES);
        assertEquals(0, kume.run("audit", "list"), kume::err);
        assertEquals("""
                TIME WHO FROM WHAT OUTCOME
                2026-11-27T10:00:05Z ann local end of operation 7 no-space: there is not enough space
                2026-11-27T10:00:00Z backup 10.0.0.7:5 POST /v1/disks (operation 7) begun
                """, kume.out().replaceAll(" +", " "));
    }

    @Test
    void oneThingSinceATimeIsAskedFor() {
        daemon.answers("GET /v1/audit?limit=5&since=2026-11-27T00%3A00%3A00Z&for=disk%2Fvms", 200, CHANGES);
        assertEquals(0, kume.run("audit", "list", "--since", "2026-11-27", "--for", "disk/vms", "--limit", "5"));
        assertTrue(kume.out().contains("POST /v1/disks"), kume.out());
    }

    @Test
    void jsonHasAllOfIt() {
        daemon.answers("GET /v1/audit?limit=100", 200, CHANGES);
        assertEquals(0, kume.run("audit", "list", "-o", "json"));
        assertTrue(kume.out().contains("\"request\""), kume.out());
    }

    @Test
    void aThingWithoutAKindIsRefused() {
        assertEquals(2, kume.run("audit", "list", "--for", "vms"));
        assertEquals("kume: --for 'vms' is no kind and name; write it as disk/vms\n", kume.err());
    }
}
