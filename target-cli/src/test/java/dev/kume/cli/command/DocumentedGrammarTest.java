package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Every command that the documentation, the settings file or a message of the daemon tells a reader to type is one that
 * there is, with options that it has.
 */
final class DocumentedGrammarTest {
    private static final Pattern INLINE = Pattern.compile("[`'](kume [a-z][^`'\"\n]*)[`']");
    private static final Pattern TYPED = Pattern.compile("(?m)^(?:\\$ )?(kume [a-z].*)$");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])(--[a-z][a-z0-9-]*|-[a-zA-Z](?![\\w-]))");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9-]*(\\|[a-z-]+)*");

    private final CommandLine root = new CommandRun().tree();
    private final List<String> wrong = new ArrayList<>();
    private int seen;

    @Test
    void theDocumentationNamesNoCommandThatThereIsNot() throws IOException {
        Path top = Path.of("..");
        List<Path> pages = new ArrayList<>(
                List.of(top.resolve("README.md"), top.resolve("SECURITY.md"), top.resolve("config/kume.yaml")));
        try (Stream<Path> files = Files.walk(top.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            String text = Files.readString(page).replace("\\\n", " ");
            check(page, TYPED.matcher(text));
            check(page, INLINE.matcher(text));
        }
        assertEquals(List.of(), wrong);
        assertTrue(seen > 150, "the pages name few commands: " + seen);
    }

    @Test
    void noMessageNamesACommandThatThereIsNot() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                check(file, INLINE.matcher(Files.readString(file)));
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(seen > 30, "the messages name few commands: " + seen);
    }

    @Test
    void findsWhatIsNotThere() {
        assertEquals("", complaint("kume disk create vms --size 30GB"));
        assertEquals("", complaint("kume cluster create|remove HV -y"));
        assertEquals("there is no 'lst'", complaint("kume disk lst"));
        assertEquals("it has no --siz", complaint("kume disk create vms --siz 30GB"));
    }

    private void check(Path page, Matcher commands) {
        while (commands.find()) {
            seen++;
            String typed = commands.group(1).split("  +#|\\s#\\s| \\| | > ")[0];
            String complaint = complaint(typed);
            if (!complaint.isEmpty()) {
                wrong.add("%s: '%s': %s".formatted(page.getFileName(), typed, complaint));
            }
        }
    }

    private String complaint(String typed) {
        List<CommandLine> commands = List.of(root);
        for (String word : Arrays.asList(typed.split("\\s+")).subList(1, typed.split("\\s+").length)) {
            boolean verbsFollow = !commands.getFirst().getSubcommands().isEmpty();
            if (!verbsFollow || !WORD.matcher(word.replaceAll("[,.;:]$", "")).matches()) {
                break;
            }
            List<CommandLine> next = new ArrayList<>();
            for (String each : word.replaceAll("[,.;:]$", "").split("\\|")) {
                CommandLine found = commands.getFirst().getSubcommands().get(each);
                if (found == null) {
                    return "there is no '" + each + "'";
                }
                next.add(found);
            }
            commands = next;
        }
        Matcher options = OPTION.matcher(typed.replaceAll("'[^']*'|\"[^\"]*\"", ""));
        while (options.find()) {
            String option = options.group(1);
            boolean known = commands.stream()
                    .anyMatch(command -> command.getCommandSpec().optionsMap().containsKey(option));
            if (!known) {
                return "it has no " + option;
            }
        }
        return "";
    }
}
