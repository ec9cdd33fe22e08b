package dev.kume.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kume service stop}. */
@Command(name = "stop", description = "Stop the service in order, and wait for its end.")
final class ServiceStopCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    ServiceStopCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        service.host(invocation).stop(service.out(invocation));
        return 0;
    }
}
