package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kume top} against a daemon that counts by a script; the screen itself is in {@code TopScreenTest}. */
final class TopCommandTest {
    private static final String STATUS =
            "{\"state\":\"ready\",\"host\":\"store1\",\"pid\":1,\"uptimeSeconds\":65,\"inventoryVersion\":1,"
                    + "\"counts\":{\"disks\":3,\"disksInUse\":0,\"disksOffline\":0,\"targets\":0,\"mappings\":0,"
                    + "\"sessions\":1,\"initiatorsSeen\":0,\"operationsRunning\":0},\"alarms\":[]}";
    private static final String CLUSTERS =
            "{\"clusters\":[{\"name\":\"HV\",\"description\":\"\",\"oneTarget\":false,\"nodes\":[{\"name\":\"hv-node1\","
                    + "\"iqns\":[\"iqn.a:n1\"],\"target\":\"t\",\"targetIqn\":\"iqn.t:1\",\"sessions\":[]}],\"disks\":[],"
                    + "\"created\":\"2026-11-23T08:00:00Z\"}]}";
    private static final String RESERVATIONS =
            "{\"reservations\":[{\"disk\":\"vms\",\"generation\":1,\"throughPowerLoss\":true,\"reservation\":{\"type\":\"we\","
                    + "\"code\":5,\"holder\":{\"initiator\":\"iqn.a:n1\",\"isid\":\"0\",\"target\":\"t\",\"targetIqn\":\"iqn.t:1\","
                    + "\"portalGroup\":1,\"connected\":true,\"address\":null},\"key\":\"1\","
                    + "\"since\":\"2026-11-23T08:00:00Z\"},\"reservedBy\":null,\"registrations\":[],\"history\":[]}]}";

    @TempDir
    private Path directory;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void open() throws IOException {
        daemon = new FakeDaemon(directory.resolve("s"));
        kume = new CommandRun().server(directory.resolve("s"));
        daemon.answers("GET /v1/status", 200, STATUS)
                .answers("GET /v1/clusters", 200, CLUSTERS)
                .answers("GET /v1/reservations", 200, RESERVATIONS);
    }

    @AfterEach
    void close() throws IOException {
        daemon.close();
    }

    private static String counts(long reads, long readBytes) {
        return ("\"counts\":{\"reads\":%d,\"writes\":0,\"readBytes\":%d,"
                        + "\"writtenBytes\":0,\"errors\":0,\"outstanding\":2,\"aborted\":0,"
                        + "\"queue\":{\"count\":%d,\"nanos\":0,\"buckets\":[]},\"service\":{\"count\":%d,\"nanos\":%d,"
                        + "\"buckets\":[{\"upToNanos\":2000000,\"count\":%d},{\"upToNanos\":null,\"count\":0}]}}")
                .formatted(reads, readBytes, reads, reads, reads * 1_000_000, reads);
    }

    /** Two paths of one node that do the same, and a disk that does it all. */
    private void counted(long reads) {
        String session = ",\"initiator\":\"iqn.a:n1\",\"targetIqn\":\"iqn.t:1\",\"portal\":\"10.0.0.1:3260\",";
        daemon.answers(
                "GET /v1/statistics",
                200,
                "{\"upNanos\":1,\"disks\":[{\"disk\":\"idle\",\"reservationChanges\":0," + counts(0, 0)
                        + "},{\"disk\":\"vms\",\"reservationChanges\":0," + counts(reads, reads << 20)
                        + "}],\"sessions\":[{\"id\":4" + session + counts(reads / 2, reads << 19) + "},{\"id\":5"
                        + session + counts(reads / 2, reads << 19) + "}]}");
    }

    @Test
    void onceIsOnePlainTableOfTheTimeBetweenTwoLooks() {
        counted(1_000);
        counted(3_000);
        assertEquals(0, kume.run("top", "--once", "--interval", "1"), kume::err);
        List<String> lines = kume.out().lines().toList();
        assertEquals(3, lines.size(), kume::out);
        assertTrue(lines.get(0).startsWith("DISK "), kume::out);
        assertTrue(lines.get(0).endsWith(" ERR  OWNER"), kume::out);
        String[] cells = lines.get(1).split(" +");
        assertEquals("vms", cells[0]);
        double perSecond = Double.parseDouble(cells[1]);
        assertTrue(perSecond > 500 && perSecond <= 2_000, "2000 in a second or a little more: " + perSecond);
        assertEquals("1.00", cells[6], "service time");
        assertEquals("2.00", cells[7], "99 percent");
        assertEquals("hv-node1", cells[10]);
        assertTrue(lines.get(2).startsWith("idle "), kume::out);
        assertFalse(kume.out().contains("\u001b"), "escapes");
    }

    @Test
    void aNodeIsAllItsPaths() {
        counted(0);
        counted(2_000);
        assertEquals(0, kume.run("top", "--once", "--interval", "1", "--by", "node", "-o", "json"), kume::err);
        JsonNode document = json(kume.out());
        assertEquals("node", document.path("by").asText());
        assertEquals(1, document.path("rows").size());
        JsonNode node = document.path("rows").path(0);
        assertEquals("hv-node1", node.path("name").asText());
        assertEquals("1 disk", node.path("about").asText());
        assertEquals(4, node.path("depth").asInt());
        assertTrue(node.path("readsPerSecond").asDouble() > 500, document::toString);
    }

    @Test
    void manyLooksAreManyDocuments() {
        counted(0);
        counted(100);
        counted(300);
        assertEquals(0, kume.run("top", "--batch", "2", "--interval", "1", "--by", "session", "-o", "json"));
        String[] documents = kume.out().split("(?<=\n})\n");
        assertEquals(2, documents.length, kume::out);
        assertEquals(
                "4 hv-node1",
                json(documents[1]).path("rows").path(0).path("name").asText());
    }

    @Test
    void aDaemonThatStartsAnewShowsNoRateBelowNothing() {
        counted(5_000);
        counted(10);
        assertEquals(0, kume.run("top", "--once", "--interval", "1", "-o", "json"));
        JsonNode rows = json(kume.out()).path("rows");
        assertEquals("idle", rows.path(0).path("name").asText(), "what is not known stands last");
        assertTrue(rows.path(1).path("readsPerSecond").isNull(), rows::toString);
    }

    @Test
    void onATerminalKeysChooseTheViewAndQuit() {
        counted(0);
        kume.types("n\nb\nr\nq\n");
        assertEquals(0, kume.run("top", "--interval", "60"), kume::err);
        assertTrue(kume.out().contains("kume top - store1, ready, up 1m - 09:00:00 UTC - no alarms"), kume::out);
        assertTrue(kume.out().contains("2 disks by iops: "), kume::out);
        assertTrue(kume.out().contains("1 node by bytes reversed: "), kume::out);
    }

    @Test
    void noDaemonIsAnErrorAndNoScreen() {
        kume.server(directory.resolve("none"));
        assertEquals(6, kume.types("q\n").run("top"));
        assertEquals("", kume.out());
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertEquals(2, kume.run("top", "--interval", "0"));
        assertTrue(kume.err().contains("--interval 0 is not from 1 to 3600 seconds"), kume::err);
        assertEquals(2, kume.run("top", "--batch", "0"));
        assertEquals(2, kume.run("top", "--by", "target"));
        assertTrue(daemon.asked().isEmpty());
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }
}
