package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.client.Answer;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.output.Documents;
import dev.kume.cli.output.OutputFormat;
import dev.kume.cli.output.Printable;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Terminal;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One command line being carried out: its surroundings, its global options and how it prints. */
final class Invocation {
    /** On Linux or Windows, whichever the server has; Windows as the client turns the slashes of the former around. */
    private static final Pattern ABSOLUTE_SOMEWHERE = Pattern.compile("[/\\\\].*|[A-Za-z]:[/\\\\].*");

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Environment environment;
    private final GlobalOptions options;
    private final ServerChoice server;

    Invocation(Environment environment, GlobalOptions options) {
        this.environment = environment;
        this.options = options;
        this.server = new ServerChoice(environment, options);
    }

    Environment environment() {
        return environment;
    }

    Terminal terminal() {
        return environment.terminal();
    }

    boolean quiet() {
        return options.quiet;
    }

    ApiClient api() {
        return api(TIMEOUT);
    }

    ApiClient api(Duration timeout) {
        return server.client(timeout);
    }

    /** Whether the daemon is on the network, and its files and processes are not those of this host. */
    boolean remote() {
        return server.isRemote();
    }

    /** A path on the daemon's host, as the caller means it: one that is relative means nothing over the network. */
    String pathOnServer(Path path) {
        String text = path.toString();
        if (!remote()) {
            return absolute(path).toString();
        }
        if (!ABSOLUTE_SOMEWHERE.matcher(text).matches()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "'" + text
                            + "' is a file of the server, which does not know the directory that you are in; give its"
                            + " whole path");
        }
        return text.startsWith("\\") && !text.startsWith("\\\\") ? text.replace('\\', '/') : text;
    }

    /** The path as the caller means it, for a daemon that stands in another directory. */
    Path absolute(Path path) {
        return environment.absolute(path);
    }

    /** Prints data: the record as it came, or its form for people. */
    void print(JsonNode tree, Consumer<PrintStream> table) {
        PrintStream out = terminal().out();
        switch (options.format) {
            case table -> table.accept(out);
            case json -> Documents.json(tree, out);
            case yaml -> Documents.yaml(tree, out);
        }
    }

    /** True when data is printed for people. */
    boolean printsTables() {
        return options.format == OutputFormat.table;
    }

    /** Prints a list: its rows as a table, or one line that says what to do about an empty one. */
    void printList(JsonNode list, String whenEmpty, Consumer<PrintStream> table) {
        if (options.format == OutputFormat.table && list.isEmpty()) {
            say(whenEmpty);
        } else {
            print(list, table);
        }
    }

    /** Prints the outcome of a change: the record, or one sentence for people unless they asked for quiet. */
    void printChange(JsonNode tree, Supplier<String> sentence) {
        print(tree, out -> {
            if (!options.quiet) {
                out.println(Printable.line(sentence.get()));
            }
        });
    }

    /** Tells people something that is not data. */
    void say(String sentence) {
        if (!options.quiet) {
            terminal().err().println(sentence);
        }
    }

    /**
     * Lets a destructive command go on: told so by {@code --yes}, or by an answer on the terminal.
     *
     * @param consequence what is about to happen, a sentence without its full stop
     */
    void confirm(String consequence) {
        if (options.yes) {
            return;
        }
        if (!terminal().interactive()) {
            throw new CliException(
                    ExitCode.USAGE,
                    consequence + "; nobody is at a terminal to confirm it: repeat the command with --yes");
        }
        if (!terminal().confirm(consequence + ". Go on?")) {
            throw new CliException(ExitCode.FAILED, "nothing was changed");
        }
    }

    /**
     * Carries out a removal that the daemon guards: by force when {@code --yes} says so, or an answer on the terminal
     * to what the daemon says about who is in the way.
     *
     * @param path by force or not
     */
    Answer removeGuarded(Function<Boolean, String> path) {
        if (options.yes) {
            return api().delete(path.apply(true));
        }
        try {
            return api().delete(path.apply(false));
        } catch (CliException refusal) {
            if (refusal.exitCode() != ExitCode.BUSY || !terminal().interactive()) {
                throw refusal;
            }
            confirm(String.valueOf(refusal.getMessage()));
            return api().delete(path.apply(true));
        }
    }

    /** Text for a table's cell: an empty cell for what is not there. */
    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
