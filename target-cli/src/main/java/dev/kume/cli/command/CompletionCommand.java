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

    /** Read from a folder of functions, it is called for the first word that is completed, and has to complete it. */
    private static final String ZSH_END = """
            if [ "$funcstack[1]" = _kume ]; then
                _bash_complete -o default -F _complete_kume
            fi
            """;

    private static final String COMPOPT = "type compopt &>/dev/null && compopt [-+]o [a-z]+";

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
            case bash -> bash();
            case zsh -> zsh();
            case powershell -> PowerShellCompletion.script(spec.root());
        };
        invocation.terminal().out().print(script);
        return 0;
    }

    /** The script of bash turns on zsh's emulation of bash completion itself; compopt is not in that. */
    private String zsh() {
        String script = bash().replaceAll(" *alias compopt=complete\n", "").replaceAll(COMPOPT, ":");
        return "#compdef kume\n" + script + ZSH_END;
    }

    private String bash() {
        return AutoComplete.bash("kume", spec.root().commandLine());
    }
}
