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
import org.jspecify.annotations.Nullable;

/**
 * Follows an operation of the daemon to its end, shows how far it is, and cancels it when this process is stopped, or
 * leaves it alone.
 */
final class OperationWait {
    private static final int WAIT_SECONDS = 10;

    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(5);

    private final Invocation invocation;
    private final String title;
    private final @Nullable String goesOn;
    private volatile boolean interrupted;

    OperationWait(Invocation invocation, String title) {
        this(invocation, title, null);
    }

    /** @param goesOn what is told of an operation that goes on without this process; null when it is cancelled */
    OperationWait(Invocation invocation, String title, @Nullable String goesOn) {
        this.invocation = invocation;
        this.title = title;
        this.goesOn = goesOn;
    }

    /**
     * Returns when the operation is done; one that failed or was cancelled is an exception.
     *
     * @param accepted what the daemon said when it began
     * @return the operation at its end
     */
    Answer await(Answer accepted) {
        OperationView started = accepted.as(OperationView.class);
        Interrupts.Registration registration =
                invocation.environment().interrupts().onInterrupt(() -> cancel(started));
        try {
            Answer last = follow(accepted, started);
            if (interrupted) {
                throw CliException.reported(ExitCode.FAILED);
            }
            end(last.as(OperationView.class));
            return last;
        } finally {
            registration.end();
        }
    }

    private Answer follow(Answer accepted, OperationView started) {
        ApiClient api = invocation.api();
        try (Progress progress = new Progress(invocation.terminal(), title)) {
            Answer answer = accepted;
            OperationView operation = started;
            while (!operation.ended() && !(interrupted && goesOn != null)) {
                answer = api.get(ApiPaths.operationChange(operation.id(), operation.revision(), WAIT_SECONDS));
                operation = answer.as(OperationView.class);
                if (!invocation.quiet() && !operation.ended()) {
                    progress.at(operation.doneBytes(), operation.totalBytes());
                }
            }
            return answer;
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
        if (goesOn != null) {
            invocation.terminal().err().println("\nkume: " + goesOn);
            return;
        }
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
