package dev.kume.cli.command;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.client.ApiFailure;
import dev.kume.cli.output.Progress;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.Duration;

/** Follows an operation of the daemon to its end, shows how far it is, and cancels it when this process is stopped. */
final class OperationWait {
    private static final int WAIT_SECONDS = 10;

    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(5);

    private final Invocation invocation;
    private final String title;
    private volatile boolean interrupted;

    OperationWait(Invocation invocation, String title) {
        this.invocation = invocation;
        this.title = title;
    }

    /**
     * Returns when the operation is done; one that failed or was cancelled is an exception.
     *
     * @return the operation at its end
     */
    Answer await(OperationView started) {
        Interrupts.Registration registration =
                invocation.environment().interrupts().onInterrupt(() -> cancel(started));
        try {
            Answer last = follow(started);
            if (interrupted) {
                throw CliException.reported(ExitCode.FAILED);
            }
            end(last.as(OperationView.class));
            return last;
        } finally {
            registration.end();
        }
    }

    private Answer follow(OperationView started) {
        ApiClient api = invocation.api();
        try (Progress progress = new Progress(invocation.terminal(), title)) {
            OperationView operation = started;
            while (true) {
                // One that has ended already is asked about, too: for its end as it came.
                Answer answer = api.get(ApiPaths.operationChange(operation.id(), operation.revision(), WAIT_SECONDS));
                operation = answer.as(OperationView.class);
                if (operation.ended()) {
                    return answer;
                }
                if (!invocation.quiet()) {
                    progress.at(operation.doneBytes(), operation.totalBytes());
                }
            }
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

    /** Runs on the thread of the interrupt, while the other one waits for the operation's end. */
    private void cancel(OperationView operation) {
        interrupted = true;
        String line;
        try {
            OperationView cancelled = invocation
                    .api(CANCEL_TIMEOUT)
                    .post(ApiPaths.cancel(operation.id()), null)
                    .as(OperationView.class);
            line = cancelled.state().equals(OperationView.DONE)
                    ? "too late to cancel: " + operation.kind() + " '" + operation.subject() + "' is done"
                    : operation.kind() + " '" + operation.subject() + "' cancelled; nothing of it is left";
        } catch (CliException e) {
            line = "not cancelled: " + e.getMessage();
        }
        invocation.terminal().err().println("\nkume: " + line);
    }
}
