package dev.kume.cli.service;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** What a verb does to the host, one step after the other: only shown, or done. */
final class Steps {
    /** What one step does. */
    @FunctionalInterface
    interface Doing {
        void run() throws IOException;
    }

    private record Step(String text, Doing doing) {}

    private final Commands commands;
    private final List<Step> steps = new ArrayList<>();

    Steps(Commands commands) {
        this.commands = commands;
    }

    /** Writes a file, and the folders above it. */
    void write(Path file, String content) {
        add("write %s\n%s".formatted(file, content.indent(4).stripTrailing()), () -> {
            Files.createDirectories(folderOf(file));
            Files.writeString(file, content);
        });
    }

    /** Removes a file; its folder too when nothing else is in it and it is one of our own. */
    void remove(Path file, boolean folderToo) {
        add("remove " + file, () -> {
            Files.deleteIfExists(file);
            Path folder = folderOf(file);
            if (folderToo && Files.isDirectory(folder)) {
                try (var left = Files.list(folder)) {
                    if (left.findAny().isEmpty()) {
                        Files.delete(folder);
                    }
                }
            }
        });
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    /** Runs a program that must succeed. */
    void run(String... words) {
        add("run " + String.join(" ", words), () -> {
            Commands.Result result = commands.run(List.of(words));
            if (result.status() != 0) {
                throw new CliException(
                        ExitCode.FAILED,
                        "%s failed (status %d): %s"
                                .formatted(
                                        String.join(" ", words),
                                        result.status(),
                                        result.output().lines().findFirst().orElse("it says nothing")));
            }
        });
    }

    /** @param text what it does, as a command to somebody */
    void add(String text, Doing doing) {
        steps.add(new Step(text, doing));
    }

    /** Shows what would be done, and does none of it. */
    void show(Consumer<String> say) {
        steps.forEach(step -> say.accept(step.text));
    }

    /** Does all of it, up to the first step that fails. */
    void carryOut() {
        for (Step step : steps) {
            try {
                step.doing.run();
            } catch (IOException e) {
                String what = step.text.lines().findFirst().orElse("");
                throw new CliException(
                        ExitCode.FAILED,
                        "cannot %s: %s; what came before it was done, repeat the command when this is mended"
                                .formatted(what, e.getMessage()));
            }
        }
    }
}
