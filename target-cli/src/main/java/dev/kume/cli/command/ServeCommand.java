package dev.kume.cli.command;

import dev.kume.cli.service.Supervisor;
import dev.kume.cli.service.Systemd;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume serve}. */
@Command(name = "serve", description = "Run the daemon in the foreground. SIGTERM and Ctrl-C stop it cleanly.")
final class ServeCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(names = "--config", paramLabel = "FILE", description = "The daemon's settings, see config/kume.yaml.")
    private @Nullable Path config;

    ServeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Environment environment = invocation.environment();
        Supervisor systemd =
                Systemd.of(environment.variables(), ProcessHandle.current().pid(), environment.clock());
        return environment
                .daemon()
                .run(config == null ? null : invocation.absolute(config), systemd, new CompletableFuture<>());
    }
}
