package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system goes in through one target and comes out through the other, and out of the VHD file itself. */
final class FileSystemImageClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SIZE_BYTES = 96L << 20;

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("qemu-img", "mke2fs", "e2fsck");
    }

    @Test
    void ext4SurvivesTheWayThroughBothTargetsAndTheFile() throws Exception {
        Path source = ext4Image();
        Path file;
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String out = daemon.admin("disk", "create", "fs", "--size", "96MB", "--sharing", "cluster");
            assertTrue(out.contains("fs"), out);
            String one = target(daemon, "one", RunningDaemon.NODE1);
            String two = target(daemon, "two", RunningDaemon.NODE2);
            qemuImg(
                    "convert",
                    "-n",
                    "-f",
                    "raw",
                    "--target-image-opts",
                    source,
                    daemon.imageOptions(RunningDaemon.NODE1, one, 0));
            identical(
                    "driver=raw,file.driver=file,file.filename=" + source,
                    daemon.imageOptions(RunningDaemon.NODE2, two, 0));
            file = daemon.file("fs");
            daemon.stop();
        }
        assertEquals(SIZE_BYTES + 512, Files.size(file));
        String info = qemuImg("info", "-f", "vpc", "--output=json", file);
        assertTrue(info.contains("\"virtual-size\": " + SIZE_BYTES), info);
        assertTrue(info.contains("\"format\": \"vpc\""), info);
        identical(
                "driver=raw,file.driver=file,file.filename=" + source,
                "driver=vpc,file.driver=file,file.filename=" + file);
        Path back = directory.resolve("back.img");
        qemuImg("convert", "-f", "vpc", "-O", "raw", file, back);
        Program.run(LIMIT, "e2fsck", "-fn", back.toString()).outOfSuccess();
    }

    private static String target(RunningDaemon daemon, String name, String initiator) {
        String iqn = RunningDaemon.IQN_PREFIX + ":" + name;
        daemon.admin("target", "create", name, "--iqn", iqn, "--initiator", initiator);
        daemon.admin("map", "fs", name, "--lun", "0");
        return iqn;
    }

    private Path ext4Image() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree").resolve("folder"));
        byte[] noise = new byte[9_000_000];
        new Random(42).nextBytes(noise);
        Files.write(tree.resolve("noise"), noise);
        Files.writeString(tree.resolve("text"), "a line of text\n".repeat(50_000));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("text"));
        Path image = directory.resolve("ext4.img");
        Program.run(LIMIT, "mke2fs", "-q", "-t", "ext4", "-d", tree.getParent().toString(), image.toString(), "96M")
                .outOfSuccess();
        assertEquals(SIZE_BYTES, Files.size(image));
        return image;
    }

    private static void identical(String one, String other) {
        String out = qemuImg("compare", "--image-opts", one, other);
        assertTrue(out.contains("Images are identical."), out);
    }

    private static String qemuImg(Object... words) {
        return Program.run(LIMIT, java.util.Map.of(), Program.words("qemu-img", java.util.List.of(words)))
                .outOfSuccess();
    }
}
