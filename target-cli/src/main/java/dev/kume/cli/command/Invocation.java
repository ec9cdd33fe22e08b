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
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One command line being carried out: its surroundings, its global options and how it prints. */
final class Invocation {
    private static final String SERVER_VARIABLE = "KUME_SERVER";
    private static final Path SERVER_DEFAULT = Path.of("/run/kume/admin.sock");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Environment environment;
    private final GlobalOptions options;

    Invocation(Environment environment, GlobalOptions options) {
        this.environment = environment;
        this.options = options;
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
        Path socket = server();
        if (socket.toString().matches("https?:/.*")) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the server is named by the path of its management socket, not by a URL: " + socket);
        }
        return new ApiClient(absolute(socket), environment.clock(), timeout);
    }

    private Path server() {
        if (options.server != null) {
            return options.server;
        }
        String variable = environment.variables().getOrDefault(SERVER_VARIABLE, "");
        if (variable.isEmpty()) {
            return SERVER_DEFAULT;
        }
        try {
            return Path.of(variable);
        } catch (InvalidPathException e) {
            throw new CliException(ExitCode.USAGE, SERVER_VARIABLE + "='" + variable + "' is not a path");
        }
    }

    /** The path as the caller means it, for a daemon that stands in another directory. */
    Path absolute(Path path) {
        return environment.workingDirectory().resolve(path).normalize();
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
