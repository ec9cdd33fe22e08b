package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** The grammar is a contract with scripts: every verb, its operands in order, and its options. */
final class GrammarTest {
    private final CommandRun kume = new CommandRun();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "serve          | ''          | --config",
                "status         | ''          | --check",
                "alarm list     | ''          | --watch",
                "top            | ''          | --by --sort --reverse --interval --batch --once",
                "service install | ''         | --interface --address --print --root",
                "service uninstall | ''       | --print --root",
                "service start  | ''          | --print --root",
                "service run    | ''          | ''",
                "service stop   | ''          | --print --root",
                "disk create    | NAME        | --size --file --format --type --parent --block-size-mb --sparse --sharing --read-only --sectors --block-size --physical-block-size --write-cache --rotation --vendor --product --description",
                "disk import    | NAME        | --file --format --new-identity --trust-parent --sharing --read-only --sectors --block-size --physical-block-size --write-cache --rotation --vendor --product --description",
                "disk list      | ''          | ''",
                "disk show      | NAME        | ''",
                "disk set       | NAME        | --rename --sharing --description --write-cache --rotation --vendor --product",
                "disk resize    | NAME SIZE   | --shrink",
                "disk convert   | NAME        | --format --type --sparse --block-size-mb --file --keep-source",
                "disk copy      | NAME NEWNAME | --format --type --sparse --block-size-mb --file --description",
                "disk export    | NAME        | --file --format --type --sparse --block-size-mb",
                "disk check     | NAME        | --file --format --repair",
                "disk compact   | NAME        | ''",
                "operation list | ''          | ''",
                "operation show | ID          | ''",
                "operation cancel | ID        | ''",
                "disk online    | NAME        | ''",
                "disk offline   | NAME        | --force",
                "disk remove    | NAME        | --delete-file --with-snapshots",
                "disk clone     | DISK NEWNAME | --snapshot --file --description",
                "snapshot create | DISK NAME  | --disk --target --cluster --description",
                "snapshot list  | DISK        | ''",
                "snapshot show  | DISK SNAPSHOT | ''",
                "snapshot remove | DISK SNAPSHOT | --all",
                "snapshot restore | DISK SNAPSHOT | ''",
                "snapshot mount | DISK SNAPSHOT | --as --writable --file --description",
                "target create  | NAME        | --iqn --initiator --description --chap --mutual --portal",
                "target list    | ''          | ''",
                "target show    | NAME        | ''",
                "target set     | NAME        | --rename --description --enabled --chap --no-chap --mutual --no-mutual --portal --all-portals --redirect",
                "target remove  | NAME        | --force",
                "target enable  | NAME        | ''",
                "target disable | NAME        | --logout",
                "target allow   | NAME WHO    | --chap --mutual --as-target",
                "credential add | NAME        | --user --secret-file --long",
                "credential list | ''         | ''",
                "credential show | NAME       | ''",
                "credential set | NAME        | --user --secret-file --long",
                "credential remove | NAME     | ''",
                "discovery show | ''          | ''",
                "discovery set  | ''          | --chap --no-chap --mutual --no-mutual",
                "target deny    | NAME WHO    | --force",
                "map            | DISK TARGET | --lun --read-only --read-write",
                "unmap          | DISK TARGET | --force",
                "initiator list | ''          | ''",
                "session list   | ''          | ''",
                "session logout | ID          | ''",
                "cluster validate | NAME      | --disk --real-time --report --json",
                "validate       | URL         | --initiator --user --secret-file --real-time --report --json",
                "completion     | SHELL       | ''"
            })
    void everyVerbIsThereWithItsOptions(String verb, String operands, String options) {
        CommandLine command = kume.tree();
        for (String word : verb.split(" ")) {
            command = command.getSubcommands().get(word);
            assertNotNull(command, verb);
        }
        assertEquals(
                operands,
                command.getCommandSpec().positionalParameters().stream()
                        .map(ArgSpec::paramLabel)
                        .collect(Collectors.joining(" ")));
        Set<String> expected =
                Arrays.stream(options.split(" ")).filter(o -> !o.isEmpty()).collect(Collectors.toSet());
        Set<String> own = command.getCommandSpec().options().stream()
                .filter(option -> !option.inherited())
                .map(option -> option.longestName())
                .collect(Collectors.toSet());
        assertEquals(expected, own);
        assertTrue(
                command.getCommandSpec()
                        .optionsMap()
                        .keySet()
                        .containsAll(List.of("-o", "--server", "--yes", "--quiet", "--help", "--version")),
                verb);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "disc list                             | unknown command 'disc'; did you mean 'disk' or 'discovery' or 'audit'? (see: kume --help)",
                "disk lst                              | unknown command 'lst'; did you mean 'list'? (see: kume disk --help)",
                "disk list more                        | unexpected argument 'more' (see: kume disk list --help)",
                "disk create a --siz 1GB               | unknown option '--siz'; did you mean '--size'? (see: kume disk create --help)",
                "disk create a                         | missing --size SIZE (see: kume disk create --help)",
                "disk create --size 1GB                | missing NAME (see: kume disk create --help)",
                "disk create a --size                  | missing --size SIZE (see: kume disk create --help)",
                "disk create a --size 1GB --size 2GB   | --size is given more than once (see: kume disk create --help)",
                "disk create a --size 1GB --sharing no | --sharing 'no' is none of exclusive, cluster, read-only (see: kume disk create --help)",
                "map a b --lun one                     | --lun 'one' is not a whole number (see: kume map --help)",
                "session logout x                      | ID 'x' is not a whole number (see: kume session logout --help)",
                "status -o xml                         | --output 'xml' is none of table, json, yaml (see: kume status --help)",
                "target set a --enabled maybe          | --enabled 'maybe' is neither true nor false (see: kume target set --help)",
                "map a                                 | missing TARGET (see: kume map --help)"
            })
    void aWrongWordIsOneLineAndStatus2(String line, String message) {
        assertEquals(2, kume.run(line.split(" ")));
        assertEquals("kume: " + message + "\n", kume.err());
        assertEquals("", kume.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "disk", "target", "session", "initiator"})
    void aNounAloneShowsItsVerbsAndIsStatus2(String noun) {
        assertEquals(2, noun.isEmpty() ? kume.run() : kume.run(noun));
        assertTrue(kume.err().startsWith(("Usage: kume " + noun).strip()), kume.err());
        assertEquals("", kume.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "disk --help", "disk create --help", "map -h", "completion --help"})
    void helpIsData(String line) {
        assertEquals(0, kume.run(line.split(" ")));
        assertTrue(kume.out().startsWith("Usage: kume"), kume.out());
        assertEquals("", kume.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "disk --version", "-V", "disk list -V"})
    void versionIsOneLine(String line) {
        assertEquals(0, kume.run(line.split(" ")));
        assertTrue(kume.out().matches("kume \\S+\n"), kume.out());
    }

    @Test
    void serveHandsAnAbsolutePathToTheDaemon() {
        assertEquals(0, kume.run("serve", "--config", "etc/kume.yaml"));
        assertEquals(List.of(Path.of("/caller/etc/kume.yaml")), kume.served);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completionIsAScriptThatTheShellAccepts(String shell) throws IOException, InterruptedException {
        assertEquals(0, kume.run("completion", shell));
        assertTrue(kume.out().contains("complete -F _complete_kume"), kume.out());
        Process bash =
                new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (var in = bash.outputWriter()) {
            in.write(kume.out());
        }
        String complaint = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), complaint);
    }

    @Test
    void powerShellCompletionKnowsVerbsAndValues() {
        assertEquals(0, kume.run("completion", "powershell"));
        assertTrue(kume.out().contains("'disk' = @('create', 'import', 'list', 'show', 'set', 'remove'"), kume.out());
        assertTrue(kume.out().contains("'disk create --sharing' = @('exclusive', 'cluster', 'read-only')"), kume.out());
        assertFalse(kume.out().contains("%s"));
    }

    @Test
    void thePageOfTheCommandLineNamesEveryVerbAndOption() throws IOException {
        String page = Files.readString(Path.of("../docs/cli.md"));
        for (String name : names(kume.tree(), "kume")) {
            assertTrue(page.contains(name), name + " is missing in docs/cli.md");
        }
    }

    private static List<String> names(CommandLine command, String path) {
        List<String> names = new ArrayList<>();
        if (command.getSubcommands().isEmpty()) {
            names.add(path);
        }
        command.getCommandSpec().options().forEach(option -> names.add(option.longestName()));
        command.getSubcommands().forEach((word, subcommand) -> names.addAll(names(subcommand, path + " " + word)));
        return names;
    }
}
