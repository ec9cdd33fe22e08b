package dev.kume.cli.command;

import dev.kume.cli.api.SupportView;
import dev.kume.cli.daemon.DaemonPlaces;
import dev.kume.cli.service.ServicePlaces;
import dev.kume.cli.service.Supervisor;
import dev.kume.cli.state.StateRestore;
import dev.kume.cli.terminal.Terminal;
import dev.kume.core.Clock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** One command line carried out in this process, and all that a caller sees of it. */
final class CommandRun {
    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");

    final Map<String, String> variables = new HashMap<>();
    final List<Runnable> interruptActions = new ArrayList<>();
    final List<@Nullable Path> served = new ArrayList<>();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String typed = "";
    private boolean interactive;
    private Interrupts interrupts = this::register;

    CommandRun interrupts(Interrupts other) {
        interrupts = other;
        return this;
    }

    CommandRun server(Path socket) {
        variables.put("KUME_SERVER", socket.toString());
        return this;
    }

    /** A person sits at the terminal and types this. */
    CommandRun types(String text) {
        typed = text;
        interactive = true;
        return this;
    }

    /** Runs it and returns its exit status. */
    int run(String... args) {
        return tree().execute(args);
    }

    CommandLine tree() {
        return CommandTree.of(environment());
    }

    Environment environment() {
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                interactive);
        return new Environment(
                terminal, variables, Path.of("/caller"), new StandingClock(), interrupts, new NoDaemon());
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private Interrupts.Registration register(Runnable action) {
        interruptActions.add(action);
        return () -> interruptActions.remove(action);
    }

    /** Runs nothing, and remembers what it was asked to run. */
    private final class NoDaemon implements DaemonStart {
        @Override
        public int run(@Nullable Path config, Supervisor supervisor, CompletableFuture<Void> stop) {
            served.add(config);
            return 0;
        }

        @Override
        public ServicePlaces places() {
            return new ServicePlaces(
                    Path.of("/var/lib/kume"),
                    Path.of("/srv/kume"),
                    List.of(Path.of("/data/vm disks")),
                    Path.of("/run/kume/admin.sock"),
                    List.of(3260));
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

    /** Time-outs run, but the wall stands still. */
    private static final class StandingClock implements Clock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return NOW;
        }
    }
}
