package dev.kume.cli.command;

import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kume} itself: the global options, and the usage text for who gives no command. */
@Command(
        name = "kume",
        description = "An iSCSI target server for failover clusters: its daemon and its administration.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExit status:%n",
        footer = {
            "  0 done             3 not found              6 daemon unreachable   9 timed out",
            "  1 failed           4 exists or conflicts    7 not authorised",
            "  2 wrong usage      5 refused by a guard     8 busy or in use",
            "  10 validated with warnings, steps are open, or alarms stand",
            "  11 validation failed, or a critical alarm stands",
            "  12 a plan has changes"
        })
final class KumeCommand implements Callable<Integer> {
    @Mixin
    final GlobalOptions options = new GlobalOptions();

    private final Environment environment;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    KumeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(environment.terminal().err());
        return ExitCode.USAGE.code();
    }
}
