package dev.kume.cli.command;

import dev.kume.cli.terminal.Version;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/** The contents page of the command line: every noun and verb there is. */
public final class CommandTree {
    private CommandTree() {}

    /** The whole grammar, ready to carry out one command line. */
    public static CommandLine of(Environment environment) {
        KumeCommand kume = new KumeCommand(environment);
        Invocation invocation = new Invocation(environment, kume.options);
        CommandLine root = new CommandLine(kume);
        root.addSubcommand("serve", new ServeCommand(invocation));
        root.addSubcommand("status", new StatusCommand(invocation));
        root.addSubcommand("top", new TopCommand(invocation));
        root.addSubcommand(new HealthCommand(invocation));
        service(root, environment, invocation);
        disks(root, environment, invocation);
        noun(root, environment, "snapshot", "Take, list, show, mount, restore and remove snapshots of disks.")
                .addSubcommand(new SnapshotCreateCommand(invocation))
                .addSubcommand(new SnapshotListCommand(invocation))
                .addSubcommand(new SnapshotShowCommand(invocation))
                .addSubcommand(new SnapshotRemoveCommand(invocation))
                .addSubcommand(new SnapshotRestoreCommand(invocation))
                .addSubcommand(new SnapshotMountCommand(invocation));
        clusters(root, environment, invocation);
        noun(root, environment, "target", "Create, list, show, change and remove targets; allow and deny initiators.")
                .addSubcommand(new TargetCreateCommand(invocation))
                .addSubcommand(new TargetListCommand(invocation))
                .addSubcommand(new TargetShowCommand(invocation))
                .addSubcommand(new TargetSetCommand(invocation))
                .addSubcommand(new TargetRemoveCommand(invocation))
                .addSubcommand(new TargetEnableCommand(invocation))
                .addSubcommand(new TargetDisableCommand(invocation))
                .addSubcommand(new TargetAllowCommand(invocation))
                .addSubcommand(new TargetDenyCommand(invocation));
        root.addSubcommand(new MapCommand(invocation));
        root.addSubcommand(new UnmapCommand(invocation));
        noun(root, environment, "reservation", "See which node holds which disk, and break a reservation.")
                .addSubcommand(new ReservationListCommand(invocation))
                .addSubcommand(new ReservationShowCommand(invocation))
                .addSubcommand(new ReservationClearCommand(invocation));
        secrets(root, environment, invocation);
        noun(root, environment, "alarm", "See what is wrong now, and what to do about it.")
                .addSubcommand(new AlarmListCommand(invocation));
        noun(root, environment, "discovery", "Say who may look for targets.")
                .addSubcommand(new DiscoveryShowCommand(invocation))
                .addSubcommand(new DiscoverySetCommand(invocation));
        noun(root, environment, "initiator", "See who has ever tried to connect.")
                .addSubcommand(new InitiatorListCommand(invocation));
        noun(root, environment, "session", "See who is logged in and what it does, and end sessions.")
                .addSubcommand(new SessionListCommand(invocation))
                .addSubcommand(new SessionShowCommand(invocation))
                .addSubcommand(new SessionTraceCommand(invocation))
                .addSubcommand(new SessionLogoutCommand(invocation));
        operations(root, environment, invocation);
        root.addSubcommand(new ValidateCommand(invocation));
        config(root, environment, invocation);
        noun(root, environment, "state", "Back up what the daemon knows, and restore it.")
                .addSubcommand(new StateBackupCommand(invocation))
                .addSubcommand(new StateShowCommand(invocation))
                .addSubcommand(new StateRestoreCommand(invocation));
        noun(root, environment, "support", "Pack what somebody needs who is to help.")
                .addSubcommand(new SupportBundleCommand(invocation));
        root.addSubcommand(new CompletionCommand(invocation));
        settings(root, environment);
        return root;
    }

    private static void service(CommandLine root, Environment environment, Invocation invocation) {
        noun(root, environment, "service", "Make Kume a service, start and stop it, take changed settings in.")
                .addSubcommand("status", new StatusCommand(invocation))
                .addSubcommand(new ServiceInstallCommand(invocation))
                .addSubcommand(new ServiceUninstallCommand(invocation))
                .addSubcommand(new ServiceStartCommand(invocation))
                .addSubcommand(new ServiceStopCommand(invocation))
                .addSubcommand(new ServiceRunCommand(invocation))
                .addSubcommand(new ServiceReloadCommand(invocation))
                .addSubcommand(new ServiceDrainCommand(invocation));
    }

