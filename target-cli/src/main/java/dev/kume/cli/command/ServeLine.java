package dev.kume.cli.command;

import dev.kume.cli.service.Supervisor;
import dev.kume.cli.service.Systemd;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The command line that starts a daemon, read without the grammar: to build that of all commands takes about as long as
 * all the rest of a start, and nodes wait for their disks meanwhile.
 */
public final class ServeLine {
    private static final String VERB = "serve";
    private static final String CONFIG = "--config";

    private final @Nullable Path config;

    private ServeLine(@Nullable Path config) {
        this.config = config;
    }

    /** Null for everything but {@code serve}, {@code serve --config FILE} and {@code serve --config=FILE}. */
    public static @Nullable ServeLine read(String... words) {
        if (words.length == 0 || !words[0].equals(VERB)) {
            return null;
        }
        return switch (words.length) {
            case 1 -> new ServeLine(null);
            case 2 -> words[1].startsWith(CONFIG + "=") ? of(words[1].substring(CONFIG.length() + 1)) : null;
            case 3 -> words[1].equals(CONFIG) ? of(words[2]) : null;
            default -> null;
        };
    }

    /** What looks like a further option, or like nothing, is for the grammar to complain about. */
    private static @Nullable ServeLine of(String file) {
        return file.isEmpty() || file.startsWith("-") ? null : new ServeLine(Path.of(file));
    }

    /** Serves; returns the exit status. */
    public int run(Environment environment) {
        return serve(environment, config);
    }

    /** The same for who has read the line in another way. */
    static int serve(Environment environment, @Nullable Path config) {
        Supervisor systemd =
                Systemd.of(environment.variables(), ProcessHandle.current().pid(), environment.clock());
        Path file = config == null ? null : environment.absolute(config);
        return environment.daemon().run(file, systemd, new CompletableFuture<>());
    }
}
