package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state that the first daemon wrote, disks and all, under the daemon of today: {@code first-release/README.md} in the
 * test resources says how it was made. What {@code iscsi-inq} read from that daemon it reads from this one.
 */
final class UpgradeClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Path state;

    /** One page of one LUN, as a client of then saw it. */
    private record Page(String url, String initiator, String code, List<String> designators) {}

    @BeforeEach
    void unpack() throws Exception {
        Clients.need("tar", "iscsi-inq", "qemu-io");
        state = directory.resolve("state");
        Path archive = directory.resolve("state.tar.gz");
        Files.write(archive, resource("state.tar.gz"));
        Program.run(LIMIT, "tar", "-xzf", archive.toString(), "-C", directory.toString(), "--no-same-owner")
                .outOfSuccess();
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
                Files.writeString(file, Files.readString(file).replace("@STATE@", state.toString()));
            }
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = UpgradeClientIT.class.getResourceAsStream("first-release/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @Test
    void whatTheFirstDaemonServedIsServedUnderTheSameNames() throws Exception {
        Map<String, byte[]> before = metadata();
        List<Page> pages = pages();
        assertEquals(10, pages.size());
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            for (Page page : pages) {
                List<String> now = designators(inquiry(daemon.portal(), page));
                assertTrue(now.containsAll(page.designators()), () -> page + "\nis now " + now);
            }
            String mappings = daemon.get("/v1/mappings").path("mappings").toString();
            for (String mapping :
                    List.of("witness node1 0", "data node1 3", "witness node2 0", "data node2 3", "plain old 0")) {
                String[] words = mapping.split(" ");
                assertTrue(
                        daemon.get("/v1/mappings").path("mappings").findParents("disk").stream()
                                .anyMatch(each -> each.path("disk").asText().equals(words[0])
                                        && each.path("target").asText().equals(words[1])
                                        && each.path("lun").asText().equals(words[2])),
                        mapping + " in " + mappings);
            }
            daemon.get("/v1/disks")
                    .path("disks")
                    .forEach(disk -> assertEquals("idle", disk.path("status").asText(), disk::toString));
            String image = daemon.imageOptions(RunningDaemon.NODE1, "iqn.2026-11.dev.kume:store1-node1", 0);
            Program.run(LIMIT, "qemu-io", "--image-opts", image, "-c", "read -P 0x5a 0 64k")
                    .outOfSuccess();
            assertEquals(
                    "11",
                    daemon.get("/v1/config/history?limit=1")
                            .path("versions")
                            .get(0)
                            .path("version")
                            .asText());
            assertTrue(daemon.log().contains("from schema version 1 to 2"), daemon.log());
            daemon.stop();
            daemon.restart();
            assertEquals(1, daemon.log().split("from schema version 1 to 2", -1).length - 1, daemon.log());
            daemon.stop();
        }
        List<Path> copies;
        try (Stream<Path> all = Files.list(state.resolve("backup"))) {
            copies = all.toList();
        }
        assertEquals(1, copies.size(), copies::toString);
        before.forEach((name, content) ->
                assertEquals(text(content), text(copies.getFirst().resolve(name)), name));
        assertFalse(Files.exists(copies.getFirst().resolve("disks")));
    }

    @Test
    void aStateOfALaterKumeIsNamedAndNotTouched() throws Exception {
        Files.writeString(state.resolve("version.yaml"), "schemaVersion: 9\nkume: 7.0.0\n");
        Map<String, byte[]> before = all();
        Path settings = Files.writeString(
                directory.resolve("kume.yaml"), RunningDaemon.yaml(directory, RunningDaemon.freePort()));

        Program.Result result = Program.run(
                LIMIT,
                Clients.home().resolve("bin").resolve("kume").toString(),
                "serve",
                "--config",
                settings.toString());

        assertEquals(1, result.exitCode(), result::toString);
        List<String> lines = result.errorLines();
        assertEquals(1, lines.size(), result::toString);
        assertTrue(lines.getFirst().contains("by Kume 7.0.0, as schema version 9; this Kume "), lines::toString);
        assertEquals(before.keySet(), all().keySet());
        before.forEach((name, content) -> assertEquals(text(content), text(state.resolve(name)), name));
    }

    private static String inquiry(InetSocketAddress portal, Page page) {
        return Program.run(
                        LIMIT,
                        "iscsi-inq",
                        "-i",
                        page.initiator(),
                        "-e",
                        "1",
                        "-c",
                        page.code(),
                        "iscsi://127.0.0.1:%d/%s".formatted(portal.getPort(), page.url()))
                .outOfSuccess();
    }

    private static List<Page> pages() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (String part : new String(resource("pages.txt"), StandardCharsets.UTF_8).split("(?m)^== ")) {
            if (!part.isBlank()) {
                String[] words = part.lines().findFirst().orElseThrow().split(" ");
                pages.add(new Page(words[0], words[1], words[2], designators(part)));
            }
        }
        return pages;
    }

    private static List<String> designators(String page) {
        return page.lines()
                .filter(line -> line.startsWith("Designator:") || line.startsWith("Unit Serial Number:"))
                .toList();
    }

    private Map<String, byte[]> metadata() throws IOException {
        Map<String, byte[]> files = all();
        files.keySet().removeIf(name -> name.startsWith("disks") || name.equals("lock") || name.equals("pid"));
        return files;
    }

    private Map<String, byte[]> all() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(state)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(state.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static String text(Path file) {
        try {
            return text(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1);
    }
}
