package dev.kume.core.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Programs of the host that tests compare with. A test that needs one which is missing says so and is skipped. */
public final class Programs {
    private static final int SECONDS = 60;
    private static final int NOT_FOUND = 127;

    /** How a program ended: its exit status and everything it printed. */
    public record Result(int status, String output) {
        /** The output of a program that must succeed. */
        public String orThrow() {
            if (status != 0) {
                throw new AssertionError("exit status " + status + ": " + output);
            }
            return output;
        }
    }

    private Programs() {}

    /** Skips the calling test, visibly, when the program is not on the path. */
    public static void require(String program, String debianPackage) {
        boolean there = List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        Assumptions.assumeTrue(there, program + " is not installed (Debian: " + debianPackage + ")");
    }

    /** Runs a program to its end, standard error joined to its output. One that is missing ends as in a shell: 127. */
    public static Result run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new Result(NOT_FOUND, e.getMessage());
        }
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " did not end in " + SECONDS + " s");
        }
        return new Result(process.exitValue(), output.strip());
    }
}
