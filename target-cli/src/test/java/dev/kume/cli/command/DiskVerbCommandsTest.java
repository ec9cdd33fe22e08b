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

/** The commands that are operations of the daemon: what they ask for, and what they say at the end. */
final class DiskVerbCommandsTest {
    private static final String DONE = Records.operation("done", 5, 32_212_254_720L, "null");

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

    /** An operation that ends with this result. */
    private void begins(String path, String result) {
        daemon.answers("POST " + path, 202, Records.operation("running", 1, 0, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=1&waitSeconds=10",
                200,
                DONE.substring(0, DONE.length() - 1) + ",\"result\":" + result + "}");
    }

    @Test
    void convertSaysWhatTheDiskIsNow() {
        begins("/v1/disks/vms/convert", "{\"file\":\"/srv/kume/vms.vhd\"}");
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(
                0, kume.run("disk", "convert", "vms", "--format", "vhd", "--file", "../srv/vms.vhd", "--keep-source"));
        assertEquals("Disk 'vms' is a fixed vhd now, in /srv/kume/vms.vhd\n", kume.out());
        assertEquals(
                "POST /v1/disks/vms/convert {\"format\":\"vhd\",\"type\":null,\"sparse\":null,\"blockSizeMb\":null,"
                        + "\"file\":\"/srv/vms.vhd\",\"keepSource\":true}",
                daemon.asked().getFirst());
    }

    @Test
    void copyShowsTheNewDisk() {
        begins("/v1/disks/a/copy", "null");
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "copy", "a", "vms", "--sparse", "--block-size-mb", "2"));
        assertEquals("Disk 'vms' is a copy of 'a', in /srv/kume/vms.vhd\n", kume.out());
        assertEquals(
                "POST /v1/disks/a/copy {\"name\":\"vms\",\"format\":null,\"type\":null,\"sparse\":true,\"blockSizeMb\":2,"
                        + "\"file\":null,\"description\":null}",
                daemon.asked().getFirst());
    }

    @Test
    void exportNamesItsFile() {
        begins("/v1/disks/vms/export", "{\"file\":\"/srv/out.vhd\"}");
        assertEquals(0, kume.run("disk", "export", "vms", "--file", "/srv/out.vhd", "--type", "fixed"));
        assertEquals("Disk 'vms' is written into /srv/out.vhd\n", kume.out());
        assertEquals(
                "POST /v1/disks/vms/export {\"file\":\"/srv/out.vhd\",\"format\":null,\"type\":\"fixed\",\"sparse\":null,"
                        + "\"blockSizeMb\":null}",
                daemon.asked().getFirst());
        assertEquals(2, kume.run("disk", "export", "vms"));
    }

    @Test
    void compactSaysHowMuchCameBack() {
        begins("/v1/disks/vms/compact", "{\"freedBytes\":1073741824}");
        assertEquals(0, kume.run("disk", "compact", "vms"));
        assertEquals("Disk 'vms' takes 1 GB less\n", kume.out());
    }

    @Test
    void aCleanCheckIsOneLineAndStatus0() {
        begins(
                "/v1/disks/vms/check",
                "{\"check\":{\"file\":\"/srv/vms.vhdx\",\"format\":\"vhdx\",\"clean\":true,\"findings\":[],"
                        + "\"moreFindings\":0,\"blocks\":3,\"leakedBytes\":0}}");
        assertEquals(0, kume.run("disk", "check", "vms"));
        assertEquals("/srv/vms.vhdx (vhdx, 3 blocks) is clean\n", kume.out());
        assertEquals(
                "POST /v1/disks/vms/check {\"file\":null,\"format\":null,\"repair\":false}",
                daemon.asked().getFirst());
    }

    private static final String BROKEN =
            "{\"file\":\"/srv/old.vhdx\",\"format\":\"vhdx\",\"clean\":false,\"findings\":[{\"severity\":\"repairable\","
                    + "\"field\":\"BAT entry 17\",\"problem\":\"it lies behind the end\",\"repaired\":false},"
                    + "{\"severity\":\"note\",\"field\":\"log\",\"problem\":\"empty\",\"repaired\":true}],"
                    + "\"moreFindings\":2,\"blocks\":0,\"leakedBytes\":4096}";

    @Test
    void aCheckThatFindsSomethingIsATableAndStatus1() {
        begins("/v1/disks/check", "{\"check\":" + BROKEN + "}");
        assertEquals(1, kume.run("disk", "check", "--file", "/srv/old.vhdx", "--format", "vhd", "--repair"));
        assertEquals("""
                SEVERITY    WHERE         PROBLEM                 REPAIRED
                repairable  BAT entry 17  it lies behind the end  no
                note        log           empty                   yes
                /srv/old.vhdx (vhdx, 4096 bytes in it that belong to nothing) is not clean; and 2 more
                """, kume.out());
        assertEquals(
                "POST /v1/disks/check {\"file\":\"/srv/old.vhdx\",\"format\":\"vhd\",\"repair\":true}",
                daemon.asked().getFirst());
    }

    @Test
    void aCheckInJsonIsItsRecord() {
        begins("/v1/disks/check", "{\"check\":" + BROKEN + "}");
        assertEquals(1, kume.run("disk", "check", "--file", "/srv/old.vhdx", "-o", "json"));
        assertTrue(kume.out().startsWith("{\n  \"file\": \"/srv/old.vhdx\",\n"), kume.out());
        assertEquals("", kume.err().lines().filter(line -> !line.contains("%")).reduce("", String::concat));
    }

    @Test
    void aCheckIsOfADiskOrOfAFile() {
        assertEquals(2, kume.run("disk", "check"));
        assertEquals("kume: give the name of a disk, or --file PATH\n", kume.err());
        assertEquals(2, kume.run("disk", "check", "vms", "--file", "/srv/old.vhdx"));
        assertEquals(2, kume.run("disk", "check", "vms", "--format", "vhd"));
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void shrinkIsSaid() {
        begins("/v1/disks/vms/resize", "null");
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "resize", "vms", "20GB", "--shrink"));
        assertEquals(
                "POST /v1/disks/vms/resize {\"size\":\"20GB\",\"shrink\":true}",
                daemon.asked().getFirst());
    }

    @Test
    void operationsAreListedShownAndCancelled() {
        daemon.answers(
                "GET /v1/operations",
                200,
                "{\"operations\":[" + Records.operation("running", 3, 16_106_127_360L, "null") + "]}");
        assertEquals(0, kume.run("operation", "list"));
        assertEquals("""
                ID  KIND         SUBJECT  STATE     DONE     OF  SINCE
                12  disk create  vms      running  15 GB  30 GB  2h 0m
                """, kume.out());
        daemon.answers(
                "GET /v1/operations/12",
                200,
                Records.operation("failed", 4, 0, Records.error("no-space", 1, "no space left in /srv", "make room")));
        CommandRun show = new CommandRun().server(directory.resolve("s"));
        assertEquals(0, show.run("operation", "show", "12"));
        assertEquals("""
                id:       12
                kind:     disk create
                subject:  vms
                state:    failed
                done:     0 B of 30 GB
                started:  2026-11-23T07:00:00Z
                finished: -
                error:    no space left in /srv; make room
                """, show.out());
        daemon.answers("POST /v1/operations/12/cancel", 200, Records.operation("running", 4, 0, "null"));
        CommandRun cancel = new CommandRun().server(directory.resolve("s"));
        assertEquals(0, cancel.run("operation", "cancel", "12"));
        assertEquals("Asked disk create 'vms' to stop; see kume operation show 12\n", cancel.out());
    }
}
