package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume reservation list}. */
@Command(name = "list", description = "List which node holds which disk.")
final class ReservationListCommand implements Callable<Integer> {
    private final Invocation invocation;

    ReservationListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.RESERVATIONS);
        Instant now = invocation.environment().clock().now();
        invocation.printList(
                answer.tree().path("reservations"),
                "There is no disk yet; create one: kume disk create NAME --size SIZE",
                out -> table(answer.as(ReservationView.Listing.class).reservations(), now)
                        .print(out));
        return 0;
    }

    private static Table table(List<ReservationView> disks, Instant now) {
        Table table = new Table()
                .column("DISK")
                .column("HOLDER")
                .column("TARGET")
                .column("TYPE")
                .number("SINCE")
                .number("REGISTERED")
                .number("GENERATION");
        for (ReservationView disk : disks) {
            ReservationView.Nexus holder = Reservations.holder(disk);
            ReservationView.Held held = disk.reservation();
            table.row(
                    disk.disk(),
                    holder == null ? "" : holder.initiator(),
                    holder == null ? "" : Reservations.target(holder),
                    Reservations.type(disk),
                    held == null ? "" : Ages.since(held.since(), now),
                    Integer.toString(disk.registrations().size()),
                    Long.toString(disk.generation()));
        }
        return table;
    }
}
