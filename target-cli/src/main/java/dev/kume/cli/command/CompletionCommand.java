package dev.kume.cli.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kume completion}. */
@Command(
        name = "completion",
        description = "Print the script that lets a shell complete kume's commands and options.",
        footer = {
            "",
            "bash:       source <(kume completion bash)",
            "zsh:        source <(kume completion zsh)",
            "PowerShell: kume completion powershell | Out-String | Invoke-Expression"
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells there are scripts for, as they are typed. */
    enum Shell {
        bash,
        zsh,
        powershell
    }

    private final Invocation invocation;

    @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        String script = switch (shell) {
            // One script serves both: it turns on zsh's emulation of bash completion itself.
            case bash, zsh -> AutoComplete.bash("kume", spec.root().commandLine());
            case powershell -> PowerShellCompletion.script(spec.root());
        };
        invocation.terminal().out().print(script);
        return 0;
    }
}
