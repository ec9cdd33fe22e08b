package dev.kume.house;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kume.house.SourceTree.Source;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every file of the checkout must look like. A rule that fails names each place as {@code file:line}. */
final class TidyTest {
    private static final int LINE_COLUMNS_MAX = 120;
    private static final int METHOD_LINES_MAX = 60;
    private static final int MAIN_FILE_LINES_MAX = 500;

    /** Calls that main code may not make: time, chance, threads and output come in through constructors. */
    private static final List<String> BANNED_CALLS = List.of(
            "System.out",
            "System.err",
            "Thread.sleep",
            "new Thread(",
            "System.nanoTime",
            "System.currentTimeMillis",
            "Instant.now(",
            "printStackTrace",
            "Math.random",
            "new Random(");

    /** The files whose reason to be is such a call. */
    private static final Map<String, Set<String>> MAY_CALL = Map.of(
            // The terminal of the process, handed to whoever prints.
            "target-cli/src/main/java/dev/kume/cli/terminal/Terminal.java",
            Set.of("System.out", "System.err"),
            // The clock of the process, handed to whoever asks the time.
            "target-cli/src/main/java/dev/kume/cli/ProcessClock.java",
            Set.of("System.nanoTime", "Instant.now("));

    /** Words that mark work put off, in pieces, for this file is searched too. */
    private static final Pattern LEFTOVER = Pattern.compile("\\b(FIX" + "ME|TO" + "DO|X" + "XX)\\b");

    private static final Pattern MACHINE_PATH = Pattern.compile("(?<![\\w.*}-])/(root|home|work|Users)" + "/\\w");
    private static final Pattern URL_HOST = Pattern.compile("https?://([\\w.-]+)");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");

    /** The hosts that the build may name. Artifacts come from Maven Central, which needs no naming. */
    private static final Set<String> BUILD_HOSTS =
            Set.of("maven.apache.org", "www.w3.org", "adoptium.net", "www.apache.org", "127.0.0.1", "localhost");

    private final SourceTree tree = readTree();

