package dev.kume.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that the build makes, used as somebody would who was handed it. */
final class DistributionIT {
    private static final boolean WINDOWS = File.separatorChar == '\\';

    private final Path home = Path.of(Objects.requireNonNull(System.getProperty("kume.home"), "kume.home"));

    @TempDir
    Path folder;

    private record Ended(int status, String out, String err) {}

    @Test
    void everythingIsThere() {
        List<String> paths = List.of(
                "bin/kume", "bin/kume.bat", "bin/jdk.sh", "lib", "config/kume.yaml", "LICENSE", "NOTICE", "README.md");
        paths.forEach(path -> assertTrue(Files.exists(home.resolve(path)), path));
    }

    @Test
    void theLibrariesAreModulesAndOurThreeAreAmongThem() {
        Set<String> modules = ModuleFinder.of(home.resolve("lib")).findAll().stream()
                .map(module -> module.descriptor().name())
                .collect(Collectors.toSet());
        assertTrue(
                modules.containsAll(Set.of("dev.kume.core", "dev.kume.protocol", "dev.kume.cli")), modules::toString);
        assertFalse(modules.contains("org.junit.jupiter.api"), "test libraries are not shipped");
    }

    @Test
    void scriptsHaveTheLineEndsOfTheirSystem() throws IOException {
        String batch = Files.readString(home.resolve("bin/kume.bat"));
        assertEquals(batch.lines().count(), batch.split("\r\n").length);
        assertFalse(Files.readString(home.resolve("bin/kume")).contains("\r"), "a carriage return in bin/kume");
    }

    @Test
    void copiedToAFolderWithSpacesItRunsAndPrintsNothingOfTheJvm() throws Exception {
        Path copy = copyTo(folder.resolve("my kume"));
        Ended ended = run(copy, Map.of(), "--version");
        assertEquals(new Ended(0, "kume 0.1.0\n", ""), ended);
    }

    @Test
    void throughALinkItFindsItsLibraries() throws Exception {
        assumeFalse(WINDOWS, "links need a privilege there");
        Path link = Files.createSymbolicLink(folder.resolve("kume"), home.resolve("bin/kume"));
        try {
            assertEquals(0, run(List.of(link.toString(), "--version"), Map.of()).status());
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void theExitStatusIsTheProgramsOwn() throws Exception {
        assertEquals(2, run(home, Map.of(), "no-such-verb").status());
    }

    @Test
    void optionsOfTheEnvironmentReachTheJvmAndWin() throws Exception {
        Ended ended = run(home, Map.of("KUME_JAVA_OPTS", "-Xmx99m -XX:+PrintCommandLineFlags"), "--version");
        assertTrue(ended.out().contains("-XX:MaxHeapSize=103809024"), ended.out());
    }

    @Test
    void aJavaHomeThatIsTooOldOrNoneIsPassedOver() throws Exception {
        assumeFalse(WINDOWS, "makes a shell script");
        Path old = Files.createDirectories(folder.resolve("jdk-8/bin"));
        Files.writeString(old.resolveSibling("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 77\n");
        assertTrue(java.toFile().setExecutable(true));
        String path = Path.of(System.getProperty("java.home"), "bin") + File.pathSeparator + System.getenv("PATH");
        Map<String, String> environment = Map.of("JAVA_HOME", old.getParent().toString(), "PATH", path);
        assertEquals(0, run(home, environment, "--version").status());
    }

    private Path copyTo(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(home.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return target;
    }

    private Ended run(Path distribution, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        Path script = distribution.resolve(WINDOWS ? "bin/kume.bat" : "bin/kume");
        List<String> command =
                Stream.concat(Stream.of(script.toString()), Stream.of(words)).toList();
        return run(command, environment);
    }

    private Ended run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("KUME_JAVA_OPTS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end within 30 s");
        }
        return new Ended(process.exitValue(), text(out), text(err));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, UTF_8).replace("\r\n", "\n");
    }
}
