package dev.kume.cli.command;

import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.BackupView;
import dev.kume.cli.output.Table;
import dev.kume.cli.state.Backup;
import dev.kume.cli.state.StateException;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume state show}. */
@Command(name = "show", description = "Check every member of a backup, and print what it is of. No daemon is needed.")
final class StateShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "The backup, on this host.")
    private Path file = Path.of("");

    StateShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        BackupView about = read(invocation.absolute(file)).about();
        invocation.print(ApiJson.lenient().valueToTree(about), out -> {
            out.println("Backup of %s by Kume %s at %s: schema version %d, inventory version %d, %s"
                    .formatted(
                            about.host(),
                            about.kume(),
                            about.created(),
                            about.schemaVersion(),
                            about.inventoryVersion(),
                            about.withSecrets() ? "with secrets" : "without secrets"));
            Table table =
                    new Table().column("DISK").column("FORMAT").column("NAA").column("IMAGE, NOT IN IT");
            about.disks().forEach(disk -> table.row(disk.name(), disk.format(), disk.naa(), disk.file()));
            table.print(out);
        });
        return 0;
    }

    static Backup read(Path file) {
        try {
            return Backup.read(file);
        } catch (StateException e) {
            throw new CliException(ExitCode.FAILED, e.getMessage());
        }
    }
}
