package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code kume validate} makes of its words before, and of storage that is not there. */
final class ValidateCommandTest {
    private static final String ONE = "iscsi://127.0.0.1:%d/iqn.x:n1/0";
    private static final String TWO = "iscsi://127.0.0.1:%d/iqn.x:n2/0";

    @TempDir
    Path directory;

    private final CommandRun kume = new CommandRun();

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--initiator iqn.a             | 2 URLs and 1 --initiator: give one for each URL, in their order, or none",
                "--initiator iqn.a --initiator iqn.a | two nodes have the same --initiator; to a target they would be one node",
                "--user hv                     | --user and --secret-file go together: give both, as often as each other",
                "--report /nowhere/x.html      | the report cannot be written: there is no directory /nowhere",
            })
    void wrongWordsAreRefusedBeforeAnythingIsDone(String options, String message) {
        String line = "validate iscsi://127.0.0.1:1/iqn.x/0 iscsi://127.0.0.1:1/iqn.y/0 " + options;
        assertTrue(kume.run(line.split(" ")) > 0);
        assertEquals("kume: " + message + "\n", kume.err());
    }

    /** A storage that is not there fails its validation; that is no accident of the command. */
    @Test
    void aPortalThatNobodyListensAtIsAResult() throws IOException {
        int port = closedPort();
        Path report = directory.resolve("report.html");
        int status =
                kume.run("validate", ONE.formatted(port), TWO.formatted(port), "--report", report.toString(), "-q");
        assertEquals(11, status, kume.err());
        assertTrue(kume.out().contains("List Disks                                      Failed"), kume.out());
        assertTrue(kume.out().contains("127.0.0.1:" + port), kume.out());
        assertTrue(kume.out().contains("Report: " + report), kume.out());
        assertTrue(Files.readString(report).contains("2 of 11 tests failed"));
    }

    @Test
    void jsonHasTheSame() throws IOException {
        int port = closedPort();
        assertEquals(11, kume.run("validate", ONE.formatted(port), TWO.formatted(port), "--json", "-q"));
        assertTrue(kume.out().startsWith("{\n  \"title\": \"iscsi://127.0.0.1:" + port), kume.out());
        assertTrue(kume.out().contains("\"outcome\": \"Failed\""), kume.out());
        assertTrue(kume.out().contains("\"expected\": \"an answer\""), kume.out());
    }
}