    private static void clusters(CommandLine root, Environment environment, Invocation invocation) {
        noun(root, environment, "cluster", "Make failover clusters with all they need; validate; see how they stand.")
                .addSubcommand(new ClusterCreateCommand(invocation))
                .addSubcommand(new ClusterListCommand(invocation))
                .addSubcommand(new ClusterShowCommand(invocation))
                .addSubcommand(new ClusterSetCommand(invocation))
                .addSubcommand(new ClusterRenameCommand(invocation))
                .addSubcommand(new ClusterValidateCommand(invocation))
                .addSubcommand(new ClusterRemoveCommand(invocation))
                .addSubcommand(new ClusterAddNodeCommand(invocation))
                .addSubcommand(new ClusterRemoveNodeCommand(invocation))
                .addSubcommand(new ClusterAddDiskCommand(invocation))
                .addSubcommand(new ClusterRemoveDiskCommand(invocation))
                .addSubcommand(new ClusterStatusCommand(invocation))
                .addSubcommand(new ClusterVerifyCommand(invocation))
                .addSubcommand(new ClusterScriptCommand(invocation))
                .addSubcommand(new ClusterTimelineCommand(invocation));
    }

    private static void disks(CommandLine root, Environment environment, Invocation invocation) {
        noun(root, environment, "disk", "Create, import, list, show, change, copy, check, resize and remove disks.")
                .addSubcommand(new DiskCreateCommand(invocation))
                .addSubcommand(new DiskImportCommand(invocation))
                .addSubcommand(new DiskListCommand(invocation))
                .addSubcommand(new DiskShowCommand(invocation))
                .addSubcommand(new DiskSetCommand(invocation))
                .addSubcommand(new DiskRemoveCommand(invocation))
                .addSubcommand(new DiskResizeCommand(invocation))
                .addSubcommand(new DiskConvertCommand(invocation))
                .addSubcommand(new DiskCopyCommand(invocation))
                .addSubcommand(new DiskCloneCommand(invocation))
                .addSubcommand(new DiskExportCommand(invocation))
                .addSubcommand(new DiskCheckCommand(invocation))
                .addSubcommand(new DiskCompactCommand(invocation))
                .addSubcommand(new DiskOnlineCommand(invocation))
                .addSubcommand(new DiskThawCommand(invocation))
                .addSubcommand(new DiskOfflineCommand(invocation));
    }

    private static void secrets(CommandLine root, Environment environment, Invocation invocation) {
        noun(root, environment, "credential", "Add, change, list, show and remove users and secrets of CHAP.")
                .addSubcommand(new CredentialAddCommand(invocation))
                .addSubcommand(new CredentialListCommand(invocation))
                .addSubcommand(new CredentialShowCommand(invocation))
                .addSubcommand(new CredentialSetCommand(invocation))
                .addSubcommand(new CredentialRemoveCommand(invocation));
        noun(root, environment, "token", "Make, list and revoke the tokens of clients on other hosts.")
                .addSubcommand(new TokenCreateCommand(invocation))
                .addSubcommand(new TokenListCommand(invocation))
                .addSubcommand(new TokenRevokeCommand(invocation));
    }

    private static void operations(CommandLine root, Environment environment, Invocation invocation) {
        noun(root, environment, "operation", "See how far long work has come, and stop it.")
                .addSubcommand(new OperationListCommand(invocation))
                .addSubcommand(new OperationShowCommand(invocation))
                .addSubcommand(new OperationCancelCommand(invocation));
        noun(root, environment, "audit", "See who changed what, from where, and what it was before.")
                .addSubcommand(new AuditListCommand(invocation));
    }

    private static void config(CommandLine root, Environment environment, Invocation invocation) {
        noun(root, environment, "config", "Declare everything in a file: plan, apply, go back, export.")
                .addSubcommand(new ConfigPlanCommand(invocation))
                .addSubcommand(new ConfigApplyCommand(invocation))
                .addSubcommand(new ConfigHistoryCommand(invocation))
                .addSubcommand(new ConfigDiffCommand(invocation))
                .addSubcommand(new ConfigRollbackCommand(invocation))
                .addSubcommand(new ConfigExportCommand(invocation));
    }

    private static CommandLine noun(CommandLine root, Environment environment, String name, String description) {
        CommandLine noun = new CommandLine(new Noun(environment));
        noun.getCommandSpec().usageMessage().description(description).synopsisSubcommandLabel("COMMAND");
        root.addSubcommand(name, noun);
        return noun;
    }

    private static void settings(CommandLine root, Environment environment) {
        UsageErrors errors = new UsageErrors(environment.terminal());
        layOut(root, "kume " + Version.number());
        root.setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setUsageHelpAutoWidth(true)
                .setOut(new PrintWriter(environment.terminal().out(), true, Charset.defaultCharset()))
                .setErr(new PrintWriter(environment.terminal().err(), true, Charset.defaultCharset()));
    }

    /** A command's own options first, in the order of their files; the global ones behind them. */
    private static void layOut(CommandLine command, String version) {
        command.getCommandSpec()
                .version(version)
                .usageMessage()
                .sortOptions(false)
                .parameterListHeading("%nArguments:%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n");
        command.getSubcommands().values().forEach(subcommand -> layOut(subcommand, version));
    }
}
