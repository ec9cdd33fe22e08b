package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a program to its end, with a limit, and keeps what it said. */
final class Program {
    /**
     * How a program ended.
     *
     * @param exitCode its status; 137 when the limit ended it
     * @param out      standard output
     * @param err      standard error
     * @param late     true when the limit ended it
     */
    record Result(List<String> words, int exitCode, String out, String err, boolean late) {
        /** The output of a program that must have ended with 0. */
        String outOfSuccess() {
            assertEquals(0, exitCode, () -> this + " failed");
            return out;
        }

        /** The lines of standard error without empty ones. */
        List<String> errorLines() {
            return err.lines().filter(line -> !line.isBlank()).toList();
        }

        @Override
        public String toString() {
            return "`%s` (exit %d%s)\n%s%s"
                    .formatted(String.join(" ", words), exitCode, late ? ", too late" : "", out, err);
        }
    }

    private Program() {}

    static Result run(Duration limit, String... words) {
        return run(limit, Map.of(), List.of(words));
    }

    static Result run(Duration limit, Map<String, String> environment, List<String> words) {
        try {
            Path out = Files.createTempFile("program", ".out");
            Path err = Files.createTempFile("program", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(words)
                        .redirectInput(new java.io.File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                boolean late = !process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (late) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
                return new Result(words, process.exitValue(), text(out), text(err), late);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + words, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("interrupted while " + words + " ran", e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Where PATH has this program, or an empty string. */
    static String find(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("");
    }

    static List<String> words(Object... parts) {
        List<String> words = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof List<?> list) {
                list.forEach(word -> words.add(word.toString()));
            } else {
                words.add(part.toString());
            }
        }
        return words;
    }
}
