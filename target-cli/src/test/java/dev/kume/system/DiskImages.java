package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What QEMU and libvhdi say of disk files. */
final class DiskImages {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private DiskImages() {}

    /** Runs a program that must succeed; its output. */
    static String run(Object... words) {
        return Program.run(LIMIT, Map.of(), Program.words(words)).outOfSuccess();
    }

    /** {@code vpc} and {@code vhdx}, as QEMU names them, by the end of a file's name. */
    static String qemuFormat(Path file) {
        String name = file.toString();
        return name.endsWith(".vhdx") ? "vhdx" : name.endsWith(".vhd") ? "vpc" : "raw";
    }

    /** QEMU reads the same from a disk file as from a raw one; a VHDX is clean, too. */
    static void same(Path model, Path file) {
        String format = qemuFormat(file);
        String out = run("qemu-img", "compare", "-f", "raw", "-F", format, model, file);
        assertTrue(out.contains("Images are identical."), () -> file + ": " + out);
        if (format.equals("vhdx")) {
            clean(file);
        }
    }

    /** {@code qemu-img check} finds nothing. */
    static void clean(Path vhdx) {
        String out = run("qemu-img", "check", "-f", "vhdx", vhdx);
        assertTrue(out.contains("No errors were found"), out);
    }

    /**
     * libvhdi reads the same, from the file over its parents, which it finds itself. It serves the bytes as a file
     * system of its own, for which it takes root.
     *
     * @param layers how many files there are, this one and those below it
     */
    static void sameByLibvhdi(Path model, Path file, int layers) throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")) && isRoot(), "vhdimount needs root and /dev/fuse");
        Path mount = Files.createTempDirectory(model.getParent(), "mount");
        run("vhdimount", file, mount);
        try {
            try (Stream<Path> served = Files.list(mount)) {
                assertEquals(layers, served.count(), () -> file + " and its parents");
            }
            Path top = mount.resolve("vhdi" + layers);
            assertEquals(-1, Files.mismatch(model, top), () -> file + " as libvhdi reads it");
        } finally {
            run("umount", mount);
        }
    }

    private static boolean isRoot() {
        return run("id", "-u").strip().equals("0");
    }

    /** A line of what {@code vhdiinfo} says: {@code Disk type}, {@code Parent filename}... */
    static String fact(Path file, String name) {
        String out = run("vhdiinfo", file);
        return out.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("not in: " + out);
    }
}
