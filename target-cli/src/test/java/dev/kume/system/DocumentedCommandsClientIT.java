package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The documentation as it is typed: each {@code kume} line of each page is run against a real daemon, from the top of
 * the page to its end, must end as the page says, and must say what the page shows. What the nodes do meanwhile, and
 * what has to be there before, stands in comments of the page ({@link DocumentPage}); emulated nodes do it over real
 * sockets.
 *
 * <p>Times, addresses, identifiers and ports are other ones here; numbers, names and words must be the same.
 */
final class DocumentedCommandsClientIT {
    private static final Pattern EXITS = Pattern.compile("(.*?)\\s+# exits with (\\d+).*");
    private static final Pattern REMARK = Pattern.compile("(.*?)\\s+# .*");
    private static final int QUORUM = 0;
    private static final int VMS = 1;

    /** Pages with fewer have lost what they were written for. */
    private static final Map<String, Integer> COMMANDS_MIN =
            Map.of("hyper-v.md", 12, "linux-cluster.md", 8, "README.md", 4);

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private RunningDaemon daemon;
    private TypedLine line;
    private final Map<String, EmulatedNode> nodes = new LinkedHashMap<>();
    private int commands;
    private @Nullable String types;

    static List<String> pages() throws IOException {
        return DocumentPage.all().stream()
                .filter(DocumentPage::hasCommands)
                .map(DocumentPage::name)
                .toList();
    }

    private static DocumentPage page(String name) throws IOException {
        return DocumentPage.all().stream()
                .filter(page -> page.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void end() {
        nodes.values().forEach(EmulatedNode::close);
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void everyBlockThatIsTypedIsMarked() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (DocumentPage page : DocumentPage.all()) {
            wrong.addAll(page.unmarked());
            page.notRun().forEach(reason -> {
                System.out.println("DocumentedCommands: " + page.name() + ": not run: " + reason);
                assertTrue(reason.length() > 10, () -> page.name() + " does not say why a block is not run");
            });
        }
        assertEquals(List.of(), wrong, "mark the blocks as sh or console");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void isAsItIsTyped(String name) throws Exception {
        start(name);
        for (DocumentPage.Step step : page(name).steps()) {
            switch (step) {
                case DocumentPage.Step.Nodes act -> act(act.words());
                case DocumentPage.Step.Run run -> run(run.command(), List.of());
                case DocumentPage.Step.Types typed -> types = typed.text();
                case DocumentPage.Step.NewFile file ->
                    Files.writeString(directory.resolve(file.name()), here(file.content()));
                case DocumentPage.Step.Command command -> {
                    if (DocumentPage.isOurs(command.typed()) && !command.typed().startsWith("kume serve")) {
                        run(command.typed(), command.expected());
                        types = null;
                        commands++;
                    }
                }
            }
        }
        assertTrue(commands >= COMMANDS_MIN.getOrDefault(name, 1), "the page has lost its commands: " + commands);
    }

    private void start(String page) throws Exception {
        int secondPort = RunningDaemon.freePort();
        daemon = RunningDaemon.startWithPortals(directory, secondPort);
        line = new TypedLine(directory, daemon.socket());
        Files.createDirectory(directory.resolve("srv"));
        boolean linux = page.startsWith("linux");
        String iqn = linux ? "iqn.2026-11.org.example:node" : "iqn.1991-05.com.microsoft:hv-node";
        List<InetSocketAddress> portals =
                List.of(daemon.portal(), new InetSocketAddress(InetAddress.getLoopbackAddress(), secondPort));
        String host = daemon.get("/v1/status").path("host").asText();
        for (int i = 1; i <= 2; i++) {
            String name = (linux ? "node" : "hv-node") + i;
            String target = "%s:%s-%s".formatted(RunningDaemon.IQN_PREFIX, host, name);
            nodes.put(name, new EmulatedNode(iqn + i, target, 0xA0 + i, portals));
        }
    }

    // ---- what the nodes do ------------------------------------------------------------------------------------------

    private void act(List<String> words) {
        EmulatedNode first = nodes.values().iterator().next();
        EmulatedNode second = List.copyOf(nodes.values()).get(1);
        switch (words.getFirst()) {
            case "look" -> nodes.values().forEach(EmulatedNode::lookForTargets);
            case "connect" -> nodes.values().forEach(EmulatedNode::connect);
            case "form" -> {
                for (int lun : List.of(QUORUM, VMS)) {
                    first.write(lun);
                    first.register(lun);
                    first.reserve(lun);
                }
            }
            case "unfence" -> {
                first.register(QUORUM);
                second.register(QUORUM);
                first.reserve(QUORUM);
                first.write(QUORUM);
            }
            case "move" -> {
                first.release(VMS);
                second.register(VMS);
                second.reserve(VMS);
                second.write(VMS);
            }
            case "die" -> first.die();
            case "take" -> {
                second.register(QUORUM);
                second.preempt(QUORUM, first.key());
                second.write(QUORUM);
            }
            case "return" -> first.comeBack();
            case "refence" -> {
                first.comeBack();
                first.register(QUORUM);
            }
            default -> throw new AssertionError("no node knows how to: " + String.join(" ", words));
        }
    }

    // ---- what is typed ----------------------------------------------------------------------------------------------

    private void run(String command, List<String> expected) throws IOException {
        Matcher exits = EXITS.matcher(command);
        Matcher remark = REMARK.matcher(command);
        int status = exits.matches() ? Integer.parseInt(exits.group(2)) : 0;
        String typed = exits.matches() ? exits.group(1) : remark.matches() ? remark.group(1) : command;
        Program.Result result = line.run(here(typed), types);
        assertEquals(status, result.exitCode(), result::toString);
        String said = plain(result.out());
        for (String each : expected) {
            String wanted = plain(each);
            if (!wanted.isBlank() && !wanted.equals("...")) {
                assertTrue(said.contains(wanted), () -> "not said: " + wanted + "\n" + said + result.err());
            }
        }
    }

    /** Folders of the server are in the test's own, and its storage network is the daemon's portal. */
    private String here(String text) {
        return text.replace("/srv/", directory.resolve("srv") + "/")
                .replaceAll("iscsi://[0-9.]+(:\\d+)?/", "iscsi://127.0.0.1:" + daemon.port() + "/");
    }

    /** What is another one in each run becomes the same. */
    private static String plain(String text) {
        return text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                .replaceAll("\\d+\\.\\d+\\.\\d+\\.\\d+:\\d+", "ADDRESS")
                .replaceAll("\\d+\\.\\d+\\.\\d+\\.\\d+", "HOST")
                .replaceAll("\\b[0-9a-fA-F]{12,}\\b", "IDENTIFIER")
                .replaceAll("(iqn\\.2026-11\\.dev\\.kume:)[a-z0-9.-]+?-((hv-)?node\\d)", "$1SERVER-$2")
                .replaceAll("\\b(\\d+d )?(\\d+h )?\\d+[smh]\\b( ago)?", "AGE")
                .replaceAll("\\b\\d+ (s|min) ago", "AGE")
                .replaceAll("(?m)[ \\t]+", " ");
    }
}
