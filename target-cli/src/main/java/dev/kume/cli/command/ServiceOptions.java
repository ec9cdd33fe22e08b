package dev.kume.cli.command;

import dev.kume.cli.service.HostPlaces;
import dev.kume.cli.service.HostService;
import dev.kume.cli.service.SystemdService;
import dev.kume.cli.service.WindowsService;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the verbs have in common that make Kume a service of its host. */
final class ServiceOptions {
    @Option(names = "--print", description = "Show what would be done, and do none of it.")
    boolean printOnly;

    @Option(
            names = "--root",
            paramLabel = "FOLDER",
            description = "Linux: the files of a host that does not run, such as an image that is being made.")
    private @Nullable Path root;

    /** The service of the host that is meant. */
    HostService host(Invocation invocation) {
        if (HostPlaces.isWindows()) {
            return WindowsService.ofThisHost(
                    invocation.environment().variables(),
                    invocation.environment().clock(),
                    printOnly);
        }
        return SystemdService.ofThisHost(
                invocation.environment().variables(), root == null ? null : invocation.absolute(root), printOnly);
    }

    /** Where lines for people go. */
    Consumer<String> out(Invocation invocation) {
        return printOnly ? invocation.terminal().out()::println : invocation::say;
    }
}
