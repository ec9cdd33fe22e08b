package dev.kume.cli.command;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import dev.kume.core.Sizes;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume operation show}. */
@Command(name = "show", description = "Show how far long work has come, or how it ended.")
final class OperationShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "ID", description = "The operation's number; see kume operation list.")
    private long id;

    OperationShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.operation(id));
        invocation.print(
                answer.tree(), out -> facts(answer.as(OperationView.class)).print(out));
        return 0;
    }

    private static Facts facts(OperationView operation) {
        ApiError error = operation.error();
        String total = operation.totalBytes() == 0 ? "" : " of " + Sizes.format(operation.totalBytes());
        Facts facts = new Facts()
                .add("id", Long.toString(operation.id()))
                .add("kind", operation.kind())
                .add("subject", operation.subject())
                .add("state", operation.state())
                .add("done", Sizes.format(operation.doneBytes()) + total)
                .add("started", operation.started().toString())
                .add("finished", operation.finished() == null ? "" : String.valueOf(operation.finished()))
                .add("error", error == null ? "" : error.line());
        OperationResult result = operation.result();
        if (result != null && result.file() != null) {
            facts.add("file", String.valueOf(result.file()));
        }
        if (result != null && result.freedBytes() != null) {
            facts.add("freed", Sizes.format(Objects.requireNonNull(result.freedBytes())));
        }
        if (result != null && result.check() != null) {
            facts.add(
                    "clean",
                    Boolean.toString(Objects.requireNonNull(result.check()).clean()));
        }
        return facts;
    }
}
