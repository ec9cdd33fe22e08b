package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume reservation show}. */
@Command(name = "show", description = "Show who holds a disk, who is registered with it, and what was done last.")
final class ReservationShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    ReservationShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.reservation(disk));
        Instant now = invocation.environment().clock().now();
        invocation.print(
                answer.tree(),
                out -> facts(answer.as(ReservationView.class), now).print(out));
        return 0;
    }

    private static Facts facts(ReservationView disk, Instant now) {
        ReservationView.Held held = disk.reservation();
        ReservationView.Nexus holder = Reservations.holder(disk);
        List<String> registrations = disk.registrations().stream()
                .map(registration -> registration(registration, now))
                .toList();
        List<String> history =
                disk.history().stream().map(ReservationShowCommand::change).toList();
        return new Facts()
                .add("disk", disk.disk())
                .add("holder", holder == null ? "nobody" : Reservations.nexus(holder))
                .add("type", Reservations.type(disk))
                .add("key", held == null ? "" : held.key())
                .add("since", held == null ? "" : held.since() + " (" + Ages.since(held.since(), now) + ")")
                .add("registered", registrations, "nobody")
                .add("generation", Long.toString(disk.generation()))
                .add(
                        "after power loss",
                        disk.throughPowerLoss() ? "kept (APTPL)" : "lost, as the last registration asked (no APTPL)")
                .add("history", history, "nothing yet");
    }

    private static String registration(ReservationView.Registration registration, Instant now) {
        return "%s %s, for %s%s%s"
                .formatted(
                        registration.key(),
                        Reservations.nexus(registration.nexus()),
                        Ages.since(registration.since(), now),
                        registration.allTargetPorts() ? ", on all target ports" : "",
                        registration.holder() ? ", holder" : "");
    }

    private static String change(ReservationView.Change change) {
        String key = change.key() == null ? "" : " key " + change.key();
        String type = change.type() == null ? "" : ", " + change.type();
        String removed = change.removed().isEmpty() ? "" : "; removed " + String.join(", ", change.removed());
        return "%s %s%s%s by %s%s".formatted(change.at(), change.action(), key, type, change.by(), removed);
    }
}
