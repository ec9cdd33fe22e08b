package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigExportView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume config export}. */
@Command(
        name = "export",
        description = "Print what is provisioned as a desired state, which means exactly that when it is applied."
                + " Secrets are not in it.",
        footer = {"", "Example: kume config export -f kume-$(date +%%F).yaml"})
final class ConfigExportCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Write it to this file (default: standard output).")
    private @Nullable Path file;

    @Option(names = "--of", paramLabel = "N", description = "Of this version (default: the one that holds).")
    private @Nullable Long version;

    ConfigExportCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.configExport(version));
        ConfigExportView export = answer.as(ConfigExportView.class);
        Path wanted = file;
        if (wanted == null) {
            invocation.print(answer.tree(), out -> out.print(export.text()));
            return 0;
        }
        Path to = invocation.absolute(wanted);
        if (Files.exists(to)) {
            invocation.confirm("the file " + to + " is there and would be replaced");
        }
        try {
            Files.writeString(to, export.text());
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "the file " + to + " cannot be written: " + e.getMessage());
        }
        invocation.printChange(answer.tree(), () -> "Version " + export.version() + " is in " + to);
        return 0;
    }
}
