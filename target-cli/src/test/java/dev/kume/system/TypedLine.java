package dev.kume.system;

import dev.kume.cli.api.SupportView;
import dev.kume.cli.command.CommandTree;
import dev.kume.cli.command.DaemonStart;
import dev.kume.cli.command.Environment;
import dev.kume.cli.command.Interrupts;
import dev.kume.cli.daemon.DaemonPlaces;
import dev.kume.cli.service.ServicePlaces;
import dev.kume.cli.service.Supervisor;
import dev.kume.cli.state.StateRestore;
import dev.kume.cli.terminal.Terminal;
import dev.kume.core.Clock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Carries out lines of the documentation in one directory against one daemon. A line of this program alone is carried
 * out in this process, which spares it a virtual machine; what a shell is needed for goes to bash.
 */
final class TypedLine {
    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");
    private static final Pattern TO_FILE = Pattern.compile("(.*?)\\s*>\\s*(\\S+)");
    private static final Pattern SHELL = Pattern.compile("[|;`]|<\\(|\\$\\(|\\$[A-Z_]|&&");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final Map<String, String> variables;

    TypedLine(Path directory, Path socket) {
        this(directory, Map.of("KUME_SERVER", socket.toString(), "NO_COLOR", "1"));
    }

    /** @param variables of the environment, which say where the daemon is */
    TypedLine(Path directory, Map<String, String> variables) {
        this.directory = directory;
        this.variables = Map.copyOf(variables);
    }

    /** @param types what the person at the terminal answers; nobody sits there when it is null */
    Program.Result run(String line, @Nullable String types) throws IOException {
        if (SHELL.matcher(line).find()) {
            return inShell(line);
        }
        Matcher toFile = TO_FILE.matcher(line);
        if (toFile.matches()) {
            Program.Result result = inProcess(words(toFile.group(1)), types);
            Files.writeString(directory.resolve(toFile.group(2)), result.out());
            return result;
        }
        return inProcess(words(line), types);
    }

    private Program.Result inShell(String line) {
        String path = Clients.home().resolve("bin") + ":" + System.getenv("PATH");
        Map<String, String> all = new HashMap<>(variables);
        all.put("PATH", path);
        String there = "cd '" + directory + "' && set -o pipefail && " + line;
        return Program.run(LIMIT, all, List.of("bash", "-c", there));
    }

    private Program.Result inProcess(List<String> words, @Nullable String types) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream((types == null ? "" : types + "\n").getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                types != null);
        Interrupts none = action -> () -> {};
        Environment environment =
                new Environment(terminal, variables, directory, new RealClock(), none, new RunningAlready());
        String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
        int status = CommandTree.of(environment).execute(arguments);
        return new Program.Result(
                words, status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), false);
    }

    /** The words of a command line; quotes hold them together. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group().replaceAll("['\"]", ""));
        }
        return words;
    }

    private static final class RunningAlready implements DaemonStart {
        @Override
        public int run(@Nullable Path config, Supervisor supervisor, CompletableFuture<Void> stop) {
            throw new AssertionError("the daemon is running already");
        }

        @Override
        public ServicePlaces places() {
            throw new AssertionError("no line makes a service of it");
        }

        @Override
        public StateRestore restore(Path state) {
            return DaemonPlaces.restore(state);
        }

        @Override
        public SupportView support(@Nullable Path config) {
            return DaemonPlaces.support(config);
        }
    }

    private static final class RealClock implements Clock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    }
}
