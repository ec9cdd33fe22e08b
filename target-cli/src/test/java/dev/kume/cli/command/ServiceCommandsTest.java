package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceCommandsTest {
    /** No process has this number: the largest that Linux gives is 2^22. */
    private static final String DRAIN =
            "{\"state\":\"%s\",\"revision\":%d,\"pid\":2000000000,\"timeoutSeconds\":90,\"left\":[%s],\"cut\":[%s]}";

    private static final String SESSION =
            "{\"id\":5,\"initiator\":\"iqn.1991-05.com.microsoft:hv1\",\"targetIqn\":null,\"address\":\"10.0.0.9:4711\"}";

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

    @Test
    void reloadPrintsWhatIsDifferentAndWhatBecameOfIt() {
        daemon.answers(
                "POST /v1/service/reload",
                200,
                "{\"file\":\"/etc/kume/kume.yaml\",\"changes\":[{\"key\":\"portals.san\",\"outcome\":\"applied\","
                        + "\"text\":\"closed, and its sessions are asked to log out\"},{\"key\":\"limits.disks\","
                        + "\"outcome\":\"needs a restart\",\"text\":\"is 4096 and is to be 5\"}]}");
        assertEquals(0, kume.run("service", "reload"));
        assertEquals(
                "portals.san closed, and its sessions are asked to log out: applied\n"
                        + "limits.disks is 4096 and is to be 5: needs a restart\n",
                kume.out());
    }

    @Test
    void reloadOfTheSameSaysSo() {
        daemon.answers("POST /v1/service/reload", 200, "{\"file\":\"/etc/kume/kume.yaml\",\"changes\":[]}");
        assertEquals(0, kume.run("service", "reload"));
        assertEquals("", kume.out());
        assertEquals("/etc/kume/kume.yaml says what the daemon works with already\n", kume.err());
    }

    @Test
    void drainFollowsItToTheEndAndNamesWhoWasCut() {
        daemon.answers("POST /v1/service/drain", 202, DRAIN.formatted("draining", 1, SESSION, ""))
                .answers(
                        "GET /v1/service/drain?after=1&waitSeconds=10",
                        200,
                        DRAIN.formatted("draining", 2, SESSION, ""))
                .answers(
                        "GET /v1/service/drain?after=2&waitSeconds=10",
                        200,
                        DRAIN.formatted("drained", 3, "", SESSION));
        assertEquals(0, kume.run("service", "drain", "--timeout", "90s"), kume::err);
        assertEquals("The daemon has ended\n", kume.out());
        assertEquals(
                "1 session left\n"
                        + "kume: cut, for it did not log out in time: iqn.1991-05.com.microsoft:hv1 from 10.0.0.9:4711\n",
                kume.err());
        assertEquals(
                "POST /v1/service/drain {\"timeoutSeconds\":90}", daemon.asked().getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "soon", "61m", "-5s", "3601", "1h"})
    void aTimeThatIsNoneIsRefused(String time) {
        assertEquals(2, kume.run("service", "drain", "--timeout", time));
        assertTrue(kume.err().contains("--timeout " + time + " is no time from 1s to 60m"), kume::err);
        assertTrue(daemon.asked().isEmpty());
    }
}
