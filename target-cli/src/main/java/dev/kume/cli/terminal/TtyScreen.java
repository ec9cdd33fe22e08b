package dev.kume.cli.terminal;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A terminal of a Unix system, read key by key: {@code stty} sets it so, and back. Ctrl-Z comes as a key, so that the
 * terminal is as it was while the process is stopped. Confined to one thread, but for the end.
 */
final class TtyScreen implements Screen {
    private static final File TTY = new File("/dev/tty");
    private static final int ROWS = 24;
    private static final int COLUMNS = 80;
    private static final int SUSPEND = 26;
    private static final long STTY_SECONDS = 2;

    /** Reads without a key until the size of the window is asked for again: about a second. */
    private static final int READS_PER_MEASURE = 10;

    /** A read of a key returns after a tenth of a second at the latest, with or without one. */
    private static final List<String> RAW = List.of("-icanon", "-echo", "min", "0", "time", "1", "susp", "undef");

    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String REVERSED = "\u001b[7m";
    private static final String PLAIN = "\u001b[m";

    private final PrintStream out;
    private final InputStream keys;
    private final String before;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private int rows = ROWS;
    private int columns = COLUMNS;
    private int reads;

    private TtyScreen(PrintStream out, InputStream keys, String before) {
        this.out = out;
        this.keys = keys;
        this.before = before;
    }

    /** The terminal of this process; null where there is none that can be read key by key. */
    static @Nullable TtyScreen open(PrintStream out) {
        String before = TTY.exists() ? stty("-g") : null;
        if (before == null || before.isEmpty() || stty(RAW.toArray(String[]::new)) == null) {
            return null;
        }
        try {
            TtyScreen screen = new TtyScreen(out, new FileInputStream(TTY), before);
            screen.enter();
            return screen;
        } catch (IOException e) {
            stty(before);
            return null;
        }
    }

    private void enter() {
        out.print(ENTER + HOME + CLEAR_BELOW);
        out.flush();
        var _ = measure();
    }

    private void leave() {
        out.print(LEAVE);
        out.flush();
        stty(before);
    }

    /** True when the window has been given another size. */
    private boolean measure() {
        int rowsBefore = rows;
        int columnsBefore = columns;
        String size = stty("size");
        String[] numbers = size == null ? new String[0] : size.strip().split(" ");
        if (numbers.length == 2 && numbers[0].matches("[1-9][0-9]{0,3}") && numbers[1].matches("[1-9][0-9]{0,3}")) {
            rows = Integer.parseInt(numbers[0]);
            columns = Integer.parseInt(numbers[1]);
        }
        return rows != rowsBefore || columns != columnsBefore;
    }

    @Override
    public int rows() {
        var _ = measure();
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void draw(List<String> lines, int highlighted) {
        StringBuilder screen = new StringBuilder(HOME);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String marked = i == highlighted
                    ? REVERSED + line + " ".repeat(Math.max(0, columns - line.length())) + PLAIN
                    : line;
            // The last line has no line feed, which would move all others up.
            screen.append(marked).append(CLEAR_LINE_END).append(i == lines.size() - 1 ? "" : "\r\n");
        }
        out.print(screen.append(CLEAR_BELOW));
        out.flush();
    }

    @Override
    public int key(long millis) {
        long tenths = Math.max(1, millis / 100);
        for (long i = 0; i < tenths; i++) {
            int key = read();
            if (key == SUSPEND) {
                suspend();
                return ' ';
            }
            if (key != NOTHING) {
                return key;
            }
            reads++;
            if (reads % READS_PER_MEASURE == 0 && measure()) {
                return RESIZED;
            }
        }
        return NOTHING;
    }

    private int read() {
        try {
            int key = keys.read();
            return key < 0 ? NOTHING : key;
        } catch (IOException e) {
            return END;
        }
    }

    /** Goes on when the shell lets the process go on. */
    private void suspend() {
        leave();
        run("kill", "-STOP", String.valueOf(ProcessHandle.current().pid()));
        stty(RAW.toArray(String[]::new));
        enter();
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            leave();
        }
    }

    private static @Nullable String stty(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(command);
    }

    /** What it printed; null when it failed. */
    private static @Nullable String run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(TTY)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(STTY_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? printed.strip() : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
