package dev.kume.cli.command;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.client.ApiFailure;
import dev.kume.cli.output.Progress;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;

/** Follows an operation of the daemon to its end, shows how far it is, and cancels it when this process is stopped. */
final class OperationWait {
    private static final int WAIT_SECONDS = 10;

    private final Invocation invocation;
    private final String title;

    OperationWait(Invocation invocation, String title) {
        this.invocation = invocation;
        this.title = title;
    }

    /** Returns when the operation is done; one that failed or was cancelled is an exception. */
    void await(OperationView started) {
        Runnable cancel = () -> cancel(started.id());
        Interrupts.Registration registration =
                invocation.environment().interrupts().onInterrupt(cancel);
        try {
            end(follow(started));
        } finally {
            registration.end();
        }
    }

    private OperationView follow(OperationView started) {
        ApiClient api = invocation.api();
        try (Progress progress = new Progress(invocation.terminal(), title)) {
            OperationView operation = started;
            while (!operation.ended()) {
                operation = api.get(ApiPaths.operationChange(operation.id(), operation.revision(), WAIT_SECONDS))
                        .as(OperationView.class);
                if (!invocation.quiet() && !operation.ended()) {
                    progress.at(operation.doneBytes(), operation.totalBytes());
                }
            }
            return operation;
        }
    }

    private static void end(OperationView operation) {
        ApiError error = operation.error();
        if (error != null) {
            throw ApiFailure.of(error);
        }
        if (!operation.state().equals(OperationView.DONE)) {
            throw new CliException(
                    ExitCode.FAILED, operation.kind() + " '" + operation.subject() + "' was " + operation.state());
        }
    }

    private void cancel(long id) {
        try {
            invocation.api().post(ApiPaths.cancel(id), null);
        } catch (CliException e) {
            invocation.say("kume: not cancelled: " + e.getMessage());
        }
    }
}
