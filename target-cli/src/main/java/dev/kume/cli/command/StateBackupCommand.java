package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.BackupView;
import dev.kume.cli.api.StateBackup;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume state backup}. */
@Command(
        name = "backup",
        description = "Write the state of the daemon into one file, while it serves: what is provisioned, with its"
                + " history, identities, reservations and settings. Disk images are not in it.",
        footer = {"", "Example: kume state backup /backup/kume-$(date +%%F).tar.gz"})
final class StateBackupCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "Where it goes on the server.")
    private Path file = Path.of("");

    @Option(
            names = "--with-secrets",
            description =
                    "Take secrets of CHAP, tokens and the key of the API along: keep such a file as you keep them.")
    private boolean withSecrets;

    @Option(names = "--force", description = "Replace the file when it is there.")
    private boolean force;

    StateBackupCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        StateBackup wanted = new StateBackup(invocation.pathOnServer(file), withSecrets, force);
        Answer answer = invocation.api().post(ApiPaths.STATE_BACKUP, wanted);
        invocation.printChange(answer.tree(), () -> {
            BackupView made = answer.as(BackupView.class);
            return "State backed up to %s: inventory version %d, %d disks; %s"
                    .formatted(
                            made.file(),
                            made.inventoryVersion(),
                            made.disks().size(),
                            made.withSecrets()
                                    ? "secrets are in it, and it has mode 0600"
                                    : "without secrets (see --with-secrets)");
        });
        return 0;
    }
}
