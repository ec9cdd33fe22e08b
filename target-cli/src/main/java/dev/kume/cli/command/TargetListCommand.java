package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code kume target list}. */
@Command(name = "list", description = "List the targets.")
final class TargetListCommand implements Callable<Integer> {
    private final Invocation invocation;

    TargetListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.TARGETS);
        invocation.printList(
                answer.tree().path("targets"),
                "There are no targets. Create one: kume target create NAME --initiator WHO",
                out -> table(answer.as(TargetView.Listing.class).targets()).print(out));
        return 0;
    }

    /** {@code one-way} or {@code mutual}; what initiators have of their own alone is {@code some}. */
    private static String chap(TargetView target) {
        if (target.chap().isEmpty()) {
            return target.chapOf().isEmpty() ? "" : "some";
        }
        return target.mutual() == null ? "one-way" : "mutual";
    }

    private static Table table(List<TargetView> targets) {
        Table table = new Table()
                .column("NAME")
                .column("STATUS")
                .column("LUNS")
                .number("ALLOWED")
                .column("CHAP")
                .number("SESSIONS")
                .column("IQN")
                .column("DESCRIPTION");
        for (TargetView target : targets) {
            String luns = target.luns().stream()
                    .map(lun -> lun.lun() + ":" + lun.disk())
                    .collect(Collectors.joining(", "));
            table.row(
                    target.name(),
                    target.status(),
                    luns,
                    Integer.toString(target.initiators().size()),
                    chap(target),
                    Integer.toString(target.sessions().size()),
                    target.iqn(),
                    target.description());
        }
        return table;
    }
}
