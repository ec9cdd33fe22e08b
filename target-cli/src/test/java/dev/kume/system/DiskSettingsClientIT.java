package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator sets on disks and mappings, as real initiators see it, before and after it changes. */
final class DiskSettingsClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CAPACITY_DATA_HAS_CHANGED = "6/2a/09";
    private static final int WRITES = 300;
    private static final int KILLS = 10;

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("qemu-img", "qemu-io", "iscsi-inq", "iscsi-readcapacity16", "sg_vpd", "sg_inq");
    }

    private static String target(RunningDaemon daemon, String disk, String name, String initiator, String... options) {
        String iqn = RunningDaemon.IQN_PREFIX + ":" + name;
        daemon.admin("target", "create", name, "--iqn", iqn, "--initiator", initiator);
        List<String> map = new ArrayList<>(List.of("map", disk, name, "--lun", "0"));
        Collections.addAll(map, options);
        daemon.admin(map.toArray(String[]::new));
        return iqn;
    }

    private static String run(Object... words) {
        return Program.run(LIMIT, Map.of(), Program.words(words)).outOfSuccess();
    }

    @Test
    void blocksRotationAndNamesAreWhatTheClientsRead() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String create = "disk create vms --size 64MB --format raw --sparse --block-size 4096 --write-cache off"
                    + " --rotation 7200 --vendor ACME --product FastDisk";
            daemon.admin(create.split(" "));
            String iqn = target(daemon, "vms", "one", RunningDaemon.NODE1);
            String capacity = run("iscsi-readcapacity16", "-i", RunningDaemon.NODE1, daemon.url(iqn, 0));
            assertTrue(capacity.contains("RETURNED LOGICAL BLOCK ADDRESS:16383"), capacity);
            assertTrue(capacity.contains("LOGICAL BLOCK LENGTH IN BYTES:4096"), capacity);
            assertEquals(
                    Long.toString(64L << 20),
                    run("iscsi-readcapacity16", "-s", "-i", RunningDaemon.NODE1, daemon.url(iqn, 0))
                            .strip());
            String names = run("iscsi-inq", "-i", RunningDaemon.NODE1, daemon.url(iqn, 0));
            assertTrue(names.contains("Vendor:ACME"), names);
            assertTrue(names.contains("Product:FastDisk"), names);
            String rotation = run("iscsi-inq", "-i", RunningDaemon.NODE1, "-e", "1", "-c", "177", daemon.url(iqn, 0));
            assertTrue(rotation.contains("7200"), rotation);
            String decoded = run("sg_vpd", "--page=bdc", "--inhex=" + inquiry(daemon, iqn, 0xB1));
            assertTrue(decoded.contains("Nominal rotation rate: 7200 rpm"), decoded);
            daemon.admin("disk", "set", "vms", "--rotation", "ssd", "--write-cache", "on");
            String solid = run("sg_vpd", "--page=bdc", "--inhex=" + inquiry(daemon, iqn, 0xB1));
            assertTrue(solid.contains("Non-rotating medium"), solid);
            daemon.stop();
        }
    }

    /** A page of vital product data as sg3_utils reads it. */
    private Path inquiry(RunningDaemon daemon, String iqn, int page) throws IOException {
        try (RawInitiator initiator = daemon.login(RunningDaemon.NODE1, iqn)) {
            byte[] data = initiator
                    .command(0, Cdb.vitalProductData(page, 64), new byte[0], 64)
                    .data();
            return Files.writeString(
                    directory.resolve("page"), HexFormat.ofDelimiter(" ").formatHex(data));
        }
    }

    @Test
    void aVhdGrowsUnderItsInitiators() throws Exception {
        Path file;
        long oldBytes = 32L << 20;
        long newBytes = 96L << 20;
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.admin("disk", "create", "vms", "--size", "32MB", "--sharing", "cluster");
            String one = target(daemon, "vms", "one", RunningDaemon.NODE1);
            String two = target(daemon, "vms", "two", RunningDaemon.NODE2);
            try (RawInitiator first = daemon.login(RunningDaemon.NODE1, one);
                    RawInitiator second = daemon.login(RunningDaemon.NODE2, two)) {
                attentions(first);
                attentions(second);
                CompletableFuture<String> writing = CompletableFuture.supplyAsync(() -> writes(daemon, one));
                String done = daemon.admin("disk", "resize", "vms", "96MB");
                assertEquals("Disk 'vms' has 96 MB now; the initiators are told\n", done);
                assertEquals(List.of(CAPACITY_DATA_HAS_CHANGED), attentions(first));
                assertEquals(List.of(CAPACITY_DATA_HAS_CHANGED), attentions(second));
                String written = writing.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                assertEquals(WRITES, written.split("wrote 65536/65536", -1).length - 1, written);
            }
            assertEquals(
                    Long.toString(newBytes),
                    run("iscsi-readcapacity16", "-s", "-i", RunningDaemon.NODE2, daemon.url(two, 0))
                            .strip());
            String info = run("qemu-img", "info", "--image-opts", daemon.imageOptions(RunningDaemon.NODE1, one, 0));
            assertTrue(info.contains("(" + newBytes + " bytes)"), info);
            qemuIo(daemon, RunningDaemon.NODE1, one, "read -P 0 %d %d".formatted(oldBytes, newBytes - oldBytes));
            qemuIo(daemon, RunningDaemon.NODE1, one, "write -P 9 %d 64k".formatted(newBytes - 65_536));
            qemuIo(daemon, RunningDaemon.NODE2, two, "read -P 9 %d 64k".formatted(newBytes - 65_536));
            assertEquals(5, daemon.kume("disk", "resize", "vms", "32MB").exitCode());
            daemon.kill();
            daemon.restart();
            qemuIo(daemon, RunningDaemon.NODE2, two, "read -P 9 %d 64k".formatted(newBytes - 65_536));
            file = daemon.file("vms");
            daemon.stop();
        }
        String info = run("qemu-img", "info", "-f", "vpc", "--output=json", file);
        assertTrue(info.contains("\"virtual-size\": " + newBytes), info);
        run("qemu-io", "-r", "-f", "vpc", "-c", "read -P 9 %d 64k".formatted(newBytes - 65_536), file);
    }

    /** Killed at any moment of a resize, the daemon comes back with the old size or the new one, and every byte. */
    @Test
    void aKillInTheMiddleOfAResizeLeavesTheOldDiskOrTheNew() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.admin("disk", "create", "vms", "--size", "16MB");
            String iqn = target(daemon, "vms", "one", RunningDaemon.NODE1);
            qemuIo(daemon, RunningDaemon.NODE1, iqn, "write -P 7 0 16M");
            long sizeBytes = 16L << 20;
            for (int round = 0; round < KILLS; round++) {
                long askedBytes = sizeBytes + (64L << 20);
                daemon.post("/v1/disks/vms/resize", "{\"size\":\"%d\"}".formatted(askedBytes));
                TimeUnit.MICROSECONDS.sleep(round * 1_500L);
                daemon.kill();
                daemon.restart();
                var disk = daemon.get("/v1/disks/vms");
                long now = disk.path("sizeBytes").asLong();
                assertTrue(now == sizeBytes || now == askedBytes, disk::toString);
                assertEquals("idle", disk.path("status").asText(), disk::toString);
                sizeBytes = now;
                qemuIo(daemon, RunningDaemon.NODE1, iqn, "read -P 7 0 16M");
                long newBytes = sizeBytes - (16L << 20);
                if (newBytes > 0) {
                    qemuIo(daemon, RunningDaemon.NODE1, iqn, "read -P 0 16M %d".formatted(newBytes));
                }
            }
            Path file = daemon.file("vms");
            daemon.stop();
            String info = run("qemu-img", "info", "-f", "vpc", "--output=json", file);
            assertTrue(info.contains("\"virtual-size\": " + sizeBytes), info);
        }
    }

    private static List<String> attentions(RawInitiator initiator) throws IOException {
        List<String> told = new ArrayList<>();
        while (true) {
            RawAnswer answer = initiator.command(0, Cdb.testUnitReady(), new byte[0], 0);
            if (answer.good()) {
                return told;
            }
            told.add(answer.outcome());
        }
    }

    /** One session that writes all the time. */
    private static String writes(RunningDaemon daemon, String iqn) {
        List<Object> words = new ArrayList<>(List.of("qemu-io"));
        for (int i = 0; i < WRITES; i++) {
            words.add("-c");
            words.add("write -P 5 %d 64k".formatted(i % 256 * 65_536));
        }
        words.add("--image-opts");
        words.add(daemon.imageOptions(RunningDaemon.NODE1, iqn, 0));
        return run(words.toArray());
    }

    private static void qemuIo(RunningDaemon daemon, String initiator, String iqn, String command) {
        String out = run("qemu-io", "-c", command, "--image-opts", daemon.imageOptions(initiator, iqn, 0));
        assertTrue(!out.contains("failed"), out);
    }

    @Test
    void aReadOnlyMappingIsReadThroughOneTargetAndWrittenThroughTheOther() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.admin("disk", "create", "vms", "--size", "32MB", "--sparse", "--sharing", "cluster");
            String one = target(daemon, "vms", "one", RunningDaemon.NODE1);
            String two = target(daemon, "vms", "two", RunningDaemon.NODE2, "--read-only");
            qemuIo(daemon, RunningDaemon.NODE1, one, "write -P 3 0 64k");
            refused(daemon, two);
            String out = run(
                    "qemu-io",
                    "-r",
                    "-c",
                    "read -P 3 0 64k",
                    "--image-opts",
                    daemon.imageOptions(RunningDaemon.NODE2, two, 0));
            assertTrue(out.contains("read 65536/65536"), out);
            assertEquals("Disk 'vms' is LUN 0 of target 'two'\n", daemon.admin("map", "vms", "two", "--read-write"));
            qemuIo(daemon, RunningDaemon.NODE2, two, "write -P 4 0 64k");
            assertEquals(
                    "Disk 'vms' is LUN 0 of target 'two', read-only\n",
                    daemon.admin("map", "vms", "two", "--read-only"));
            daemon.kill();
            daemon.restart();
            refused(daemon, two);
            qemuIo(daemon, RunningDaemon.NODE1, one, "read -P 4 0 64k");
            qemuIo(daemon, RunningDaemon.NODE1, one, "write -P 5 0 64k");
            daemon.stop();
        }
    }

    @Test
    void aDiskGoesOfflineAndComesBackUnderItsSession() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.admin("disk", "create", "vms", "--size", "32MB", "--sparse");
            String iqn = target(daemon, "vms", "one", RunningDaemon.NODE1);
            qemuIo(daemon, RunningDaemon.NODE1, iqn, "write -P 6 0 64k");
            try (RawInitiator initiator = daemon.login(RunningDaemon.NODE1, iqn)) {
                attentions(initiator);
                Program.Result refused = daemon.kume("disk", "offline", "vms");
                assertEquals(8, refused.exitCode(), refused::toString);
                assertTrue(refused.err().contains(RunningDaemon.NODE1), refused::toString);
                daemon.admin("disk", "offline", "vms", "--force", "--yes");
                assertEquals(
                        "2/04/03",
                        initiator
                                .command(0, Cdb.testUnitReady(), new byte[0], 0)
                                .outcome());
                Path file = daemon.file("vms");
                Path away = Files.move(file, directory.resolve("away"));
                assertEquals(1, daemon.kume("disk", "online", "vms").exitCode());
                Files.move(away, file);
                daemon.admin("disk", "online", "vms");
                assertEquals(List.of("6/28/00"), attentions(initiator));
            }
            qemuIo(daemon, RunningDaemon.NODE1, iqn, "read -P 6 0 64k");
            daemon.stop();
        }
    }

    private static void refused(RunningDaemon daemon, String iqn) {
        Program.Result refused = Program.run(
                LIMIT,
                "qemu-io",
                "-c",
                "write -P 8 0 64k",
                "--image-opts",
                daemon.imageOptions(RunningDaemon.NODE2, iqn, 0));
        assertNotEquals(0, refused.exitCode(), refused::toString);
    }
}
