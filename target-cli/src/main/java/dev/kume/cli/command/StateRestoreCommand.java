package dev.kume.cli.command;

import dev.kume.cli.api.ApiJson;
import dev.kume.cli.state.Backup;
import dev.kume.cli.state.StateException;
import dev.kume.cli.state.StateRestore;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume state restore}. */
@Command(
        name = "restore",
        description = "Put a backup into the state directory of a daemon that does not run.",
        footer = {"", "Example: kume state restore /backup/kume.tar.gz --state /var/lib/kume --dry-run"})
final class StateRestoreCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "The backup, on this host.")
    private Path file = Path.of("");

    @Option(names = "--state", required = true, paramLabel = "DIR", description = "The state directory.")
    private Path state = Path.of("");

    @Option(
            names = "--force",
            description = "Although there is a state already; that one is kept in its folder backup/.")
    private boolean force;

    @Option(
            names = "--without-reservations",
            description = "Begin with no reservations and saved mode pages: only when no node uses any of the disks.")
    private boolean withoutReservations;

    @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
    private boolean dryRun;

    StateRestoreCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Backup backup = StateShowCommand.read(invocation.absolute(file));
        Path place = invocation.absolute(state);
        StateRestore restore = invocation.environment().daemon().restore(place);
        StateRestore.warnings(backup).forEach(warning -> invocation.say("warning: " + warning));
        try {
            Path aside;
            if (dryRun) {
                aside = null;
                if (!force) {
                    restore.checkEmpty();
                }
            } else {
                aside = restore.run(
                        backup,
                        !withoutReservations,
                        force,
                        invocation.environment().clock().now());
            }
            print(backup, place, restore.replaced(), aside);
            return 0;
        } catch (StateException e) {
            throw new CliException(ExitCode.FAILED, e.getMessage());
        }
    }

    private void print(Backup backup, Path place, List<Path> present, @Nullable Path aside) {
        invocation.printChange(ApiJson.lenient().valueToTree(backup.about()), () -> {
            String what = "inventory version %d with %d disks %s into %s"
                    .formatted(
                            backup.about().inventoryVersion(),
                            backup.about().disks().size(),
                            withoutReservations ? "and without reservations" : "and their reservations",
                            place);
            if (dryRun) {
                return "Would restore " + what
                        + (present.isEmpty() ? "" : ", and keep the state that is there in " + place.resolve("backup"));
            }
            return "Restored " + what + (aside == null ? "" : "; what was there is in " + aside);
        });
    }
}
