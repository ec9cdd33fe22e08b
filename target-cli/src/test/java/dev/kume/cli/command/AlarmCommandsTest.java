package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AlarmCommandsTest {
    private static final String GONE = alarm("node-gone", "warning", "node", "hv-node1", "\"HV\"", "hv-node1 is away");
    private static final String OFFLINE = alarm("disk-offline", "critical", "disk", "vms", "null", "vms is offline");

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

    private static String alarm(String kind, String severity, String what, String name, String cluster, String text) {
        return ("{\"kind\":\"%s\",\"severity\":\"%s\",\"subject\":{\"kind\":\"%s\",\"name\":\"%s\",\"cluster\":%s},"
                        + "\"disk\":null,\"host\":null,\"since\":\"2026-11-23T08:00:00Z\",\"text\":\"%s\","
                        + "\"remedy\":\"mend it\"}")
                .formatted(kind, severity, what, name, cluster, text);
    }

    private void status(String state, String alarms) {
        daemon.answers(
                "GET /v1/status",
                200,
                ("{\"state\":\"%s\",\"pid\":1,\"uptimeSeconds\":5,\"inventoryVersion\":1,\"counts\":{\"disks\":3,"
                                + "\"disksInUse\":0,\"disksOffline\":0,\"targets\":0,\"mappings\":0,\"sessions\":1,"
                                + "\"initiatorsSeen\":0,\"operationsRunning\":0},\"alarms\":[%s]}")
                        .formatted(state, alarms));
    }

    @Test
    void theListHasWhatIsWrongAndWhatToDo() {
        daemon.answers("GET /v1/alarms", 200, "{\"alarms\":[" + GONE + "," + OFFLINE + "]}");
        assertEquals(0, kume.run("alarm", "list"), kume::err);
        assertEquals("""
                SEVERITY  KIND          ABOUT                SINCE  WHAT
                warning   node-gone     node hv-node1 of HV  1h 0m  hv-node1 is away; mend it
                critical  disk-offline  disk vms             1h 0m  vms is offline; mend it
                """, kume.out());
    }

    @Test
    void nothingIsWrong() {
        daemon.answers("GET /v1/alarms", 200, "{\"alarms\":[]}");
        assertEquals(0, kume.run("alarm", "list"));
        assertEquals("", kume.out());
        assertEquals("Nothing is wrong.\n", kume.err());
    }

    @Test
    void itIsWatchedUntilItIsInterrupted() {
        daemon.answers("GET /v1/alarms", 200, "{\"alarms\":[" + GONE + "]}");
        daemon.answers("GET /v1/alarms", 200, "{\"alarms\":[]}");
        kume.interrupts(action -> {
            Thread interrupt = Thread.ofVirtual().start(() -> {
                while (daemon.asked().size() < 2) {
                    Thread.onSpinWait();
                }
                action.run();
            });
            return () -> assertTrue(interrupt.isVirtual());
        });
        assertEquals(0, kume.run("alarm", "list", "--watch", "1"));
        assertTrue(kume.out().contains("hv-node1 is away"), kume::out);
        assertTrue(kume.out().endsWith("\nNothing is wrong.\n"), kume::out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ready|0|KUME OK - ready, 3 disks, 1 session",
                "draining|10|KUME WARNING - it is draining",
                "warning|10|KUME WARNING - 1 alarm: node-gone: hv-node1 is away",
                "both|11|KUME CRITICAL - 2 alarms: disk-offline: vms is offline",
                "stopping|11|KUME CRITICAL - it is stopping; 1 alarm: disk-offline: vms is offline",
            })
    void monitoringGetsOneLineAndAnExitStatus(String how, int exit, String line) {
        switch (how) {
            case "warning" -> status("ready", GONE);
            case "both" -> status("ready", GONE + "," + OFFLINE);
            case "stopping" -> status("stopping", OFFLINE);
            default -> status(how, "");
        }
        assertEquals(exit, kume.run("status", "--check"), kume::err);
        assertEquals(line + "\n", kume.out());
    }

    @Test
    void aDaemonThatIsNotThereIsSixForMonitoring() {
        assertEquals(6, new CommandRun().server(directory.resolve("none")).run("status", "--check"));
    }

    @Test
    void aFloodLeavesTheStatusReadable() {
        status("ready", IntStream.range(0, 300).mapToObj(i -> GONE).collect(Collectors.joining(",")));
        assertEquals(10, kume.run("status", "--check"));
        assertEquals("KUME WARNING - 300 alarms: node-gone: hv-node1 is away\n", kume.out());
    }
}
