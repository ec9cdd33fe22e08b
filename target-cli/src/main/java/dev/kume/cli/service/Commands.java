package dev.kume.cli.service;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The programs of the host. */
interface Commands {
    /** @param output what it printed, errors included, without the last line end */
    record Result(int status, String output) {}

    /** Runs a program to its end. */
    Result run(List<String> words) throws IOException;

    /** Whether there is such a program. */
    boolean exists(String program);

    /** The programs in PATH of these variables. */
    static Commands of(Map<String, String> variables) {
        String path = variables.getOrDefault("PATH", "");
        return new Commands() {
            @Override
            public Result run(List<String> words) throws IOException {
                List<String> line = new ArrayList<>(words);
                Path program = find(words.getFirst());
                if (program != null) {
                    line.set(0, program.toString());
                }
                Process process = new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                        .start();
                String output = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
                try {
                    return new Result(process.waitFor(), output.stripTrailing());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(words.getFirst() + " was interrupted", e);
                }
            }

            @Override
            public boolean exists(String program) {
                return find(program) != null;
            }

            private @Nullable Path find(String program) {
                for (String folder : path.split(File.pathSeparator)) {
                    Path file = Path.of(folder.isEmpty() ? "." : folder, program);
                    if (Files.isExecutable(file) && Files.isRegularFile(file)) {
                        return file;
                    }
                }
                return null;
            }
        };
    }

    private static File nothing() {
        return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
    }
}
