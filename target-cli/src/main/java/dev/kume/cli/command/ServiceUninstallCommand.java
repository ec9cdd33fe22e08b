package dev.kume.cli.command;

import dev.kume.cli.service.HostService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kume service uninstall}. */
@Command(name = "uninstall", description = "Take that back; no disk, no state and no settings are deleted.")
final class ServiceUninstallCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    ServiceUninstallCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        HostService host = service.host(invocation);
        if (!service.printOnly) {
            invocation.confirm(host.uninstallConsequence());
        }
        host.uninstall(service.out(invocation));
        return 0;
    }
}
