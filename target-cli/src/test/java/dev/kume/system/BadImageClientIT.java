package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disk files that cannot be had, and disks that cannot be made: one line that names the file, and its exit code. */
final class BadImageClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int INVALID = 2;
    private static final int NOT_FOUND = 3;
    private static final int GUARD = 5;
    private static final int BUSY = 8;

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;

    @BeforeAll
    static void daemon() throws Exception {
        Clients.need("qemu-img", "qemu-io");
        daemon = RunningDaemon.start(directory);
        daemon.provideDisk("""
                {"name":"own","size":"48MB","format":"vhdx","type":"dynamic","sharing":"read-only"}""");
    }

    @AfterAll
    static void end() throws Exception {
        if (daemon != null) {
            try (RunningDaemon ending = daemon) {
                ending.stop();
            }
        }
    }

    private static void refused(int exitCode, List<String> inLine, String... words) throws IOException {
        List<String> before = daemon.get("/v1/disks").findValuesAsText("name");
        Program.Result result = daemon.kume(words);
        assertEquals(exitCode, result.exitCode(), result::toString);
        List<String> lines = result.errorLines().stream()
                .filter(line -> !line.matches(".*\\d+%"))
                .toList();
        assertEquals(1, lines.size(), () -> "one line is wanted: " + result);
        for (String word : inLine) {
            assertTrue(lines.getFirst().contains(word), () -> "`" + word + "` is not in: " + result);
        }
        assertEquals(before, daemon.get("/v1/disks").findValuesAsText("name"), () -> "something is left of " + result);
    }

    private static void refusedImport(int exitCode, Path file, String... inLine) throws IOException {
        List<String> words = new java.util.ArrayList<>(List.of(inLine));
        words.add(file.toString());
        refused(exitCode, words, "disk", "import", "bad", "--file", file.toString());
    }

    private static Path image(String name, String... options) {
        Path file = directory.resolve(name);
        List<Object> words = new java.util.ArrayList<>(List.of("qemu-img", "create"));
        words.addAll(List.of(options));
        words.addAll(List.of("-f", DiskImages.qemuFormat(file), file, "20M"));
        DiskImages.run(words.toArray());
        DiskImages.run("qemu-io", "-f", DiskImages.qemuFormat(file), "-c", "write -P 5 1M 6M", file);
        return file;
    }

    // ---- Disks that cannot be made

    @Test
    void sizesThatAFormatHasNot() throws Exception {
        refused(INVALID, List.of("2040 GiB"), "disk", "create", "bad", "--size", "2041GB", "--sparse");
        refused(INVALID, List.of("2040 GiB"), "disk", "create", "bad", "--size", "2041GB", "--type", "dynamic");
        String[] large = {"disk", "create", "bad", "--size", "65TB", "--format", "vhdx", "--type", "dynamic"};
        refused(INVALID, List.of("vhdx", "65536 GiB"), large);
        String[] odd = {"disk", "create", "bad", "--size", "1GB", "--type", "dynamic", "--block-size-mb", "3"};
        refused(INVALID, List.of("3"), odd);
        String[] raw = {"disk", "create", "bad", "--size", "1GB", "--format", "raw", "--type", "dynamic"};
        refused(INVALID, List.of("raw", "vhdx"), raw);
        refused(INVALID, List.of("parent"), "disk", "create", "bad", "--size", "1GB", "--type", "differencing");
    }

    @Test
    void parentsThatAreNone() throws Exception {
        refused(NOT_FOUND, List.of("nobody"), "disk", "create", "bad", "--parent", "nobody");
        daemon.provideDisk("written", "8MB", "vhdx");
        refused(GUARD, List.of("written", "read-only"), "disk", "create", "bad", "--parent", "written");
        refused(INVALID, List.of("own", "vhdx"), "disk", "create", "bad", "--parent", "own", "--format", "vhd");
    }

    @Test
    void spaceIsAskedForBeforeACopyBegins() throws Exception {
        Path mount = Files.createDirectories(directory.resolve("small"));
        Assumptions.assumeTrue(DiskImages.run("id", "-u").strip().equals("0"), "only root can mount a file system");
        DiskImages.run("mount", "-t", "tmpfs", "-o", "size=4m", "kume-test", mount);
        try {
            Path file = mount.resolve("out.vhd");
            String path = file.toString();
            refused(1, List.of("free"), "disk", "create", "bad", "--size", "64MB", "--file", path);
            refused(1, List.of(path, "free"), "disk", "copy", "own", "bad", "--type", "fixed", "--file", path);
            refused(1, List.of(path, "free"), "disk", "export", "own", "--type", "fixed", "--file", path);
            try (var left = Files.list(mount)) {
                assertEquals(List.of(), left.toList());
            }
        } finally {
            DiskImages.run("umount", "-l", mount);
        }
    }

    // ---- Files that cannot be had

    @Test
    void whatIsNoFile() throws Exception {
        refusedImport(INVALID, Files.createDirectories(directory.resolve("folder.vhdx")), "directory");
        refusedImport(INVALID, Path.of("/dev/null"), "device");
        Path image = image("real.vhdx");
        Path link = Files.createSymbolicLink(directory.resolve("link.vhdx"), image);
        refusedImport(INVALID, link, "symbolic link", image.toString());
        refusedImport(NOT_FOUND, Files.createSymbolicLink(directory.resolve("dead.vhdx"), Path.of("/nowhere")), "link");
        refusedImport(NOT_FOUND, directory.resolve("nowhere.vhdx"));
        refusedImport(4, daemon.file("own"), "own");
    }

    @Test
    void aFileThatAnotherDaemonHas() throws Exception {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        try (RunningDaemon other = RunningDaemon.start(elsewhere)) {
            other.provideDisk("theirs", "8MB", "vhdx");
            refusedImport(BUSY, other.file("theirs"), "in use");
            other.stop();
        }
    }

    @Test
    void aCopyOfADisksFile() throws Exception {
        Path copy = Files.copy(daemon.file("own"), directory.resolve("copy.vhdx"));
        refusedImport(GUARD, copy, "copy", "own", "--new-identity");
        daemon.admin("disk", "import", "copy", "--file", copy.toString(), "--new-identity");
        daemon.admin("disk", "remove", "copy", "--yes");
    }

    @Test
    void filesThatWereCutOff() throws Exception {
        for (String name : List.of("cut.vhd", "cut.vhdx")) {
            Path whole = image(name);
            byte[] bytes = Files.readAllBytes(whole);
            int[] lengths = {0, 512, 70_000, bytes.length / 2};
            for (int length : lengths) {
                Path cut = directory.resolve("cut-" + length + "-" + name);
                Files.write(cut, java.util.Arrays.copyOf(bytes, length));
                byte[] before = Files.readAllBytes(cut);
                Program.Result result = daemon.kume(
                        "disk",
                        "import",
                        "bad",
                        "--file",
                        cut.toString(),
                        "--format",
                        name.endsWith("x") ? "vhdx" : "vhd");
                assertEquals(INVALID, result.exitCode(), result::toString);
                assertEquals(1, result.errorLines().size(), result::toString);
                assertTrue(result.err().contains(cut.toString()), result::toString);
                assertArrayEquals(before, Files.readAllBytes(cut), () -> cut + " was changed");
            }
        }
    }

    // ---- Parents

    /** A disk of a child over a parent that the daemon has let go; their files stay. */
    private static Path orphan(String name, String format) throws Exception {
        String parent = name + "-parent";
        String dynamic = """
                {"name":"%s","size":"8MB","format":"%s","type":"dynamic","sharing":"read-only"}""";
        daemon.provideDisk(dynamic.formatted(parent, format));
        daemon.provideDisk("""
                {"name":"%s","parent":"%s"}""".formatted(name, parent));
        Path file = daemon.file(name);
        daemon.admin("disk", "remove", name, "--yes");
        daemon.admin("disk", "remove", parent, "--yes");
        return file;
    }

    private static Path parentOf(Path child) {
        return child.resolveSibling(child.getFileName().toString().replace(".vhd", "-parent.vhd"));
    }

    @Test
    void aParentThatIsMissingOrAnother() throws Exception {
        for (String format : List.of("vhd", "vhdx")) {
            Path child = orphan("orphan-" + format, format);
            Path parent = parentOf(child);
            Path away = Files.move(parent, parent.resolveSibling("away"));
            refusedImport(NOT_FOUND, child, parent.getFileName().toString());
            Path other = image("other." + format);
            Files.copy(other, parent);
            refusedImport(GUARD, child, parent.getFileName().toString());
            Files.move(away, parent, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            daemon.admin("disk", "import", "back-" + format, "--file", child.toString());
            daemon.admin("disk", "remove", "back-" + format, "--with-snapshots", "--yes");
        }
    }

    /** A VHD that names itself as its parent. */
    @Test
    void aChainThatIsALoop() throws Exception {
        Path child = orphan("loop", "vhd");
        Path parent = parentOf(child);
        byte[] bytes = Files.readAllBytes(child);
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int header = (int) file.getLong(16);
        file.put(header + 40, bytes, 68, 16);
        file.putInt(header + 36, 0);
        int sum = 0;
        for (int at = header; at < header + 1024; at++) {
            sum += bytes[at] & 0xFF;
        }
        file.putInt(header + 36, ~sum);
        Files.write(child, bytes);
        Files.write(parent, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        refusedImport(INVALID, child, "circle");
        assertFalse(Files.exists(Path.of(child + ".kume-map0")), "a file that was refused has notes");
    }
}
