package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code kume disk list}. */
@Command(name = "list", description = "List the disks.")
final class DiskListCommand implements Callable<Integer> {
    private final Invocation invocation;

    DiskListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.DISKS);
        invocation.printList(
                answer.tree().path("disks"),
                "There are no disks. Create one: kume disk create NAME --size 30GB",
                out -> table(answer.as(DiskView.Listing.class).disks()).print(out));
        return 0;
    }

    private static Table table(List<DiskView> disks) {
        Table table = new Table()
                .column("NAME")
                .column("STATUS")
                .number("SIZE")
                .column("FORMAT")
                .column("TYPE")
                .column("SHARING")
                .column("ACCESS BY")
                .column("DESCRIPTION");
        for (DiskView disk : disks) {
            String accessBy =
                    disk.accessBy().stream().map(DiskView.Access::target).collect(Collectors.joining(", "));
            table.row(
                    disk.name(),
                    disk.status(),
                    disk.size(),
                    disk.format(),
                    disk.type(),
                    disk.sharing(),
                    accessBy,
                    disk.description());
        }
        return table;
    }
}
