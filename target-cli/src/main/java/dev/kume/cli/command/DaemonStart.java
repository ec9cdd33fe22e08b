package dev.kume.cli.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The daemon in the foreground: returns its exit status when it has stopped. */
@FunctionalInterface
public interface DaemonStart {
    /** @param config the settings file, absolute; null for the one at its usual place */
    int run(@Nullable Path config);
}
