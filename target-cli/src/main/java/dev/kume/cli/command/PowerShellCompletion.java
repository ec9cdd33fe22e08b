package dev.kume.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion script for PowerShell: a table of what may follow each command and option, and the look-up in it. */
final class PowerShellCompletion {
    private PowerShellCompletion() {}

    static String script(CommandSpec root) {
        List<String> rows = new ArrayList<>();
        List<String> values = new ArrayList<>();
        collect(root, "", rows, values);
        return """
                Register-ArgumentCompleter -Native -CommandName kume, kume.bat -ScriptBlock {
                    param($word, $ast, $position)
                    $words = @{
                %s
                    }
                    $values = @{
                %s
                    }
                    $path = ''
                    $last = ''
                    foreach ($element in ($ast.CommandElements | Select-Object -Skip 1)) {
                        $text = $element.ToString()
                        if ($element.Extent.EndOffset -ge $position -and $text -eq $word) { break }
                        $next = ($path + ' ' + $text).Trim()
                        if ($words.ContainsKey($next)) { $path = $next }
                        $last = $text
                    }
                    $candidates = $words[$path]
                    if ($values.ContainsKey("$path $last".Trim())) { $candidates = $values["$path $last".Trim()] }
                    $candidates | Where-Object { $_ -like "$word*" } | ForEach-Object {
                        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                    }
                }
                """.formatted(String.join("\n", rows), String.join("\n", values));
    }

    private static void collect(CommandSpec command, String path, List<String> rows, List<String> values) {
        List<String> words = new ArrayList<>(command.subcommands().keySet());
        for (OptionSpec option : command.options()) {
            words.add(option.longestName());
            Iterable<String> candidates = option.completionCandidates();
            if (candidates != null) {
                List<String> choices =
                        StreamSupport.stream(candidates.spliterator(), false).toList();
                for (String name : option.names()) {
                    values.add(row((path + " " + name).strip(), choices));
                }
            }
        }
        rows.add(row(path, words));
        for (CommandLine subcommand : command.subcommands().values()) {
            CommandSpec spec = subcommand.getCommandSpec();
            collect(spec, (path + " " + spec.name()).strip(), rows, values);
        }
    }

    private static String row(String key, List<String> words) {
        return words.stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(", ", "        '" + key + "' = @(", ")"));
    }
}
