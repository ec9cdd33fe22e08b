package dev.kume.cli.command;

import dev.kume.cli.service.HostService.Network;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kume service install}. */
@Command(
        name = "install",
        description =
                "Make Kume a service of this host, to be started with it; run it again when there are disks in other folders.")
final class ServiceInstallCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Option(
            names = "--interface",
            paramLabel = "ALIAS",
            description = "Windows: open the firewall for this network card alone, such as \"Storage\".")
    private @Nullable String interfaceAlias;

    @Option(
            names = "--address",
            paramLabel = "IP",
            description = "Windows: open the firewall for this address of the host alone.")
    private @Nullable String address;

    ServiceInstallCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        service.host(invocation)
                .install(invocation.environment().daemon().places(), network(), service.out(invocation));
        return 0;
    }

    private Network network() {
        return new Network(interfaceAlias, address);
    }
}
