package dev.kume.cli.command;

import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon says at one path again and again, until the process is told to stop: redrawn in place on a terminal,
 * one block below the other elsewhere. A daemon that goes away for a while is waited for.
 */
final class ScreenWatch {
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final int SECONDS_MAX = 3_600;

    private final Invocation invocation;
    private final String path;
    private final Function<Answer, List<String>> screen;
    private final int seconds;
    private boolean shown;

    /** @param screen the lines of an answer, for people */
    ScreenWatch(Invocation invocation, String path, Function<Answer, List<String>> screen, int seconds) {
        this.invocation = invocation;
        this.path = path;
        this.screen = screen;
        this.seconds = checked(seconds);
    }

    private static int checked(int seconds) {
        if (seconds < 1 || seconds > SECONDS_MAX) {
            throw new CliException(
                    ExitCode.USAGE, "--watch %d is not from 1 to %d seconds".formatted(seconds, SECONDS_MAX));
        }
        return seconds;
    }

    int run() {
        try (Repetition repetition = new Repetition(invocation.environment().interrupts())) {
            do {
                look();
            } while (!repetition.isStoppedWithin(seconds));
            return 0;
        }
    }

    private void look() {
        Answer answer = ask();
        if (answer == null) {
            return;
        }
        boolean drawn = invocation.terminal().interactive();
        invocation.print(answer.tree(), out -> {
            List<String> lines = screen.apply(answer);
            if (drawn) {
                draw(lines, out);
            } else {
                out.print(shown ? "\n" : "");
                lines.forEach(out::println);
            }
        });
        invocation.terminal().flush();
        shown = true;
    }

    /** Null while the daemon is away, of which one line tells. */
    private @Nullable Answer ask() {
        try {
            return invocation.api().get(path);
        } catch (CliException e) {
            if (!shown || e.exitCode() != ExitCode.UNREACHABLE) {
                throw e;
            }
            invocation.terminal().err().println("kume: " + e.getMessage());
            return null;
        }
    }

    private void draw(List<String> lines, PrintStream out) {
        StringBuilder screen = new StringBuilder(shown ? HOME : HOME + CLEAR_BELOW);
        lines.forEach(line -> screen.append(line).append(CLEAR_LINE_END).append('\n'));
        out.print(screen.append(CLEAR_BELOW));
    }
}
