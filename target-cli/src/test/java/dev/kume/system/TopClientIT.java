package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kume top} in a terminal of 80 columns, which tmux plays, over a daemon that two nodes keep busy: node 1 reads
 * single blocks of the disk that it owns, node 2 writes a shared disk by the megabyte.
 */
final class TopClientIT {
    private static final String ESCAPES = "\u001b\\[[0-9;?]*[A-Za-z]|\u001b[()][AB0]|\u001b[=>]";
    private static final Pattern NUMBERS = Pattern.compile("[1-9][0-9.]*[kM]?");
    private static final long KEY = 0x4711;
    private static final int WRITE_EXCLUSIVE = 1;

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;
    private static RawInitiator owner;
    private static final List<Process> LOAD = new ArrayList<>();

    @BeforeAll
    static void load() throws Exception {
        Clients.need("tmux", "iscsi-perf", "qemu-img");
        daemon = RunningDaemon.start(directory);
        daemon.admin(
                "cluster",
                "create",
                "HV",
                "--node=hv-node1=" + RunningDaemon.NODE1,
                "--node=hv-node2=" + RunningDaemon.NODE2,
                "--disk=ledger=64MB",
                "--csv=media=64MB");
        String one = target("hv-node1");
        owner = daemon.login(RunningDaemon.NODE1, one);
        owner.clearUnitAttentions(0);
        reserve(PersistentReserve.out(PersistentReserve.REGISTER, 0), PersistentReserve.list(0, KEY, false));
        reserve(
                PersistentReserve.out(PersistentReserve.RESERVE, WRITE_EXCLUSIVE),
                PersistentReserve.list(KEY, 0, false));
        begin("iscsi-perf", "-i", RunningDaemon.NODE1, "-m", "8", "-b", "1", "-t", "300", daemon.url(one, 0));
        String image = daemon.imageOptions(RunningDaemon.NODE2, target("hv-node2"), 1);
        begin("qemu-img", "bench", "-w", "-t", "none", "--image-opts", image, "-c", "9999999", "-d", "1", "-s", "1M");
    }

    private static void reserve(byte[] cdb, byte[] list) throws IOException {
        assertTrue(owner.command(0, cdb, list, 0).good());
    }

    private static String target(String node) throws IOException {
        return daemon.get("/v1/targets/" + node).path("iqn").asText();
    }

