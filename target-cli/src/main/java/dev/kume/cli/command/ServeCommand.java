package dev.kume.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
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
        return ServeLine.serve(invocation.environment(), config);
    }
}
