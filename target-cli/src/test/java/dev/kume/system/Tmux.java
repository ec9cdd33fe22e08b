package dev.kume.system;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A terminal of 80 columns, which tmux plays, with bash in it: somebody types into it and looks at it. */
final class Tmux implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String server;
    private final Path sent;

    /** @param directory the shell's; kume is on its path */
    Tmux(Path directory) throws IOException {
        sent = Files.createTempFile(directory, "terminal", ".sent");
        server = "kume-" + ProcessHandle.current().pid() + "-" + sent.getFileName();
        run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "env TERM=xterm PS1='$ ' bash --norc");
        run("pipe-pane", "cat >> '" + sent + "'");
        type("cd '" + directory + "'", "Enter");
        type("export PATH='" + Clients.home().resolve("bin") + "':$PATH && clear", "Enter");
    }

    private String run(String... words) {
        List<String> line = new ArrayList<>(List.of("tmux", "-L", server));
        line.addAll(List.of(words));
        return Program.run(LIMIT, Map.of(), line).outOfSuccess();
    }

    /** Text, and keys by their names: {@code Enter}, {@code Tab}, {@code C-c}. */
    void type(String... keys) {
        List<String> line = new ArrayList<>(List.of("send-keys"));
        line.addAll(List.of(keys));
        run(line.toArray(String[]::new));
    }

    void resize(int columns, int rows) {
        run("resize-window", "-x", String.valueOf(columns), "-y", String.valueOf(rows));
    }

    /** What tmux knows of it. */
    String ask(String format) {
        return run("display-message", "-p", format).strip();
    }

    /** Its lines as a person sees them, each behind a line feed. */
    String screen() {
        return "\n" + run("capture-pane", "-p");
    }

    /** Every byte that it was sent. */
    String sent() throws IOException {
        return Files.readString(sent);
    }

    /** Looks until it shows this; what it shows then, without the first line feed. */
    String await(String what, Predicate<String> shown) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        String screen = screen();
        while (!shown.test(screen)) {
            if (System.nanoTime() > end) {
                fail(what + " is not there:" + screen);
            }
            Thread.sleep(50);
            screen = screen();
        }
        return screen.substring(1);
    }

    @Override
    public void close() {
        run("kill-server");
    }
}
