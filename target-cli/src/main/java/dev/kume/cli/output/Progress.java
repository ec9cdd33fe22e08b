package dev.kume.cli.output;

import dev.kume.cli.terminal.Terminal;
import dev.kume.core.Sizes;
import java.io.PrintStream;

/**
 * Shows how far long work has come: a bar that is redrawn on a terminal, one line for each tenth elsewhere. Work that
 * is over before it is asked about a second time shows nothing.
 */
public final class Progress implements AutoCloseable {
    private static final int BAR_CELLS = 30;

    private final PrintStream err;
    private final boolean drawn;
    private final String title;
    private int percentShown = -1;
    private boolean lineOpen;

    public Progress(Terminal terminal, String title) {
        this.err = terminal.err();
        this.drawn = terminal.interactive();
        this.title = title;
    }

    /** Shows how far the work is; nothing while {@code totalBytes} is 0 (unknown), and nothing for its end. */
    public void at(long doneBytes, long totalBytes) {
        if (totalBytes <= 0 || doneBytes >= totalBytes) {
            return;
        }
        int percent = (int) Math.min(100, doneBytes / (totalBytes / 100.0));
        if (drawn) {
            draw(percent, doneBytes, totalBytes);
        } else if (percentShown < 0 || percent / 10 != percentShown / 10) {
            err.println(title + ": " + percent / 10 * 10 + "%");
            percentShown = percent;
        }
    }

    private void draw(int percent, long doneBytes, long totalBytes) {
        if (percent == percentShown) {
            return;
        }
        int cells = percent * BAR_CELLS / 100;
        String bar = "#".repeat(cells) + ".".repeat(BAR_CELLS - cells);
        String line = title + " [" + bar + "] " + percent + "%  " + Sizes.format(doneBytes) + " of "
                + Sizes.format(totalBytes);
        // Trailing blanks cover what a longer line before this one left behind.
        err.print("\r" + line + "    ");
        err.flush();
        percentShown = percent;
        lineOpen = true;
    }

    /** Ends the bar's line, so that what is printed next stands on its own. */
    @Override
    public void close() {
        if (lineOpen) {
            err.println();
            lineOpen = false;
        }
    }
}
