package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotCommandsTest {
    private static final String SNAPSHOT = """
        {"disk":"%s","name":"%s","id":"6f1c1b2e-8a53-4a86-9d53-6f1f0a4c6a1%d","created":"2026-11-23T08:00:00Z",\
        "size":"30 GB","sizeBytes":32212254720,"allocatedBytes":4194304,"file":"/d/%s.vhdx","base":%s,\
        "current":%s,"state":"%s","removedPercent":%s,"usedBy":%s,"writesWaitedMillis":12,"description":"%s"}\
        """;
    private static final String ONE =
            SNAPSHOT.formatted("vms", "one", 1, "vms", "null", false, "removing", "43", "[]", "");
    private static final String TWO = SNAPSHOT.formatted(
            "vms", "two", 2, "vms.1a2b3c4d", "\"one\"", true, "kept", "null", "[\"vms-two\",\"vm7\"]", "KB5031");
    private static final String QUORUM_TWO =
            SNAPSHOT.formatted("quorum", "two", 3, "quorum", "null", true, "kept", "null", "[]", "");
    private static final String OPERATION = """
        {"id":5,"kind":"snapshot create","subject":"%s","state":"done","revision":2,"doneBytes":1,"totalBytes":1,\
        "started":"2026-11-23T08:00:00Z","finished":"2026-11-23T08:00:00Z","error":null,"result":null}\
        """;

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

    private static String listing(String... snapshots) {
        return "{\"snapshots\":[" + String.join(",", snapshots) + "]}";
    }

    @Test
    void createOfOneDiskSaysHowLongWritesWaited() {
        daemon.answers("POST /v1/disks/vms/snapshots", 202, OPERATION.formatted("two"))
                .answers("GET /v1/snapshots", 200, listing(ONE, TWO));
        assertEquals(0, kume.run("snapshot", "create", "vms", "two"), kume::err);
        assertEquals("Snapshot 'two' of disk 'vms' taken; writes waited 12 ms\n", kume.out());
    }

    @Test
    void createOfSeveralDisksIsOneRequest() {
        daemon.answers("POST /v1/snapshots", 202, OPERATION.formatted("two"))
                .answers("GET /v1/snapshots", 200, listing(QUORUM_TWO, ONE, TWO));
        assertEquals(0, kume.run("snapshot", "create", "--disk", "vms", "--disk", "quorum", "two"), kume::err);
        assertEquals("Snapshot 'two' of disks 'quorum', 'vms' taken; writes waited 12 ms\n", kume.out());
        assertEquals(0, kume.run("snapshot", "create", "--cluster", "--target", "t"), kume::err);
        assertEquals(0, kume.run("snapshot", "create", "--cluster", "-o", "json"), kume::err);
        assertTrue(kume.out().contains("\"vms\""), kume.out());
    }

    @Test
    void createNeedsToKnowWhichDisks() {
        assertEquals(2, kume.run("snapshot", "create"));
        assertEquals("kume: name a DISK, or say which disks by --disk, --target or --cluster\n", kume.err());
        assertEquals(2, kume.run("snapshot", "create", "vms", "two", "--cluster"));
        assertTrue(
                kume.err()
                        .endsWith("kume: 'vms' is one word too many: behind --disk, --target and --cluster only NAME is"
                                + " left; use --disk vms\n"),
                kume.err());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void listIsATable() {
        daemon.answers("GET /v1/disks/vms/snapshots", 200, listing(ONE, TWO));
        assertEquals(0, kume.run("snapshot", "list", "vms"));
        assertEquals("""
            DISK  NAME  CREATED                SIZE  SPACE TAKEN  BASE  STATE          USED BY       DESCRIPTION
            vms   one   2026-11-23T08:00:00Z  30 GB         4 MB  -     removing 43 %  -             -
            vms   two   2026-11-23T08:00:00Z  30 GB         4 MB  one   kept           vms-two, vm7  KB5031
            """, kume.out());
    }

    @Test
    void anEmptyListSaysWhatToDoNext() {
        daemon.answers("GET /v1/snapshots", 200, listing());
        assertEquals(0, kume.run("snapshot", "list"));
        assertEquals("There are no snapshots. Take one: kume snapshot create DISK\n", kume.err());
    }

    @Test
    void showSaysAllThereIs() {
        daemon.answers("GET /v1/disks/vms/snapshots/two", 200, TWO);
        assertEquals(0, kume.run("snapshot", "show", "vms", "two"));
        assertEquals("""
            disk:             vms
            name:             two
            state:            kept
            created:          2026-11-23T08:00:00Z
            size:             30 GB (32,212,254,720 bytes)
            space taken:      4 MB (4,194,304 bytes)
            file:             /d/vms.1a2b3c4d.vhdx
            base:             one
            base of the disk: yes
            writes waited:    12 ms
            description:      KB5031
            id:               6f1c1b2e-8a53-4a86-9d53-6f1f0a4c6a12
            used by:          vms-two
                              vm7
            """, kume.out());
    }

    @Test
    void removeAsksAndSaysWhatIsLeft() {
        daemon.answers("POST /v1/disks/vms/snapshots/remove", 202, OPERATION.formatted("vms"))
                .answers("GET /v1/disks/vms/snapshots", 200, listing(TWO));
        assertEquals(2, kume.run("snapshot", "remove", "vms", "one"));
        assertEquals(
                "kume: 1 snapshot of disk 'vms' (one) would be removed for good; nobody is at a terminal to confirm it:"
                        + " repeat the command with --yes\n",
                kume.err());
        assertEquals(0, kume.run("snapshot", "remove", "vms", "one", "--yes"));
        assertEquals("Disk 'vms' has 1 snapshot left\n", kume.out());
    }

    @Test
    void removeWithoutNamesGoesOnWithWhatIsBeingRemoved() {
        daemon.answers("POST /v1/disks/vms/snapshots/remove", 202, OPERATION.formatted("vms"))
                .answers("GET /v1/disks/vms/snapshots", 200, listing(ONE, TWO));
        assertEquals(0, kume.run("snapshot", "remove", "vms", "--yes"), kume::err);
        assertEquals(0, kume.run("snapshot", "remove", "vms", "--all", "--yes"), kume::err);
    }

    @Test
    void removeNeedsToKnowWhat() {
        daemon.answers("GET /v1/disks/vms/snapshots", 200, listing(TWO));
        assertEquals(2, kume.run("snapshot", "remove", "vms", "--yes"));
        assertTrue(kume.err().endsWith("kume: name a SNAPSHOT, or use --all\n"), kume.err());
        assertEquals(2, kume.run("snapshot", "remove", "vms", "one", "--all", "--yes"));
        assertTrue(kume.err().endsWith("kume: --all does not go together with names\n"), kume.err());
    }

    @Test
    void restoreSaysWhatIsLost() {
        daemon.answers("GET /v1/disks/vms/snapshots/two", 200, TWO)
                .answers("POST /v1/disks/vms/snapshots/two/restore", 202, OPERATION.formatted("vms"))
                .answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(2, kume.run("snapshot", "restore", "vms", "two"));
        assertEquals(
                "kume: disk 'vms' would be what it was at 2026-11-23T08:00:00Z; what was written since the last"
                        + " snapshot would be lost; nobody is at a terminal to confirm it: repeat the command with"
                        + " --yes\n",
                kume.err());
        assertEquals(0, kume.run("snapshot", "restore", "vms", "two", "--yes"), kume::err);
        assertEquals("Disk 'vms' is what it was at 2026-11-23T08:00:00Z\n", kume.out());
    }

    @Test
    void mountMakesADiskOfThatName() {
        daemon.answers("POST /v1/disks/vms/snapshots/two/mount", 202, OPERATION.formatted("vms-two"))
                .answers("GET /v1/disks/vms-two", 200, Records.VMS.replace("\"vms\"", "\"vms-two\""));
        assertEquals(0, kume.run("snapshot", "mount", "vms", "two"), kume::err);
        assertEquals(
                "Disk 'vms-two' is snapshot 'two' of disk 'vms', read-only; map it: kume map vms-two TARGET\n",
                kume.out());
        assertEquals(2, kume.run("snapshot", "mount", "vms", "two", "--file", "/d/x"));
        assertTrue(
                kume.err().endsWith("kume: --file is for --writable: without it the disk is the snapshot's file\n"),
                kume.err());
    }

    @Test
    void cloneMakesADisk() {
        daemon.answers("POST /v1/disks/golden/clone", 202, OPERATION.formatted("vms"))
                .answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "clone", "golden", "vms"), kume::err);
        assertTrue(kume.out().startsWith("Disk 'vms' is a clone of disk 'golden', in "), kume.out());
    }

    @Test
    void aDiskIsRemovedWithItsSnapshotsWhenTold() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS)
                .answers("DELETE /v1/disks/vms?deleteFile=true&withSnapshots=true", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "remove", "vms", "--delete-file", "--with-snapshots", "--yes"), kume::err);
        assertTrue(kume.out().startsWith("Disk 'vms' removed"), kume.out());
    }
}