    private static SourceTree readTree() {
        try {
            return SourceTree.read();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theWholeTreeWasRead() {
        assertTrue(
                tree.mainJava().size() > 10,
                "main sources found: " + tree.mainJava().size());
        assertTrue(tree.all().stream().anyMatch(source -> source.path().equals(".ci/run")), "hidden folders are read");
    }

    @Test
    void linesFitTheScreen() {
        Predicate<Source> code = source -> source.path().matches(".*\\.(java|sh|yaml|c|h|py)|scripts/.*");
        none(findLines(tree.those(code), line -> {
            int columns = line.codePointCount(0, line.length());
            boolean literal = line.strip().matches("[(+ ]*\"([^\"\\\\]|\\\\.)*\"[^\"]{0,12}"); // Has no place to break.
            return columns > LINE_COLUMNS_MAX && !literal ? columns + " columns, at most " + LINE_COLUMNS_MAX : "";
        }));
    }

    @Test
    void methodsFitTheScreen() {
        List<String> wrong = new ArrayList<>();
        for (Source source : tree.java()) {
            for (JavaText.Method method : JavaText.methods(JavaText.code(source.lines()))) {
                if (method.lines() > METHOD_LINES_MAX) {
                    wrong.add("%s:%d %d lines, at most %d: %s"
                            .formatted(
                                    source.path(),
                                    method.line(),
                                    method.lines(),
                                    METHOD_LINES_MAX,
                                    method.declaration()));
                }
            }
        }
        none(wrong);
    }

    @Test
    void mainFilesHaveOneReasonEach() {
        none(tree.mainJava().stream()
                .filter(source -> source.lines().size() > MAIN_FILE_LINES_MAX)
                .map(source -> "%s: %d lines, too many"
                        .formatted(source.path(), source.lines().size()))
                .toList());
    }

    @Test
    void mainCodeMakesNoBannedCall() {
        List<String> wrong = new ArrayList<>();
        for (Source source : tree.mainJava()) {
            List<String> code = JavaText.code(source.lines());
            Set<String> allowed = MAY_CALL.getOrDefault(source.path(), Set.of());
            for (String call : BANNED_CALLS) {
                for (int line = 0; line < code.size(); line++) {
                    if (!allowed.contains(call) && code.get(line).contains(call)) {
                        wrong.add("%s:%d calls %s".formatted(source.path(), line + 1, call));
                    }
                }
            }
        }
        none(wrong);
    }

    @Test
    void everyExceptionToTheBannedCallsIsUsed() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (var entry : new TreeMap<>(MAY_CALL).entrySet()) {
            Path file = tree.root().resolve(entry.getKey());
            String text = Files.exists(file) ? Files.readString(file) : "";
            entry.getValue().stream()
                    .filter(call -> !text.contains(call))
                    .forEach(call -> wrong.add(entry.getKey() + " may call " + call + " but does not"));
        }
        none(wrong);
    }

    @Test
    void nothingIsLeftForLater() {
        none(findLines(tree.those(source -> !source.path().equals("LICENSE")), line -> {
            Matcher leftover = LEFTOVER.matcher(line);
            return leftover.find() ? "says " + leftover.group() : "";
        }));
    }

    @Test
    void noPathOfSomebodysMachine() {
        none(findLines(tree.all(), line -> {
            Matcher path = MACHINE_PATH.matcher(line);
            return path.find() ? "names " + path.group() : "";
        }));
    }

    @Test
    void noTabs() {
        none(findLines(
                tree.those(source -> !source.path().endsWith(".bin")), line -> line.contains("\t") ? "has a tab" : ""));
    }

    @Test
    void theBuildNamesNoPrivateHost() {
        Predicate<Source> build = source -> source.name().equals("pom.xml")
                || source.path().matches("\\.(mvn|github|ci)/.*|scripts/.*|target-cli/src/dist/.*");
        none(findLines(tree.those(build), line -> {
            if (line.matches(".*<(repository|pluginRepository|distributionManagement|mirror)>.*")) {
                return "names a registry";
            }
            Matcher host = URL_HOST.matcher(line);
            return host.find() && !BUILD_HOSTS.contains(host.group(1)) ? "names the host " + host.group(1) : "";
        }));
    }

    @Test
    void scriptsAreExecutable() {
        assumeFalse(File.separatorChar == '\\', "Windows has no such permission");
        none(tree
                .those(source ->
                        !source.lines().isEmpty() && source.lines().getFirst().startsWith("#!"))
                .stream()
                .filter(source -> !Files.isExecutable(source.file()))
                .map(source -> source.path() + " starts with #! and is not executable")
                .toList());
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<String> packages = tree.mainJava().stream()
                .filter(source -> !source.name().equals("module-info.java"))
                .map(source -> folder(source.path()))
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> wrong = new ArrayList<>();
        for (String folder : packages) {
            String text = tree.those(source -> source.path().equals(folder + "/package-info.java")).stream()
                    .map(source -> String.join("\n", source.lines()))
                    .findFirst()
                    .orElse("");
            if (!text.contains("@NullMarked") || !text.contains("/**")) {
                wrong.add(folder + " has no package-info.java with a sentence and @NullMarked");
            }
        }
        none(wrong);
    }

    @Test
    void eachPageHasOneTitleAndBeginsWithIt() {
        List<String> wrong = new ArrayList<>();
        for (Source page : tree.markdown()) {
            List<String> prose = prose(page);
            long titles = prose.stream().filter(line -> line.startsWith("# ")).count();
            boolean first = !page.lines().isEmpty() && page.lines().getFirst().startsWith("# ");
            if (titles != 1 || !first) {
                String where = first ? "" : ", and none is the first line";
                wrong.add("%s: %d titles%s".formatted(page.path(), titles, where));
            }
        }
        none(wrong);
    }

    @Test
    void linksLeadSomewhere() {
        List<String> wrong = new ArrayList<>();
        for (Source page : tree.markdown()) {
            for (String target : links(page)) {
                if (!Files.exists(page.file().resolveSibling(target))) {
                    wrong.add(page.path() + " links to " + target + ", which is not there");
                }
            }
        }
        none(wrong);
    }

    @Test
    void everyPageIsInTheIndex() {
        List<Source> index = tree.those(source -> source.path().equals("docs/README.md"));
        Set<Path> linked = index.stream()
                .flatMap(page -> links(page).stream()
                        .map(target -> page.file().resolveSibling(target).normalize()))
                .collect(Collectors.toSet());
        none(tree.markdown().stream()
                .filter(page -> page.path().startsWith("docs/") && !index.contains(page))
                .filter(page -> !linked.contains(page.file().normalize()))
                .map(page -> page.path() + " is not linked from docs/README.md")
                .toList());
    }

    private static void none(List<String> wrong) {
        assertFalse(!wrong.isEmpty(), () -> "\n  " + String.join("\n  ", wrong) + "\n");
    }

    private interface LineRule {
        /** What is wrong with a line; empty when nothing is. */
        String complaint(String line);
    }

    private static List<String> findLines(List<Source> sources, LineRule rule) {
        List<String> wrong = new ArrayList<>();
        for (Source source : sources) {
            for (int i = 0; i < source.lines().size(); i++) {
                String complaint = rule.complaint(source.lines().get(i));
                if (!complaint.isEmpty()) {
                    wrong.add("%s:%d %s".formatted(source.path(), i + 1, complaint));
                }
            }
        }
        return wrong;
    }

    private static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** The lines of a page outside its fenced blocks. */
    private static List<String> prose(Source page) {
        List<String> prose = new ArrayList<>();
        boolean fenced = false;
        for (String line : page.lines()) {
            boolean fence = line.strip().startsWith("```");
            fenced ^= fence;
            if (!fenced && !fence) {
                prose.add(line);
            }
        }
        return prose;
    }

    /** The files that a page links to, as it writes them, without the place inside them. */
    private static List<String> links(Source page) {
        return LINK.matcher(String.join("\n", prose(page)))
                .results()
                .map(link -> link.group(1).replaceFirst("#.*", ""))
                .filter(target -> !target.isEmpty() && !target.contains(":"))
                .toList();
    }
}
