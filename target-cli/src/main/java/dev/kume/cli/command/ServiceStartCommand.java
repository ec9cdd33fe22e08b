package dev.kume.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kume service start}. */
@Command(name = "start", description = "Start the service, and wait until it serves.")
final class ServiceStartCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    ServiceStartCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        service.host(invocation).start(service.out(invocation));
        return 0;
    }
}
