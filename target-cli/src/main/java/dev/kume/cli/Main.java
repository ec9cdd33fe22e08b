package dev.kume.cli;

import dev.kume.cli.api.SupportView;
import dev.kume.cli.command.CommandTree;
import dev.kume.cli.command.DaemonStart;
import dev.kume.cli.command.Environment;
import dev.kume.cli.command.ServeLine;
import dev.kume.cli.daemon.DaemonPlaces;
import dev.kume.cli.daemon.DaemonProgram;
import dev.kume.cli.service.ServicePlaces;
import dev.kume.cli.service.Supervisor;
import dev.kume.cli.state.StateRestore;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Terminal;
import dev.kume.core.Clock;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The program {@code kume}: daemon and admin command line in one. */
public final class Main {
    private Main() {}

    /** Carries out one command line and ends the process with its exit status. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        Clock clock = new ProcessClock();
        Environment environment = new Environment(
                terminal,
                System.getenv(),
                Path.of("").toAbsolutePath(),
                clock,
                new ProcessInterrupts(),
                daemon(clock, terminal));
        System.exit(run(environment, args));
    }

    private static DaemonStart daemon(Clock clock, Terminal terminal) {
        return new DaemonStart() {
            @Override
            public int run(@Nullable Path config, Supervisor supervisor, CompletableFuture<Void> stop) {
                return new DaemonProgram(clock, terminal.out(), terminal.err(), supervisor).run(config, stop);
            }

            @Override
            public ServicePlaces places() {
                return DaemonPlaces.ofThisHost();
            }

            @Override
            public StateRestore restore(Path state) {
                return DaemonPlaces.restore(state);
            }

            @Override
            public SupportView support(@Nullable Path config) {
                return DaemonPlaces.support(config);
            }
        };
    }

    /** Carries out one command line; returns its exit status. */
    static int run(Environment environment, String... args) {
        ServeLine serve = ServeLine.read(args);
        int status = serve == null ? CommandTree.of(environment).execute(args) : serve.run(environment);
        boolean printed = environment.terminal().flush();
        // A full disk behind stdout must not look like success to a script.
        return status == 0 && !printed ? ExitCode.FAILED.code() : status;
    }
}
