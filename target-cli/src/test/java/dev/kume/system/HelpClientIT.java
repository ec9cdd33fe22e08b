package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manual pages as {@code man} shows them, and completion as real shells do it. */
final class HelpClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String HOME = "PATH=" + Clients.home().resolve("bin") + ":$PATH; ";

    @TempDir
    Path directory;

    private static Program.Result bash(String script) {
        return Program.run(LIMIT, Map.of("MANWIDTH", "80", "NO_COLOR", "1"), List.of("bash", "-c", HOME + script));
    }

    @Test
    void everyVerbHasItsManualPage() throws IOException {
        bash("../scripts/man " + directory).outOfSuccess();
        List<Path> pages = new ArrayList<>();
        for (String section : List.of("man1", "man5")) {
            try (Stream<Path> files = Files.list(directory.resolve(section))) {
                files.forEach(pages::add);
            }
        }
        assertTrue(pages.size() > 60, "pages: " + pages.size());
        String look = """
                for page in %s/man?/*; do
                    man --warnings -l -Tutf8 $page 2>&1 >/dev/null
                    lexgrog $page >/dev/null || echo no name in $page
                done""";
        String complaints = bash(look.formatted(directory)).outOfSuccess();
        assertEquals("", complaints);
        String verb = bash("man -l -Tutf8 %s/man1/kume-disk-create.1 | col -b".formatted(directory))
                .outOfSuccess();
        for (String word : List.of("kume-disk-create - Create a disk", "--size=SIZE", "--write-cache=on|off", "NAME")) {
            assertTrue(verb.contains(word), verb);
        }
        String settings = bash("man -l -Tutf8 %s/man5/kume.yaml.5 | col -b".formatted(directory))
                .outOfSuccess();
        assertTrue(settings.contains("stateDirectory: /var/lib/kume"), settings);
        String program = bash("man -l -Tutf8 %s/man1/kume.1 | col -b".formatted(directory))
                .outOfSuccess();
        for (String noun : List.of("disk", "cluster", "EXIT STATUS", "daemon unreachable")) {
            assertTrue(program.contains(noun), program);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "kume dis,                          disk discovery",
        "kume disk cre,                     create",
        "kume disk create --sharing cl,     cluster",
        "kume cluster st,                   status",
        "kume disk create x --wri,          --write-cache"
    })
    void bashAndZshComplete(String typed, String expected) {
        String words = String.join(
                " ", Stream.of(typed.split(" ")).map(word -> "'" + word + "'").toList());
        int last = typed.split(" ").length - 1;
        String ask = "COMP_WORDS=(%s); COMP_CWORD=%d; _complete_kume; echo ${COMPREPLY[@]}".formatted(words, last);
        Program.Result bash = bash("source <(kume completion bash); COMP_LINE='" + typed + "'; " + ask);
        assertEquals(expected, bash.outOfSuccess().strip(), bash::toString);
        String zsh = "autoload -U +X compinit && compinit -u -D; source <(kume completion zsh); "
                + "setopt KSH_ARRAYS; " + ask;
        Program.Result result = bash("zsh -f -c '" + zsh.replace("'", "'\\''") + "'");
        // zsh itself leaves out of these what does not begin as the word does.
        List<String> offered = List.of(result.outOfSuccess().strip().split(" "));
        assertTrue(offered.containsAll(List.of(expected.split(" "))), result::toString);
    }

    /** Where distributions put it: found by its name in a folder, and read with the first word that is completed. */
    @Test
    void aFolderOfZshCompletesFromTheFirstWordOn() throws Exception {
        Clients.need("tmux", "zsh");
        bash("kume completion zsh > %s/_kume".formatted(directory)).outOfSuccess();
        try (Tmux terminal = new Tmux(directory)) {
            terminal.type("zsh -f", "Enter");
            terminal.type(
                    "PS1='> ' fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; clear; echo so", "Enter");
            terminal.await("zsh", screen -> screen.startsWith("\nso\n>"));
            terminal.type("kume disk cre", "Tab", "'x' --wri", "Tab");
            terminal.await("both words", screen -> screen.contains("> kume disk create 'x' --write-cache"));
        }
    }

    @Test
    void powerShellIsGivenEveryVerb() {
        String script = bash("kume completion powershell").outOfSuccess();
        assertTrue(script.startsWith("Register-ArgumentCompleter -Native -CommandName kume"), script);
        assertEquals(
                script.chars().filter(c -> c == '(').count(),
                script.chars().filter(c -> c == ')').count());
        assertEquals(
                script.chars().filter(c -> c == '{').count(),
                script.chars().filter(c -> c == '}').count());
        assertFalse(script.contains("null"), script);
    }
}
