package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume reservation clear}. */
@Command(
        name = "clear",
        description = {
            "Break glass: remove a disk's reservation and all registrations, as no cluster would.",
            "For nodes that are gone for good. A node that is alive loses the disk and may fail its cluster's resource."
        },
        footer = {"", "Example: kume reservation clear quorum"})
final class ReservationClearCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Option(names = "--force", description = "Also when a registered node is logged in.")
    private boolean force;

    ReservationClearCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ReservationView before =
                invocation.api().get(ApiPaths.reservation(disk)).as(ReservationView.class);
        List<String> connected = Reservations.connected(before);
        if (!connected.isEmpty() && !force) {
            // Said before the question is asked: no answer to it could help.
            throw new CliException(
                    ExitCode.BUSY,
                    "disk '" + before.disk() + "' has registered nodes that are logged in: "
                            + String.join(", ", connected)
                            + "; let their cluster release it, or repeat with --force");
        }
        ReservationView.Nexus holder = Reservations.holder(before);
        invocation.confirm("disk '" + before.disk() + "' would lose "
                + (holder == null ? "" : "the reservation of " + holder.initiator() + " and ")
                + Words.count(before.registrations().size(), "registration")
                + "; a node that still writes to it could then write beside another one");
        Answer answer = invocation.api().delete(ApiPaths.reservationClearing(before.disk(), force));
        invocation.printChange(
                answer.tree(), () -> "Disk '" + before.disk() + "' has no reservation and no registration any more");
        return 0;
    }
}
