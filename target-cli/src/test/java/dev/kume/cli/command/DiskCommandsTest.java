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

final class DiskCommandsTest {
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
    void listIsATableThatPeopleLikeToRead() {
        daemon.answers("GET /v1/disks", 200, "{\"disks\":[" + Records.QUORUM + "," + Records.VMS + "]}");
        assertEquals(0, kume.run("disk", "list"));
        assertEquals("""
                NAME    STATUS   SIZE  FORMAT  TYPE   SHARING    ACCESS BY           DESCRIPTION
                quorum  in use   2 GB  vhd     fixed  cluster    hv-node1, hv-node2  witness
                vms     idle    30 GB  vhd     fixed  exclusive  -                   -
                """, kume.out());
        assertEquals("", kume.err());
    }

    @Test
    void anEmptyListSaysWhatToDoNext() {
        daemon.answers("GET /v1/disks", 200, "{\"disks\":[]}");
        assertEquals(0, kume.run("disk", "list"));
        assertEquals("", kume.out());
        assertEquals("There are no disks. Create one: kume disk create NAME --size 30GB\n", kume.err());
    }

    @Test
    void anEmptyListInJsonIsAnEmptyArray() {
        daemon.answers("GET /v1/disks", 200, "{\"disks\":[]}");
        assertEquals(0, kume.run("disk", "list", "-o", "json"));
        assertEquals("[]\n", kume.out());
        assertEquals("", kume.err());
    }

    @Test
    void jsonIsTheRecordWithFieldsThisClientDoesNotKnow() {
        daemon.answers("GET /v1/disks", 200, "{\"disks\":[{\"name\":\"a\",\"future\":[1]}]}");
        assertEquals(0, kume.run("disk", "list", "--output=json"));
        assertEquals("""
                [
                  {
                    "name": "a",
                    "future": [
                      1
                    ]
                  }
                ]
                """, kume.out());
    }

    @Test
    void yamlIsTheSameRecord() {
        daemon.answers(
                "GET /v1/disks/a", 200, "{\"name\":\"a\",\"lun\":\"0\",\"sizeBytes\":512,\"list\":[],\"no\":null}");
        assertEquals(0, kume.run("-o", "yaml", "disk", "show", "a"));
        assertEquals("name: a\nlun: \"0\"\nsizeBytes: 512\nlist: []\n\"no\": null\n", kume.out());
    }

    @Test
    void showPrintsTheBytesToo() {
        daemon.answers("GET /v1/disks/quorum", 200, Records.QUORUM);
        assertEquals(0, kume.run("disk", "show", "quorum"));
        assertEquals("""
                name:        quorum
                status:      in use
                size:        2 GB (2,147,483,648 bytes)
                space taken: 1 MB (1,048,576 bytes)
                format:      vhd
                type:        fixed, sparse
                file:        /srv/kume/quorum.vhd
                sharing:     cluster
                sectors:     512e (logical 512, physical 4096 bytes)
                write cache: off
                rotation:    7200 rpm
                vendor:      ACME
                product:     Fast Disk
                serial:      5F0C
                NAA:         35f0c
                description: witness
                created:     2026-11-23T07:00:00Z
                access by:   hv-node1 as LUN 0, in use by iqn.1991-05.com.microsoft:hv-node1
                             hv-node2 as LUN 0, read-only
                """, kume.out());
    }

    @Test
    void showSaysWhatIsWrong() {
        String alarm = """
                {"kind":"unreserved-writers","severity":"critical","disk":"vms","host":null,\
                "since":"2026-11-23T07:00:00Z","text":"two write it","remedy":"stop one"}""";
        String vms = Records.VMS.substring(0, Records.VMS.length() - 1) + ",\"alarms\":[" + alarm + "]}";
        daemon.answers("GET /v1/disks/vms", 200, vms);
        assertEquals(0, kume.run("disk", "show", "vms"));
        assertTrue(
                kume.out().contains("alarms:      CRITICAL since 2026-11-23T07:00:00Z: two write it; stop one\n"),
                kume.out());
    }

