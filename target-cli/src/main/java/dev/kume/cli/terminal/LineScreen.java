package dev.kume.cli.terminal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A terminal that cannot be read key by key, as on Windows: a letter and Enter. It is redrawn in place; its size is
 * what nearly all have.
 */
final class LineScreen implements Screen {
    private static final int ROWS = 24;
    private static final int COLUMNS = 80;
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final LinkedBlockingQueue<Integer> typed = new LinkedBlockingQueue<>();

    LineScreen(BufferedReader in, PrintStream out) {
        this.out = out;
        Thread.ofVirtual().name("kume-keys").start(() -> read(in));
    }

    private void read(BufferedReader in) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                typed.add(line.isEmpty() ? ' ' : (int) line.charAt(0));
            }
        } catch (IOException e) {
            // As when the input ends.
        }
        typed.add(END);
    }

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public void draw(List<String> lines, int highlighted) {
        StringBuilder screen = new StringBuilder(HOME);
        lines.forEach(line -> screen.append(line).append(CLEAR_LINE_END).append('\n'));
        out.print(screen.append(CLEAR_BELOW));
        out.flush();
    }

    @Override
    public int key(long millis) {
        try {
            Integer key = typed.poll(millis, TimeUnit.MILLISECONDS);
            return key == null ? NOTHING : key;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return END;
        }
    }

    @Override
    public void close() {
        out.flush();
    }
}
