package dev.kume.cli.terminal;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The standard streams of one command line: data goes to {@code out}, everything a person reads beside it to {@code
 * err}. The only file that touches the process's own streams. Not for use by several threads.
 */
public final class Terminal {
    private final PrintStream out;
    private final PrintStream err;
    private final BufferedReader in;
    private final boolean interactive;
    private final @Nullable Console console;

    /**
     * @param interactive whether a person sits there: questions may be asked and a progress bar may be drawn
     */
    public Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
        this(in, out, err, interactive, null);
    }

    private Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive, @Nullable Console console) {
        this.console = console;
        this.in = new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()));
        this.out = out;
        this.err = err;
        this.interactive = interactive;
    }

    /** The terminal of this process. */
    @SuppressWarnings("SystemConsoleNull") // It is null again since JDK 25 where no terminal is.
    public static Terminal ofProcess() {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        return new Terminal(System.in, System.out, System.err, terminal, console);
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    /** Whether a person sits there. */
    public boolean interactive() {
        return interactive;
    }

    /** Asks a question that only {@code y} or {@code yes} answers with true; the end of the input is a no. */
    public boolean confirm(String question) {
        err.print(question + " [y/N] ");
        err.flush();
        try {
            String answer = in.readLine();
            return answer != null
                    && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks for a line; null at the end of the input. */
    public @Nullable String ask(String question) {
        err.print(question);
        err.flush();
        try {
            return in.readLine();
        } catch (IOException e) {
            return null;
        }
    }

    /** Asks for something that is not shown while it is typed; null at the end of the input. */
    public char @Nullable [] secret(String question) {
        if (console != null) {
            err.flush();
            return console.readPassword("%s", question);
        }
        err.print(question);
        err.flush();
        try {
            String line = in.readLine();
            return line == null ? null : line.toCharArray();
        } catch (IOException e) {
            return null;
        }
    }

    /** The terminal as a screen that is drawn again and again: key by key where it can be, or line by line. */
    public Screen screen() {
        Screen keyed = console == null ? null : TtyScreen.open(out);
        return keyed == null ? new LineScreen(in, out) : keyed;
    }

    /** Pushes everything out; false when the reader of {@code out} has gone away or its disk is full. */
    public boolean flush() {
        err.flush();
        return !out.checkError();
    }
}
