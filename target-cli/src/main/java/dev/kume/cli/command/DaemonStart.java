package dev.kume.cli.command;

import dev.kume.cli.api.SupportView;
import dev.kume.cli.service.ServicePlaces;
import dev.kume.cli.service.Supervisor;
import dev.kume.cli.state.StateRestore;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The daemon, as the command line runs it. */
public interface DaemonStart {
    /**
     * Runs it in the foreground; returns its exit status when it has stopped.
     *
     * @param config     the settings file, absolute; null for the one at its usual place
     * @param supervisor who wants to know how it stands
     * @param stop       ends it, when it completes
     */
    int run(@Nullable Path config, Supervisor supervisor, CompletableFuture<Void> stop);

    /** What it has to reach, by the settings at their usual place and the inventory that they lead to. */
    ServicePlaces places();

    /** What puts a backup into this state directory; nothing is touched yet. */
    StateRestore restore(Path state);

    /** What the files of a daemon that does not run say for a support bundle; null for the usual settings. */
    SupportView support(@Nullable Path config);
}
