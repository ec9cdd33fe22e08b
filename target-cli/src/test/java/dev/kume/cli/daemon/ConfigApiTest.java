package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.api.OperationView;
import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Desired states over the management API: planned, applied, gone back from, with a fake server behind it. */
final class ConfigApiTest {
    private static final JsonMapper JSON = ApiJson.lenient();
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";

    private static final String CLUSTER = """
            schemaVersion: 1
            clusters:
              - name: HV
                nodes:
                  - { name: hv-node1, iqn: "iqn.1991-05.com.microsoft:hv-node1" }
                  - { name: hv-node2, iqn: "iqn.1991-05.com.microsoft:hv-node2" }
                disks:
                  - { name: quorum, role: witness, size: 1MB }
                  - { name: vms, role: csv, size: 2MB, type: dynamic, format: vhdx }
            """;

    private static final String ALONE = """
            schemaVersion: 1
            disks:
              - { name: backup, size: 1MB, format: raw }
            targets:
              - name: backup
                initiators: ["10.0.0.0/24"]
                luns: [ { disk: backup } ]
            """;

    @TempDir
    Path folder;

    private static String body(
            @Nullable String text,
            @Nullable Long rollbackTo,
            @Nullable Long planVersion,
            boolean force,
            String... secret) {
        List<ConfigRequest.Secret> secrets = secret.length == 0
                ? List.of()
                : List.of(new ConfigRequest.Secret(
                        secret[0],
                        Base64.getEncoder().encodeToString(secret[1].getBytes(StandardCharsets.UTF_8)),
                        null));
        try {
            return JSON.writeValueAsString(
                    new ConfigRequest("test.yaml", text, rollbackTo, secrets, planVersion, force));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ConfigPlanView plan(RunningManagement kume, String text, String... secret) throws IOException {
        return view(kume.post(ApiPaths.CONFIG_PLAN, body(text, null, null, false, secret)));
    }

    private static ConfigPlanView view(RunningManagement.Reply reply) throws IOException {
        assertEquals(200, reply.status(), reply.toString());
        return JSON.treeToValue(reply.body(), ConfigPlanView.class);
    }

    private static RunningManagement.Reply refused(RunningManagement kume, String text) throws IOException {
        RunningManagement.Reply reply = kume.post(ApiPaths.CONFIG_PLAN, body(text, null, null, false));
        assertTrue(reply.status() >= 400, reply.toString());
        return reply;
    }

    private static void applied(RunningManagement kume, String text, String... secret) throws IOException {
        done(kume, kume.post(ApiPaths.CONFIG_APPLY, body(text, null, null, true, secret)));
    }

    private static void done(RunningManagement kume, RunningManagement.Reply begun) throws IOException {
        OperationView ended = ended(kume, begun);
        assertEquals(OperationView.DONE, ended.state(), () -> String.valueOf(ended.error()));
    }

    private static OperationView ended(RunningManagement kume, RunningManagement.Reply begun) throws IOException {
        assertEquals(202, begun.status(), begun.toString());
        return kume.ended(begun.body().path("id").asLong());
    }

    private static String export(RunningManagement kume) throws IOException {
        return kume.get(ApiPaths.configExport(null)).body().path("text").asText();
    }

    private List<String> files(String directory) throws IOException {
        Path path = folder.resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> changes(ConfigPlanView plan) {
        return plan.changes().stream()
                .map(change -> change.action() + " " + change.kind() + " " + change.name())
                .toList();
    }

    @Test
    void aClusterComesIntoBeingInOneVersionAndTheSameFileAgainChangesNothing() throws Exception {
        try (RunningManagement kume = RunningManagement.in(folder)) {
            ConfigPlanView plan = plan(kume, CLUSTER);
            assertEquals(
                    List.of(
                            "add disk quorum",
                            "add disk vms",
                            "add target hv-node1",
                            "add target hv-node2",
                            "add cluster HV"),
                    changes(plan));
            assertEquals(List.of(), plan.confirm());
            assertEquals(List.of(), files("disks"), "a plan makes nothing");
            done(kume, kume.post(ApiPaths.CONFIG_APPLY, body(CLUSTER, null, plan.version(), false)));
            Inventory inventory = kume.exports.published;
            assertEquals(1, inventory.version());
            assertEquals(2, inventory.cluster("hv").nodes().size());
            assertEquals(4, inventory.mappings().size());
            assertEquals(List.of("quorum.vhd", "vms.vhdx"), files("disks"));
            assertEquals(2, kume.exports.disks.size());
            assertEquals(List.of(), changes(plan(kume, CLUSTER)));
            applied(kume, CLUSTER);
            assertEquals(1, kume.exports.published.version());
        }
        try (RunningManagement kume = RunningManagement.in(folder)) {
            assertEquals(List.of(), changes(plan(kume, CLUSTER)));
            assertEquals(List.of(), files("state/unfinished"));
        }
    }

    @Test
    void theExportOfADaemonChangesNothingThereAndBringsAllOfItBackElsewhere() throws Exception {
        String text;
        try (RunningManagement kume = RunningManagement.in(folder)) {
            applied(kume, CLUSTER + "\n" + ALONE.substring(ALONE.indexOf("disks:")));
            text = export(kume);
            assertEquals(List.of(), changes(plan(kume, text)));
            applied(kume, text);
            assertEquals(text, export(kume));
        }
        deleteAll(folder.resolve("state"));
        try (RunningManagement kume = RunningManagement.in(folder)) {
            assertEquals(0, kume.exports.published.version());
            applied(kume, text);
            assertEquals(text, export(kume));
            assertEquals(3, kume.exports.disks.size());
            kume.exports.disks.values().forEach(disk -> assertEquals(null, disk.offlineReason()));
        }
        deleteAll(folder.resolve("state"));
        Files.delete(folder.resolve("disks/quorum.vhd"));
        try (RunningManagement kume = RunningManagement.in(folder)) {
            String line = refused(kume, text).error();
            assertTrue(line.contains("disk 'quorum' is not taken over: its file"), line);
            assertTrue(line.contains("bring the file back; for a new empty disk leave uuid, serial and naa out"), line);
        }
    }

    private static void deleteAll(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void whatIsRemovedOrDisturbedIsToBeConfirmedAndFilesStay() throws Exception {
        try (RunningManagement kume = RunningManagement.in(folder)) {
            applied(kume, CLUSTER);
            String iqn = kume.exports.published.target("hv-node2").iqn();
            kume.exports.connect(7, NODE2, iqn);
            String without = CLUSTER.replaceAll(".*hv-node2.*\n", "").replaceAll(".*vms.*\n", "");
            ConfigPlanView plan = plan(kume, without);
            assertEquals(
                    List.of("change cluster HV", "change target hv-node1", "remove disk vms", "remove target hv-node2"),
                    changes(plan).stream().sorted().toList());
            assertEquals(
                    List.of(
                            "disk 'vms' is removed",
                            "target 'hv-node2' is removed",
                            "1 session of %s is dropped".formatted(NODE2),
                            "%s can no longer reach disk 'quorum'".formatted(NODE2),
                            "%s can no longer reach disk 'vms'".formatted(NODE2)),
                    plan.confirm());
            assertEquals(7, plan.blast().dropped().getFirst().session());
            RunningManagement.Reply guarded = kume.post(ApiPaths.CONFIG_APPLY, body(without, null, null, false));
            assertEquals(5, guarded.exitCode(), guarded.toString());
            assertEquals(1, kume.exports.published.version());
            applied(kume, without);
            assertEquals(List.of("quorum.vhd", "vms.vhdx"), files("disks"));
            assertEquals(1, kume.exports.disks.size());
        }
    }

    @Test
    void aClusterOfTheCommandIsTheClusterOfTheFile() throws Exception {
        String create = """
                {"name":"HV","nodes":[{"name":"hv-node1","iqns":["%s"]},{"name":"hv-node2","iqns":["%s"]}],
                 "disks":[{"name":"quorum","role":"witness","size":"1MB"},
                          {"name":"vms","role":"csv","size":"2MB","type":"dynamic","format":"vhdx"}]}
                """.formatted(NODE1, NODE2);
        try (RunningManagement kume = RunningManagement.in(folder)) {
            done(kume, kume.post("/v1/clusters", create));
            ConfigPlanView plan = plan(kume, CLUSTER);
            assertEquals(List.of(), plan.changes());
        }
    }

    @Test
    void aPlanForAnotherVersionIsRefused() throws Exception {
        try (RunningManagement kume = RunningManagement.in(folder)) {
            applied(kume, ALONE);
            RunningManagement.Reply reply = kume.post(ApiPaths.CONFIG_APPLY, body(CLUSTER, null, 0L, true));
            assertEquals(4, reply.exitCode());
            assertEquals(
                    "the plan was made for version 0, and the inventory is at version 1 now; nothing was changed; plan again",
                    reply.error());
        }
    }

    @Test
    void disksGrowAndAreRenamedByTheirIdentity() throws Exception {
        try (RunningManagement kume = RunningManagement.in(folder)) {
            applied(kume, ALONE);
            String renamed = export(kume)
                    .replaceFirst("name: \"backup\"", "name: \"archive\"")
                    .replace("disk: \"backup\"", "disk: \"archive\"")
                    .replace("\"1MB\"", "\"3MB\"");
            ConfigPlanView plan = plan(kume, renamed);
            assertEquals(List.of("change disk archive"), changes(plan));
            assertEquals(
                    List.of("name: backup -> archive", "size: 1 MB -> 3 MB"),
                    plan.changes().getFirst().details());
            applied(kume, renamed);
            JsonNode disk = kume.get(ApiPaths.disk("archive")).body();
            assertEquals(3 << 20, disk.path("sizeBytes").asLong());
            assertEquals(3 << 20, Files.size(folder.resolve("disks/backup.img")));
            String line = refused(kume, renamed.replace("\"3MB\"", "\"2MB\"")).error();
            assertTrue(line.startsWith("test.yaml:4:5: disk 'archive' has 3 MB"), line);
            assertTrue(line.endsWith("run 'kume disk resize archive SIZE --shrink' first"), line);
        }
    }

    @Test
    void secretsComeBesideTheFileAndAreInNoAnswer() throws Exception {
        String text = ALONE + """
                credentials:
                  - { name: hv, user: hv-cluster, secretFile: hv.secret }
                discovery: { chap: [hv] }
                """;
        String secret = "a-secret-of-16-b";
        try (RunningManagement kume = RunningManagement.in(folder)) {
            String missing = refused(kume, text).error();
            assertEquals(
                    "test.yaml:9:5: credential 'hv' is new here and has no secret; write secretFile: with the path of a file"
                            + " that only you may open",
                    missing);
            applied(kume, text, "hv", secret);
            assertEquals(List.of(), changes(plan(kume, text, "hv", secret)));
            assertEquals(List.of("change credential hv"), changes(plan(kume, text, "hv", "another-secret--")));
            applied(kume, text, "hv", "another-secret--");
            assertEquals(List.of("hv.2"), files("state/secrets"));
            assertEquals(List.of(), changes(plan(kume, export(kume))));
            assertFalse(export(kume).contains("secret-"), export(kume));
            String all = Files.readString(folder.resolve("state/inventory.yaml"));
            assertFalse(all.contains("a-secret") || all.contains("another-secret"));
        }
    }

    @Test
    void historyDiffAndRollback() throws Exception {
        try (RunningManagement kume = RunningManagement.in(folder)) {
            applied(kume, ALONE);
            applied(kume, CLUSTER);
            JsonNode versions = kume.get(ApiPaths.configHistory(20)).body().path("versions");
            assertEquals(2, versions.size());
            assertEquals(2, versions.path(0).path("version").asInt());
            assertTrue(versions.path(0).path("current").asBoolean());
            assertEquals(
                    "disk 'backup' added; target 'backup' added",
                    versions.path(1).path("summary").asText());
            JsonNode diff = kume.get(ApiPaths.configDiff(null, null)).body();
            assertEquals(1, diff.path("from").asInt());
            assertEquals(7, diff.path("changes").size());
            assertEquals(3, kume.get(ApiPaths.configDiff(99L, null)).exitCode(), "a version that is not there");
            ConfigPlanView plan = view(kume.post(ApiPaths.CONFIG_PLAN, body(null, 1L, null, false)));
            assertEquals("version 1", plan.source());
            assertTrue(plan.confirm().contains("cluster 'HV' is removed"), plan.toString());
            done(kume, kume.post(ApiPaths.CONFIG_APPLY, body(null, 1L, plan.version(), true)));
            assertEquals(List.of(), changes(plan(kume, ALONE)));
            assertEquals(3, kume.exports.published.version());
            assertEquals(
                    0,
                    kume.get(ApiPaths.configDiff(1L, 3L)).body().path("changes").size());
            assertEquals(List.of("backup.img", "quorum.vhd", "vms.vhdx"), files("disks"));
            // Forward again: the cluster's files are there still.
            done(kume, kume.post(ApiPaths.CONFIG_APPLY, body(null, 2L, null, true)));
            assertEquals(List.of(), changes(plan(kume, CLUSTER)));
            done(kume, kume.post(ApiPaths.CONFIG_APPLY, body(null, 1L, null, true)));
            Files.delete(folder.resolve("disks/vms.vhdx"));
            RunningManagement.Reply gone = kume.post(ApiPaths.CONFIG_PLAN, body(null, 2L, null, false));
            assertEquals(3, gone.exitCode());
            assertTrue(gone.error().startsWith("version 2 had disk 'vms', which does not come back: "), gone.error());
        }
    }
}