    /** Load that leaves the processors to whoever else wants them. */
    private static void begin(String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of("nice", "-n", "19"));
        line.addAll(List.of(words));
        LOAD.add(new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(words[0] + ".log").toFile())
                .start());
    }

    @AfterAll
    static void end() throws Exception {
        LOAD.forEach(Process::destroyForcibly);
        if (owner != null) {
            owner.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void showsDisksSessionsAndNodesSortsThemAndLeavesTheTerminalAsItWas() throws Exception {
        try (Tmux terminal = terminal()) {
            terminal.type("stty -g > before; echo what stood here", "Enter");
            terminal.await("the shell", screen -> screen.contains("\nwhat stood here"));
            terminal.type("kume top --interval 1", "Enter");
            String disks = terminal.await("both disks at work", screen -> works(screen, "ledger", "media"));
            assertEquals("1 0", terminal.ask("#{alternate_on} #{cursor_flag}"));
            List<String> lines = disks.lines().toList();
            assertTrue(lines.get(0).startsWith("kume top - "), disks);
            assertTrue(lines.get(1).matches("2 disks by iops: \\d.* reads/s .* MB/s, .* writes/s .* MB/s"), disks);
            assertEquals(
                    "DISK R/S W/S RMB/S WMB/S QUEUE SERV P99 QD ERR OWNER",
                    lines.get(3).replaceAll(" +", " "));
            assertTrue(lines.get(4).startsWith("ledger ") && lines.get(4).endsWith("  hv-node1"), disks);
            assertTrue(lines.get(5).startsWith("media ") && lines.get(5).endsWith("  -"), disks);
            assertTrue(lines.getLast().endsWith("q quit"), disks);
            assertNumbers(lines.get(4), 0, 2, 5, 6); // Reads, megabytes, service, what 99 of 100 take.
            assertNumbers(lines.get(5), 1, 3, 4, 5, 6); // Writes, megabytes, waiting, service.

            terminal.type("b");
            terminal.await("the order by bytes", screen -> below(screen, "media", "ledger"));
            terminal.type("r");
            terminal.await("the smallest first", screen -> below(screen, "ledger", "media"));
            assertTrue(terminal.screen().contains("2 disks by bytes reversed: "), terminal::screen);
            terminal.type("r", "a", "n");
            String nodes = terminal.await("nodes", screen -> works(screen, "hv-node1", "hv-node2"));
            assertTrue(nodes.matches("(?s).*\nhv-node1 .*  1 disk\nhv-node2 .*  0 disks\n.*"), nodes);
            terminal.type("s", "i");
            String sessions = terminal.await("sessions", screen -> screen.contains(" sessions by iops: "));
            assertTrue(sessions.contains("hv-node2 ") && sessions.contains("  127.0.0.1:"), sessions);

            expectNoLongLine(terminal);
            terminal.resize(120, 40);
            terminal.await("the wider window", screen -> screen.contains(" SERVICE "));
            assertTrue(terminal.screen().stripTrailing().endsWith("| space now q quit"), terminal::screen);
            terminal.resize(80, 24);
            terminal.await("the old window", screen -> screen.contains(" SERV "));
            terminal.type("C-z");
            terminal.await("the shell", screen -> screen.contains("Stopped"));
            assertEquals("0 1", terminal.ask("#{alternate_on} #{cursor_flag}"));
            terminal.type("fg", "Enter");
            terminal.await("the screen again", screen -> screen.contains(" sessions by iops: "));
            terminal.type("q");
            expectShell(terminal);
            terminal.type("kume top", "Enter");
            terminal.await("another one", screen -> works(screen, "ledger"));
            terminal.type("C-c");
            expectShell(terminal);
        }
    }

    private static Tmux terminal() throws IOException {
        Tmux terminal = new Tmux(directory);
        terminal.type("export KUME_SERVER='%s' && clear".formatted(daemon.socket()), "Enter");
        return terminal;
    }

    /** As it was before the screen, with all that was on it. */
    private static void expectShell(Tmux terminal) throws Exception {
        Path after = directory.resolve("after");
        terminal.await("the shell", screen -> screen.contains("\nwhat stood here"));
        terminal.type("stty -g > after.part && mv after.part after", "Enter");
        terminal.await("its answer", screen -> Files.exists(after));
        assertEquals(Files.readString(directory.resolve("before")), Files.readString(after));
        Files.delete(after);
        assertEquals("0 1", terminal.ask("#{alternate_on} #{cursor_flag}"));
    }

    /** In all that was sent to the terminal since the screen was opened. */
    private static void expectNoLongLine(Tmux terminal) throws IOException {
        String sent = terminal.sent();
        List<String> lines = sent.substring(sent.indexOf("\u001b[?1049h"))
                .replace("\u001b[H", "\n") // Each screen begins so, in place of the one before.
                .replaceAll(ESCAPES, "")
                .lines()
                .toList();
        assertTrue(lines.size() > 100, "lines: " + lines.size());
        assertEquals(
                List.of(), lines.stream().filter(line -> line.length() > 80).toList());
    }

    @Test
    void aDumbTerminalAndAPipeGetTablesWithoutEscapes() throws Exception {
        try (Tmux terminal = terminal()) {
            terminal.type("TERM=dumb kume top --interval 1 --by node", "Enter");
            terminal.await("the second table", screen -> screen.split("NODE ", -1).length > 2);
            terminal.type("C-c");
            terminal.type(
                    "(kume top --interval 1; echo ended) | head -1 > head.txt; echo head: $(cat head.txt)", "Enter");
            terminal.await("one line for head", screen -> screen.contains("head: DISK R/S"));
            assertFalse(terminal.sent().contains("\u001b[?1049h"), "a screen was drawn");
        }
    }

    @Test
    void scriptsGetDocuments() throws Exception {
        JsonNode document = JsonMapper.builder()
                .build()
                .readTree(daemon.admin("top", "--once", "--interval", "1", "--sort", "bytes", "-o", "json"));
        JsonNode media = document.path("rows").path(0);
        assertEquals("media", media.path("name").asText(), document::toString);
        assertTrue(media.path("writtenBytesPerSecond").asDouble() > 1 << 20, document::toString);
        assertTrue(media.path("serviceMillis").asDouble() > 0, document::toString);
        assertEquals("hv-node1", document.path("rows").path(1).path("about").asText());
        String tables = daemon.admin("top", "--batch", "2", "--interval", "1");
        assertEquals(2, tables.lines().filter(line -> line.startsWith("DISK ")).count(), tables);
        assertFalse(tables.contains("\u001b"), tables);
    }

    /** Whether all of these rows have rates that are not nothing. */
    private static boolean works(String screen, String... names) {
        for (String name : names) {
            if (!screen.matches("(?s).*\n%s +\\S*[1-9]\\S* .*".formatted(name))
                    && !screen.matches("(?s).*\n%s +0 +\\S*[1-9]\\S* .*".formatted(name))) {
                return false;
            }
        }
        return true;
    }

    private static boolean below(String screen, String first, String second) {
        return screen.contains("\n" + first + " ") && screen.indexOf("\n" + first) < screen.indexOf("\n" + second);
    }

    private static void assertNumbers(String row, int... columns) {
        String[] cells = row.split(" +");
        for (int column : columns) {
            String cell = cells[column + 1].replaceFirst("^0\\.0*", "");
            assertTrue(NUMBERS.matcher(cell).matches(), () -> "column " + column + " of " + row);
        }
    }
}
