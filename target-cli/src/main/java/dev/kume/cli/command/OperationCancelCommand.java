package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume operation cancel}. */
@Command(name = "cancel", description = "Ask long work to stop and to clean up after itself.")
final class OperationCancelCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "ID", description = "The operation's number; see kume operation list.")
    private long id;

    OperationCancelCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().post(ApiPaths.cancel(id), null);
        invocation.printChange(answer.tree(), () -> {
            OperationView operation = answer.as(OperationView.class);
            String what = operation.kind() + " '" + operation.subject() + "'";
            return operation.ended()
                    ? "Too late: " + what + " is " + operation.state()
                    : "Asked " + what + " to stop; see kume operation show " + operation.id();
        });
        return 0;
    }
}
