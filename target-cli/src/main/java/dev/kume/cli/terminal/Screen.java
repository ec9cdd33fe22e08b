package dev.kume.cli.terminal;

import java.util.List;

/** A screen that is drawn again and again, with somebody at the keyboard. For one thread. */
public interface Screen extends AutoCloseable {
    /** Nothing was typed in time. */
    int NOTHING = -1;

    /** Nobody can type any more. */
    int END = -2;

    /** Nothing was typed, but the window has another size. */
    int RESIZED = -3;

    int rows();

    int columns();

    /**
     * Shows these lines in place of those before.
     *
     * @param highlighted the index of a line to be told from the others
     */
    void draw(List<String> lines, int highlighted);

    /** Waits this long at most for a key; a letter, {@link #NOTHING}, {@link #RESIZED} or {@link #END}. */
    int key(long millis);

    /** Gives the terminal back as it was. May be called twice, and by another thread when the process ends. */
    @Override
    void close();
}
