package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DrainStart;
import dev.kume.cli.api.DrainView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume service drain}. */
@Command(
        name = "drain",
        description = "Take no new connections, ask initiators to log out, let commands end, and end the daemon.")
final class ServiceDrainCommand implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,4})([sm]?)");
    private static final int WAIT_SECONDS = 10;
    private static final int PROCESS_SECONDS = 30;
    private static final int LOOK_MILLIS = 100;

    private final Invocation invocation;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long initiators have, such as 90s or 2m; default 60s, at most 60m.")
    private String timeout = DrainStart.SECONDS_DEFAULT + "s";

    ServiceDrainCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        int seconds = seconds();
        Answer answer = invocation.api().post(ApiPaths.DRAIN, new DrainStart(seconds));
        DrainView view = answer.as(DrainView.class);
        try {
            while (!view.state().equals(DrainView.DRAINED)) {
                answer = invocation.api().get(ApiPaths.drainChange(view.revision(), WAIT_SECONDS));
                DrainView next = answer.as(DrainView.class);
                if (next.revision() != view.revision() && !next.left().isEmpty()) {
                    invocation.say(Words.count(next.left().size(), "session") + " left");
                }
                view = next;
            }
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.UNREACHABLE) {
                throw e;
            }
            // It went away while it was asked: by a signal, for instance.
            invocation.say("the daemon went away before the drain was over: its log says who was cut");
        }
        if (invocation.remote()) {
            awaitSilence(view);
        } else {
            awaitEnd(view);
        }
        DrainView last = view;
        for (DrainView.Session cut : last.cut()) {
            invocation
                    .terminal()
                    .err()
                    .println(
                            "kume: cut, for it did not log out in time: " + cut.initiator() + " from " + cut.address());
        }
        invocation.printChange(answer.tree(), () -> "The daemon has ended");
        return 0;
    }

    private int seconds() {
        Matcher matcher = TIME.matcher(timeout);
        if (matcher.matches()) {
            int seconds = Integer.parseInt(matcher.group(1)) * (matcher.group(2).equals("m") ? 60 : 1);
            if (seconds >= 1 && seconds <= DrainStart.SECONDS_MAX) {
                return seconds;
            }
        }
        throw new CliException(
                ExitCode.USAGE, "--timeout " + timeout + " is no time from 1s to 60m; write one such as 90s or 2m");
    }

    /** The process of another host cannot be looked at; but it answers no more when it ends. */
    private void awaitSilence(DrainView view) {
        long end = invocation.environment().clock().nanoTime() + TimeUnit.SECONDS.toNanos(PROCESS_SECONDS);
        try {
            while (invocation.environment().clock().nanoTime() - end < 0) {
                invocation.api().get(ApiPaths.drainChange(view.revision(), WAIT_SECONDS));
            }
        } catch (CliException e) {
            if (e.exitCode() == ExitCode.UNREACHABLE) {
                return;
            }
            throw e;
        }
        throw new CliException(
                ExitCode.TIMED_OUT, "every session has ended, but the daemon still answers; its log may say why");
    }

    private void awaitEnd(DrainView view) {
        var process = ProcessHandle.of(view.pid());
        long end = invocation.environment().clock().nanoTime() + TimeUnit.SECONDS.toNanos(PROCESS_SECONDS);
        while (process.isPresent() && lives(process.get())) {
            if (invocation.environment().clock().nanoTime() - end > 0) {
                throw new CliException(
                        ExitCode.TIMED_OUT,
                        "every session has ended, but process " + view.pid() + " lives on; its log may say why");
            }
        }
    }

    /** Looks for a moment. One that has ended and whose parent has not noticed yet has no command any more. */
    private static boolean lives(ProcessHandle process) {
        try {
            process.onExit().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return process.info().command().isPresent();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
