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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The walks through of the documentation, as they are typed: each {@code $ kume} line of a {@code console} block is run
 * against a real daemon, must end as the page says, and must say what the page shows. What the nodes do meanwhile
 * stands in comments of the page, {@code <!-- nodes: connect -->}, and emulated nodes do it over real sockets.
 *
 * <p>Times, addresses, identifiers and ports are other ones here; numbers, names and words must be the same.
 */
final class ClusterPagesClientIT {
    private static final Pattern STEP = Pattern.compile("(?s)<!-- nodes: ([^>]*?) -->|```console\n(.*?)```");
    private static final Pattern EXITS = Pattern.compile("(.*?)\\s+# exits with (\\d+)");
    private static final int QUORUM = 0;
    private static final int VMS = 1;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private RunningDaemon daemon;
    private final Map<String, EmulatedNode> nodes = new LinkedHashMap<>();
    private int commands;

    @AfterEach
    void end() {
        nodes.values().forEach(EmulatedNode::close);
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void hyperVFromAnEmptyServerToAFailover() throws Exception {
        walk("hyper-v.md", "iqn.1991-05.com.microsoft:hv-node");
        assertTrue(commands >= 12, "the page has lost its commands: " + commands);
    }

    @Test
    void linuxFromAnEmptyServerToAFencedNode() throws Exception {
        walk("linux-cluster.md", "iqn.2026-11.org.example:node");
        assertTrue(commands >= 8, "the page has lost its commands: " + commands);
    }

    private void walk(String page, String iqn) throws Exception {
        int secondPort = RunningDaemon.freePort();
        daemon = RunningDaemon.startWithPortals(directory, secondPort);
        List<InetSocketAddress> portals =
                List.of(daemon.portal(), new InetSocketAddress(InetAddress.getLoopbackAddress(), secondPort));
        String host = daemon.get("/v1/status").path("host").asText();
        for (int i = 1; i <= 2; i++) {
            String name = (page.startsWith("hyper") ? "hv-node" : "node") + i;
            String target = "%s:%s-%s".formatted(RunningDaemon.IQN_PREFIX, host, name);
            nodes.put(name, new EmulatedNode(iqn + i, target, 0xA0 + i, portals));
        }
        Matcher steps = STEP.matcher(Files.readString(Path.of("../docs", page)));
        while (steps.find()) {
            if (steps.group(1) != null) {
                act(steps.group(1).split(" "));
            } else {
                type(steps.group(2));
            }
        }
    }

    // ---- what the nodes do ------------------------------------------------------------------------------------------

    private void act(String... words) {
        EmulatedNode first = nodes.values().iterator().next();
        EmulatedNode second = List.copyOf(nodes.values()).get(1);
        switch (words[0]) {
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

    private void type(String block) throws IOException {
        List<String> expected = new ArrayList<>();
        String command = null;
        for (String line : (block.replace("\\\n", " ") + "$ end").split("\n")) {
            if (!line.startsWith("$ ")) {
                expected.add(line);
                continue;
            }
            if (command != null && command.startsWith("kume ")) {
                run(command, expected);
            }
            command = line.substring(2);
            expected.clear();
        }
    }

    private void run(String command, List<String> expected) {
        Matcher exits = EXITS.matcher(command);
        int status = exits.matches() ? Integer.parseInt(exits.group(2)) : 0;
        String typed = (exits.matches() ? exits.group(1) : command).replaceAll("\\s*>\\s*\\S+$", "");
        List<String> words = words(typed);
        Program.Result result = daemon.kume(words.subList(1, words.size()).toArray(String[]::new));
        assertEquals(status, result.exitCode(), result::toString);
        commands++;
        String said = plain(result.out());
        for (String line : expected) {
            String wanted = plain(line);
            if (!wanted.isBlank() && !wanted.equals("...")) {
                assertTrue(said.contains(wanted), () -> "not said: " + wanted + "\n" + said + result.err());
            }
        }
    }

    /** The words of a command line; quotes hold them together. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)").matcher(line);
        while (matcher.find()) {
            words.add(matcher.group().replaceAll("^['\"]|['\"]$", ""));
        }
        return words;
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
