package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DrainStart;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.log.ProcessLog;
import dev.kume.cli.log.SystemLog;
import dev.kume.cli.service.HostPlaces;
import dev.kume.cli.service.WindowsEventLog;
import dev.kume.cli.service.WindowsProcess;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.host.Advapi32;
import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.WindowsException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume service run}: what Windows starts when it starts the service. */
@Command(name = "run", hidden = true, description = "Windows itself runs this, when it starts the service.")
final class ServiceRunCommand implements Callable<Integer> {
    private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

    private final Invocation invocation;

    ServiceRunCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (!HostPlaces.isWindows()) {
            throw new CliException(
                    ExitCode.USAGE, "Windows alone runs its services so; here, kume serve runs in the foreground");
        }
        ScmCalls scm = Advapi32.ofThisHost();
        DaemonStart daemon = invocation.environment().daemon();
        try {
            SystemLog events = WindowsEventLog.open(scm);
            ProcessLog.find().alsoTo(events);
            WindowsProcess.ofThisHost(scm, this::drain, events)
                    .run(process -> daemon.run(null, process, process.stop()));
        } catch (WindowsException e) {
            throw new CliException(
                    ExitCode.FAILED, "%s; start the service with: kume service start".formatted(e.getMessage()));
        }
        return 0;
    }

    private void drain(int seconds) {
        var socket = invocation.environment().daemon().places().socket();
        var client = new ApiClient(socket, invocation.environment().clock(), ANSWER_TIME);
        client.post(ApiPaths.DRAIN, new DrainStart(seconds));
    }
}
