package dev.kume.cli.command;

import dev.kume.cli.terminal.Terminal;
import dev.kume.core.Clock;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command line finds around it.
 *
 * @param terminal its standard streams
 * @param variables the environment variables
 * @param workingDirectory what relative paths start from, absolute
 * @param clock for time-outs and ages
 * @param interrupts how it learns of Ctrl-C
 * @param daemon what {@code serve} runs
 */
public record Environment(
        Terminal terminal,
        Map<String, String> variables,
        Path workingDirectory,
        Clock clock,
        Interrupts interrupts,
        DaemonStart daemon) {
    /** The path as the caller means it, for a daemon that stands in another directory. */
    Path absolute(Path path) {
        return workingDirectory.resolve(path).normalize();
    }
}
