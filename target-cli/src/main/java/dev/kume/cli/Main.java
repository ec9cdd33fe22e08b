package dev.kume.cli;

import dev.kume.cli.command.CommandTree;
import dev.kume.cli.command.Environment;
import dev.kume.cli.daemon.DaemonProgram;
import dev.kume.cli.service.Systemd;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Terminal;
import dev.kume.core.Clock;
import java.nio.file.Path;

/** The program {@code kume}: daemon and admin command line in one. */
public final class Main {
    private Main() {}

    /** Carries out one command line and ends the process with its exit status. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        Clock clock = new ProcessClock();
        Environment environment = new Environment(
                terminal,
                System.getenv(),
                Path.of("").toAbsolutePath(),
                clock,
                new ProcessInterrupts(),
                config -> new DaemonProgram(
                                clock,
                                terminal.out(),
                                terminal.err(),
                                Systemd.of(
                                        System.getenv(), ProcessHandle.current().pid(), clock))
                        .run(config));
        System.exit(run(environment, args));
    }

    /** Carries out one command line; returns its exit status. */
    static int run(Environment environment, String... args) {
        int status = CommandTree.of(environment).execute(args);
        boolean printed = environment.terminal().flush();
        // A full disk behind stdout must not look like success to a script.
        return status == 0 && !printed ? ExitCode.FAILED.code() : status;
    }
}
