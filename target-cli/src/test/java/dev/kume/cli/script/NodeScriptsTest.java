package dev.kume.cli.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.api.ClusterStatusView.Portal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts against those that were looked at, line by line; what bash can say of its own is asked of it. */
final class NodeScriptsTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String ODD = "it's `id` $(id) \u2019\u00e9 \"\\";

    /** Set this property to write the scripts that are expected anew, and look at the difference. */
    private static final boolean REWRITE = Boolean.getBoolean("kume.golden.rewrite");

    @TempDir
    Path folder;

    private static ClusterStatusView cluster(String chapUser) {
        return new ClusterStatusView(
                "HV",
                ClusterStatusView.UNFORMED,
                List.of(),
                NOW,
                List.of(
                        new Portal("storage-a", "192.168.10.1", 3260, "192.168.10.0/24"),
                        new Portal("storage-b", "fd00:0:0:0:0:0:0:1", 3261, null)),
                List.of(node("hv-node1", chapUser), node("hv-node2", "")),
                List.of(
                        disk("quorum", "witness", 0, 2L << 30),
                        disk("vms", "data", 1, 30L << 30),
                        disk("shared", "csv", 2, 100L << 30)),
                List.of());
    }

    private static Node node(String name, String chapUser) {
        return new Node(
                name,
                List.of("iqn.1991-05.com.microsoft:" + name),
                name,
                "iqn.2026-11.dev.kume:store1-" + name,
                Node.NEVER_SEEN,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                chapUser.isEmpty() ? List.of() : List.of(chapUser));
    }

    private static Disk disk(String name, String role, int lun, long bytes) {
        return new Disk(
                name,
                role,
                lun,
                "",
                bytes,
                "5F0C2A9914E87B3" + lun,
                "6024b555f0c2a9914e87b33" + lun + "7b1e0c4d",
                "KUME",
                "Virtual Disk",
                null,
                null,
                List.of(),
                List.of(),
                null);
    }

    private static void assertGolden(String name, String script) throws IOException {
        Path golden = Path.of("src/test/resources/dev/kume/cli/script", name);
        if (REWRITE) {
            Files.writeString(golden, script);
        }
        assertEquals(Files.readString(golden), script, golden + " differs: see NodeScriptsTest.REWRITE");
    }

    @Test
    void windowsGetsWhatWasLookedAt() throws Exception {
        assertGolden("HV.ps1", NodeScripts.powershell(cluster("hv-user"), null));
    }

    @Test
    void linuxGetsWhatWasLookedAt() throws Exception {
        assertGolden("HV.sh", NodeScripts.bash(cluster("hv-user"), "hv-node1"));
    }

    @Test
    void noSecretIsAskedForWhereNoneIsNeeded() {
        String script = NodeScripts.powershell(cluster(""), null);
        assertTrue(script.contains("Name = 'hv-node1'; Iqns = @('iqn.1991-05.com.microsoft:hv-node1'); Target ="
                + " 'iqn.2026-11.dev.kume:store1-hv-node1'; ChapUser = '' }"));
    }

    @Test
    void bashTakesTheScriptAndTheOddestUser() throws Exception {
        Path script = Files.writeString(folder.resolve("odd.sh"), NodeScripts.bash(cluster(ODD), null));
        assertEquals("", run("bash", "-n", script.toString()));
        String head = Files.readString(script);
        String user = Files.writeString(
                        folder.resolve("user.sh"),
                        head.substring(0, head.indexOf("# ---- what this host is"))
                                + "printf '%s' \"${node_chap_users[0]}\"\n")
                .toString();
        assertEquals(ODD, run("bash", user));
    }

    @Test
    void theDataOfBashIsThatOfTheCluster() throws Exception {
        String head = NodeScripts.bash(cluster(""), null);
        Path script = Files.writeString(
                folder.resolve("data.sh"),
                head.substring(0, head.indexOf("# ---- what this host is"))
                        + "printf '%s|' \"$cluster\" \"${node_names[@]}\" \"${portals[@]}\" \"${disk_bytes[1]}\"\n");
        assertEquals(
                "HV|hv-node1|hv-node2|192.168.10.1:3260|[fd00::1]:3261|32212254720|", run("bash", script.toString()));
    }

    /** What bash did not say on standard output, it must not say at all. */
    private String run(String... words) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), () -> List.of(words) + " does not end");
        String said = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    @Test
    void powershellHasNothingButAsciiAndNoOpenQuote() {
        String script = NodeScripts.powershell(cluster(ODD), null);
        assertTrue(script.chars().allMatch(c -> c == '\n' || (c >= 0x20 && c < 0x7F)));
        assertTrue(script.contains("ChapUser = ('it''s `id` $(id) ' + [char]0x2019 + '' + [char]0x00E9 + ' \"\\') }"));
    }

    @Test
    void oneNodesScriptSaysWhose() {
        assertTrue(NodeScripts.powershell(cluster(""), "hv-node2").contains("$OnlyNode = 'hv-node2'"));
        assertTrue(NodeScripts.bash(cluster(""), "hv-node2").contains("only_node='hv-node2'"));
        assertTrue(NodeScripts.bash(cluster(""), null).contains("only_node=''"));
    }

    @Test
    void multipathKnowsTheDevicesByWhatTheySay() {
        String script = NodeScripts.bash(cluster(""), null);
        assertEquals(1, script.split("vendor \"KUME\"", -1).length - 1, "one section for disks that say the same");
        assertTrue(script.contains("product \"Virtual Disk\""));
        assertEquals("a.b.c", Quoting.multipath(" a\"b*c "));
    }

    @Test
    void addressesAreWrittenAsHostsWriteThem() {
        assertEquals("192.168.10.1", Quoting.address("192.168.10.1"));
        assertEquals("fd00::1", Quoting.address("fd00:0:0:0:0:0:0:1"));
        assertEquals("::1", Quoting.address("0:0:0:0:0:0:0:1"));
        assertEquals("fd00:1:2::", Quoting.address("fd00:1:2:0:0:0:0:0"));
        assertEquals("fd00:0:0:1::a", Quoting.address("fd00:0:0:1:0:0:0:a"));
        assertEquals("fd00:1:2:3:4:5:10:a", Quoting.address("fd00:1:2:3:4:5:10:a"));
    }

    @Test
    void commentsStayOnTheirLine() {
        assertEquals("a?rm -rf?b?c", Quoting.comment("a\nrm -rf\u2028b\rc"));
        assertEquals("my-cluster-1", Quoting.fileName("My Cluster/1"));
        assertFalse(Objects.requireNonNull(Quoting.bash("'")).isBlank());
    }
}
