package dev.kume.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation as something that is carried out from top to bottom. Blocks marked {@code console} show
 * what is typed behind {@code $} and what comes; blocks marked {@code sh} show what is typed alone. What the reader
 * does not see stands in comments of the page:
 *
 * <ul>
 *   <li>{@code <!-- nodes: connect -->}: what the nodes do meanwhile;
 *   <li>{@code <!-- run: kume disk create data --size 64MB -->}: what has to be there before;
 *   <li>{@code <!-- types: TEXT -->}: what is answered when the next command asks; nobody is there otherwise;
 *   <li>{@code <!-- file: NAME}, a line's end and the content {@code -->}: a file where the commands are typed;
 *   <li>{@code <!-- shown: WHAT -->}: the next block is run, but what it shows comes from another day;
 *   <li>{@code <!-- not run: REASON -->}: the next block is not for this machine.
 * </ul>
 */
final class DocumentPage {
    private static final Pattern STEP =
            Pattern.compile("(?sm)<!-- (nodes|run|types|file|shown|not run): (.*?) ?-->|^```(\\w*)\\n(.*?)^```$");

    private final Path path;
    private final String text;

    private DocumentPage(Path path, String text) {
        this.path = path;
        this.text = text;
    }

    /** One step of a page. */
    sealed interface Step {
        record Nodes(List<String> words) implements Step {}

        record Run(String command) implements Step {}

        record Types(String text) implements Step {}

        record NewFile(String name, String content) implements Step {}

        record Command(String typed, List<String> expected) implements Step {}
    }

    /** Every page that a reader finds. */
    static List<DocumentPage> all() throws IOException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        List<DocumentPage> pages = new ArrayList<>();
        pages.add(read(root.resolve("README.md")));
        try (Stream<Path> files = Files.list(root.resolve("docs"))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                pages.add(read(file));
            }
        }
        return pages;
    }

    private static DocumentPage read(Path file) throws IOException {
        return new DocumentPage(file, Files.readString(file));
    }

    String name() {
        return String.valueOf(path.getFileName());
    }

    String text() {
        return text;
    }

    /** Whether anything of this program is typed in it that this machine can run. */
    boolean hasCommands() {
        return steps().stream().anyMatch(step -> step instanceof Step.Command command && isOurs(command.typed()));
    }

    static boolean isOurs(String typed) {
        return typed.startsWith("kume ") || typed.contains("$(kume ") || typed.contains("<(kume ");
    }

    /** From top to bottom. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        boolean elsewhere = false;
        boolean shown = false;
        while (matcher.find()) {
            if (matcher.group(1) == null) {
                if (!elsewhere) {
                    block(matcher.group(3), matcher.group(4), shown, steps);
                }
                elsewhere = false;
                shown = false;
                continue;
            }
            String rest = matcher.group(2);
            switch (matcher.group(1)) {
                case "nodes" -> steps.add(new Step.Nodes(List.of(rest.split(" "))));
                case "run" -> steps.add(new Step.Run(rest));
                case "types" -> steps.add(new Step.Types(rest));
                case "file" -> {
                    String[] parts = rest.split("\n", 2);
                    steps.add(new Step.NewFile(parts[0].strip(), parts.length > 1 ? parts[1] : ""));
                }
                case "shown" -> shown = true;
                default -> elsewhere = true;
            }
        }
        return steps;
    }

    /** The reasons why blocks are not for this machine. */
    List<String> notRun() {
        List<String> reasons = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        while (matcher.find()) {
            if ("not run".equals(matcher.group(1))) {
                reasons.add(matcher.group(2));
            }
        }
        return reasons;
    }

    /** Lines of blocks in which a command of this program is typed though they are not marked as such. */
    List<String> unmarked() {
        List<String> wrong = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        while (matcher.find()) {
            String language = matcher.group(3);
            if (language != null && language.isEmpty()) {
                matcher.group(4)
                        .lines()
                        .filter(line -> line.startsWith("kume ") || line.startsWith("$ kume "))
                        .forEach(line -> wrong.add(name() + ": " + line));
            }
        }
        return wrong;
    }

    private static void block(String language, String content, boolean shown, List<Step> steps) {
        String joined = content.replace("\\\n", " ");
        if (language.equals("sh")) {
            joined.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> steps.add(new Step.Command(line.strip(), List.of())));
        } else if (language.equals("console")) {
            List<String> expected = new ArrayList<>();
            String command = "";
            for (String line : (joined + "$ end").split("\n")) {
                if (!line.startsWith("$ ")) {
                    expected.add(line);
                    continue;
                }
                if (!command.isEmpty()) {
                    steps.add(new Step.Command(command, shown ? List.of() : List.copyOf(expected)));
                }
                command = line.substring(2).strip();
                expected.clear();
            }
        }
    }
}