    @Test
    void thawIsOneLine() {
        daemon.answers("POST /v1/disks/vms/thaw", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "thaw", "vms"));
        assertEquals("Disk 'vms' is written by all its hosts again\n", kume.out());
    }

    @Test
    void showOfADiskThatNobodyMapsSaysHowToMapIt() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "show", "vms"));
        assertTrue(kume.out().endsWith("access by:   nobody; map it: kume map vms TARGET\n"), kume.out());
        assertTrue(kume.out().contains("space taken: unknown\n"), kume.out());
    }

    @Test
    void anUnknownNameIsTheDaemonsLineAndStatus3() {
        daemon.answers(
                "GET /v1/disks/vmz",
                404,
                Records.errorBody("not-found", 3, "there is no disk 'vmz'", "did you mean vms?"));
        assertEquals(3, kume.run("disk", "show", "vmz"));
        assertEquals("", kume.out());
        assertEquals("kume: there is no disk 'vmz'; did you mean vms?\n", kume.err());
    }

    @Test
    void createSendsEveryOptionAndShowsTenthsWithoutATerminal() {
        daemon.answers("POST /v1/disks", 202, Records.operation("running", 1, 0, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=1&waitSeconds=10",
                200,
                Records.operation("running", 2, 3_300_000_000L, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=2&waitSeconds=10",
                200,
                Records.operation("running", 3, 3_400_000_000L, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=3&waitSeconds=10",
                200,
                Records.operation("running", 4, 20_000_000_000L, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=4&waitSeconds=10",
                200,
                Records.operation("done", 5, 32_212_254_720L, "null"));
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        int status = kume.run(
                "disk",
                "create",
                "vms",
                "--size",
                "30GB",
                "--file",
                "images/vms.vhd",
                "--format",
                "vhd",
                "--type",
                "fixed",
                "--sparse",
                "--sharing",
                "read-only",
                "--sectors",
                "4kn",
                "--description",
                "VM disks");
        assertEquals("Creating vms: 10%\nCreating vms: 60%\n", kume.err());
        assertEquals(0, status);
        assertEquals("Disk 'vms' created: 30 GB in /srv/kume/vms.vhd\n", kume.out());
        assertEquals(
                "POST /v1/disks {\"name\":\"vms\",\"size\":\"30GB\",\"file\":\"/caller/images/vms.vhd\","
                        + "\"format\":\"vhd\",\"type\":\"fixed\",\"sparse\":true,\"parent\":null,\"blockSizeMb\":null,"
                        + "\"sharing\":\"read-only\","
                        + "\"sectorFormat\":\"4kn\",\"blockSize\":null,\"physicalBlockSize\":null,"
                        + "\"writeCache\":null,\"rotation\":null,\"vendor\":null,\"product\":null,"
                        + "\"description\":\"VM disks\"}",
                daemon.asked().getFirst());
        assertEquals(List.of(), kume.interruptActions);
    }

    @Test
    void createSendsWhatHostsAreToldThatItIs() {
        daemon.answers("POST /v1/disks", 202, Records.operation("done", 5, 32_212_254_720L, "null"));
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        String line =
                "disk create vms --size 30GB --format raw --read-only --block-size 4096 --physical-block-size 4096"
                        + " --write-cache off --rotation 7200 --vendor ACME --product Fast";
        assertEquals(0, kume.run(line.split(" ")));
        assertEquals(
                "POST /v1/disks {\"name\":\"vms\",\"size\":\"30GB\",\"file\":null,\"format\":\"raw\",\"type\":null,"
                        + "\"sparse\":false,\"parent\":null,\"blockSizeMb\":null,\"sharing\":\"read-only\",\"sectorFormat\":null,\"blockSize\":4096,"
                        + "\"physicalBlockSize\":4096,\"writeCache\":false,\"rotation\":\"7200\",\"vendor\":\"ACME\","
                        + "\"product\":\"Fast\",\"description\":null}",
                daemon.asked().getFirst());
    }

    @Test
    void aChildIsMadeWithoutASize() {
        daemon.answers("POST /v1/disks", 202, Records.operation("done", 5, 32_212_254_720L, "null"));
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        String line = "disk create vms --parent golden --type differencing --format vhdx --block-size-mb 4";
        assertEquals(0, kume.run(line.split(" ")));
        String sent = daemon.asked().getFirst();
        assertTrue(
                sent.startsWith("POST /v1/disks {\"name\":\"vms\",\"size\":null,\"file\":null,\"format\":\"vhdx\","
                        + "\"type\":\"differencing\",\"sparse\":false,\"parent\":\"golden\",\"blockSizeMb\":4,"),
                sent);
    }

    @Test
    void showTellsHowTheFileIsMade() {
        daemon.answers("GET /v1/disks/child", 200, Records.CHILD);
        assertEquals(0, kume.run("disk", "show", "child"));
        assertTrue(kume.out().contains("""
                space taken: 6 MB (6,291,456 bytes)
                format:      vhdx
                type:        differencing, sparse
                file:        /srv/kume/child.vhdx
                file size:   8 MB (8,388,608 bytes)
                blocks:      2 MB
                parent:      golden
                over:        /srv/kume/monday.vhdx
                             /srv/kume/golden.vhdx
                snapshots:   1
                sharing:     exclusive
                """), kume.out());
    }

    @Test
    void whatContradictsItselfIsRefusedBeforeTheDaemonIsAsked() {
        assertEquals(2, kume.run("disk", "create", "a", "--size", "1GB", "--sectors", "4kn", "--block-size", "512"));
        assertEquals("kume: --sectors does not go together with --block-size or --physical-block-size\n", kume.err());
        assertEquals(2, kume.run("disk", "create", "a", "--size", "1GB", "--read-only", "--sharing", "cluster"));
        assertEquals(
                "kume: --read-only does not go together with --sharing cluster",
                kume.err().lines().toList().getLast());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void setSendsTheDeviceAlone() {
        daemon.answers("PATCH /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "set", "vms", "--write-cache", "on", "--rotation", "ssd"));
        assertEquals(
                List.of(
                        "PATCH /v1/disks/vms {\"rename\":null,\"sharing\":null,\"description\":null,\"writeCache\":true,"
                                + "\"rotation\":\"ssd\",\"vendor\":null,\"product\":null}"),
                daemon.asked());
    }

    @Test
    void resizeFollowsItsOperation() {
        daemon.answers("POST /v1/disks/vms/resize", 202, Records.operation("running", 1, 0, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=1&waitSeconds=10",
                200,
                Records.operation("done", 5, 32_212_254_720L, "null"));
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "resize", "vms", "30GB"));
        assertEquals("Disk 'vms' has 30 GB now; the initiators are told\n", kume.out());
        assertEquals(
                "POST /v1/disks/vms/resize {\"size\":\"30GB\",\"shrink\":null}",
                daemon.asked().getFirst());
        assertEquals(2, kume.run("disk", "resize", "vms", "big"));
        assertTrue(kume.err().startsWith("kume: SIZE: 'big' is not a size"), kume.err());
    }

    @Test
    void aDiskGoesOfflineAndOnline() {
        daemon.answers("POST /v1/disks/vms/offline?force=false", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "offline", "vms"));
        assertEquals("Disk 'vms' is offline; its file /srv/kume/vms.vhd is closed\n", kume.out());
        daemon.answers("POST /v1/disks/vms/online", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "online", "vms"));
        assertEquals("Disk 'vms' is online", kume.out().lines().toList().getLast());
    }

    @Test
    void offlineByForceNeedsYes() {
        assertEquals(2, kume.run("disk", "offline", "vms", "--force"));
        assertEquals(
                "kume: disk 'vms' would be taken offline, also under initiators that use it; nobody is at a terminal to"
                        + " confirm it: repeat the command with --yes\n",
                kume.err());
        assertEquals(List.of(), daemon.asked());
        daemon.answers("POST /v1/disks/vms/offline?force=true", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "offline", "vms", "--force", "--yes"));
    }

    @Test
    void createDrawsABarOnATerminal() {
        daemon.answers("POST /v1/disks", 202, Records.operation("running", 1, 0, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=1&waitSeconds=10",
                200,
                Records.operation("running", 2, 16_106_127_360L, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=2&waitSeconds=10",
                200,
                Records.operation("done", 3, 32_212_254_720L, "null"));
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.types("").run("disk", "create", "vms", "--size", "30GB"));
        assertEquals("\rCreating vms [###############...............] 50%  15 GB of 30 GB    \n", kume.err());
    }

    @Test
    void createThatFailsHasTheOperationsLineAndStatus() {
        daemon.answers("POST /v1/disks", 202, Records.operation("running", 1, 0, "null"));
        daemon.answers(
                "GET /v1/operations/12?after=1&waitSeconds=10",
                200,
                Records.operation("failed", 2, 0, Records.error("no-space", 1, "no space left in /srv", "make room")));
        assertEquals(1, kume.run("disk", "create", "vms", "--size", "30GB"));
        assertEquals("kume: no space left in /srv; make room\n", kume.err());
        assertEquals("", kume.out());
    }

    @Test
    void anInterruptCancelsTheCreate() throws IOException {
        daemon.answers("POST /v1/disks", 202, Records.operation("running", 1, 0, "null"));
        daemon.answers("POST /v1/operations/12/cancel", 200, Records.operation("cancelled", 2, 0, "null"));
        CommandRun other = new CommandRun().server(directory.resolve("s"));
        Runnable[] action = new Runnable[1];
        Interrupts interrupts = registered -> {
            action[0] = registered;
            registered.run();
            return () -> {};
        };
        daemon.answers(
                "GET /v1/operations/12?after=1&waitSeconds=10",
                200,
                Records.operation("cancelled", 2, 0, Records.error("cancelled", 1, "creating vms was cancelled", "")));
        assertEquals(1, other.interrupts(interrupts).run("disk", "create", "vms", "--size", "30GB"));
        assertEquals("POST /v1/operations/12/cancel", daemon.asked().get(1));
        assertEquals("\nkume: disk create 'vms' cancelled; nothing of it is left\n", other.err());
        assertEquals("", other.out());
    }

    @Test
    void aBadSizeIsRefusedBeforeTheDaemonIsAsked() {
        assertEquals(2, kume.run("disk", "create", "vms", "--size", "30QB"));
        assertTrue(kume.err().startsWith("kume: --size: '30QB' has an unknown unit 'QB'"), kume.err());
        assertEquals(1, kume.err().lines().count());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void importSendsAnAbsolutePath() {
        daemon.answers("POST /v1/disks/import", 201, Records.VMS);
        assertEquals(0, kume.run("disk", "import", "vms", "--file", "../srv/vms.vhd"));
        assertEquals("Disk 'vms' imported: 30 GB in /srv/kume/vms.vhd\n", kume.out());
        assertEquals(
                "POST /v1/disks/import {\"name\":\"vms\",\"file\":\"/srv/vms.vhd\",\"format\":null,\"sharing\":null,"
                        + "\"newIdentity\":false,\"trustParent\":false,\"sectorFormat\":null,\"blockSize\":null,\"physicalBlockSize\":null,"
                        + "\"writeCache\":null,\"rotation\":null,\"vendor\":null,\"product\":null,"
                        + "\"description\":null}",
                daemon.asked().getFirst());
    }

    @Test
    void setSendsWhatIsGivenAndAnEmptyDescriptionClears() {
        daemon.answers("PATCH /v1/disks/vms", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "set", "vms", "--sharing", "cluster", "--description", ""));
        assertEquals(
                "PATCH /v1/disks/vms {\"rename\":null,\"sharing\":\"cluster\",\"description\":\"\",\"writeCache\":null,"
                        + "\"rotation\":null,\"vendor\":null,\"product\":null}",
                daemon.asked().getFirst());
    }

    @Test
    void setOfNothingIsWrongUsage() {
        assertEquals(2, kume.run("disk", "set", "vms"));
        assertEquals(
                "kume: nothing to change: give --rename, --sharing, --description, --write-cache, --rotation, --vendor or"
                        + " --product\n",
                kume.err());
    }

    @Test
    void removeWithoutATerminalNeedsYes() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(2, kume.run("disk", "remove", "vms"));
        assertEquals(
                "kume: disk 'vms' would be removed; its file /srv/kume/vms.vhd would stay; nobody is at a terminal to"
                        + " confirm it: repeat the command with --yes\n",
                kume.err());
        assertEquals(List.of("GET /v1/disks/vms"), daemon.asked());
    }

    @Test
    void removeAsksOnATerminalAndTakesNoForNo() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        assertEquals(1, kume.types("n\n").run("disk", "remove", "vms", "--delete-file"));
        assertEquals(
                "disk 'vms' (30 GB) and all data in /srv/kume/vms.vhd would be deleted. Go on? [y/N] "
                        + "kume: nothing was changed\n",
                kume.err());
        assertEquals(List.of("GET /v1/disks/vms"), daemon.asked());
    }

    @Test
    void removeGoesOnAfterYes() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        daemon.answers("DELETE /v1/disks/vms?deleteFile=false", 200, Records.VMS);
        assertEquals(0, kume.types("y\n").run("disk", "remove", "vms"));
        assertEquals("Disk 'vms' removed; its file /srv/kume/vms.vhd stays\n", kume.out());
    }

    @Test
    void removeWithYesAsksNothing() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        daemon.answers("DELETE /v1/disks/vms?deleteFile=true", 200, Records.VMS);
        assertEquals(0, kume.run("disk", "remove", "vms", "--delete-file", "--yes", "--quiet"));
        assertEquals("", kume.out());
        assertEquals("", kume.err());
    }

    @Test
    void removeOfAMappedDiskSaysWhoUsesItAndIsStatus8() {
        daemon.answers("GET /v1/disks/quorum", 200, Records.QUORUM);
        assertEquals(8, kume.run("disk", "remove", "quorum", "--yes"));
        assertEquals(
                "kume: disk 'quorum' is mapped into hv-node1 (LUN 0), hv-node2 (LUN 0) and in use by"
                        + " iqn.1991-05.com.microsoft:hv-node1; unmap it first: kume unmap quorum hv-node1\n",
                kume.err());
        assertEquals(List.of("GET /v1/disks/quorum"), daemon.asked());
    }

    @Test
    void aNameIsEncodedInThePath() {
        daemon.answers(
                "GET /v1/disks/a%2Fb%20c", 404, Records.errorBody("not-found", 3, "there is no disk 'a/b c'", ""));
        assertEquals(3, kume.run("disk", "show", "a/b c"));
        assertEquals("kume: there is no disk 'a/b c'\n", kume.err());
    }
}
