package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.daemon.RunningManagement.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClusterApiTest {
    private static final String NODE = "iqn.1991-05.com.microsoft:";
    private static final String NODES = """
        "nodes":[{"name":"hv-node1","iqns":["iqn.1991-05.com.microsoft:hv-node1"]},\
        {"name":"hv-node2","iqns":["iqn.1991-05.com.microsoft:HV-node2"]}]""";
    private static final String HV = "{\"name\":\"HV\"," + NODES + """
        ,"disks":[{"name":"quorum","role":"witness","size":"2MB","sparse":true},\
        {"name":"vms","size":"4MB","sparse":true},\
        {"name":"csv1","role":"csv","size":"8MB","format":"vhdx","type":"dynamic"}],"description":"first"}""";

    @TempDir
    Path folder;

    private RunningManagement kume;

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.in(folder);
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    @Test
    void aClusterIsMadeOfNothingAndOutlivesARestart() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV));
        JsonNode cluster = cluster("hv");
        assertEquals("HV", cluster.path("name").asText());
        assertEquals(
                List.of("0 quorum witness", "1 vms data", "2 csv1 csv"),
                cluster.path("disks")
                        .valueStream()
                        .map(disk -> disk.path("lun").asText() + " "
                                + disk.path("name").asText() + " "
                                + disk.path("role").asText())
                        .toList());
        for (String node : List.of("hv-node1", "hv-node2")) {
            JsonNode target = kume.get(ApiPaths.target(node)).body();
            assertEquals("[\"" + NODE + node + "\"]", target.path("initiators").toString());
            assertEquals(
                    List.of("quorum", "vms", "csv1"),
                    target.path("luns")
                            .valueStream()
                            .map(lun -> lun.path("disk").asText())
                            .toList());
        }
        assertEquals(
                "cluster", kume.get(ApiPaths.disk("vms")).body().path("sharing").asText());
        assertEquals(3, kume.exports.disks.size());
        assertEquals(1, kume.exports.published.clusters().size());
        kume.close();
        kume = RunningManagement.in(folder);
        assertEquals(cluster, cluster("HV"));
        assertEquals(List.of("csv1.vhdx", "quorum.vhd", "vms.vhd"), files());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"size\":\"8MB\"|\"size\":\"1TB\"|no-space",
                "\"size\":\"8MB\"|\"size\":\"8XB\"|invalid",
                "\"csv1\"|\"vms\"|invalid",
                "\"role\":\"csv\"|\"role\":\"csw\"|invalid",
                "\"format\":\"vhdx\"|\"format\":\"vhdy\"|invalid",
                "hv-node1\"]|\"]|invalid",
                "microsoft:hv-node1|microsoft.hv-node1|invalid",
                "microsoft:hv-node1|microsoft:hv-node2|guard",
                "\"name\":\"hv-node1\"|\"name\":\"hv node1\"|invalid",
                "\"role\":\"csv\"|\"role\":\"csv\",\"lun\":16384|invalid",
                "\"size\":\"8MB\",|\"file\":\"/x\",|invalid",
                "\"size\":\"8MB\",\"format\":\"vhdx\",\"type\":\"dynamic\"|\"lun\":5|not-found",
                "\"description\"|\"chap\":[\"none\"],\"description\"|not-found",
                "\"description\"|\"portals\":[\"none\"],\"description\"|not-found",
            })
    void whatCannotBeIsRefusedBeforeAFileIsMade(String good, String bad, String code) throws Exception {
        String request = HV.replace(good, bad)
                .replace(
                        "\"type\":\"dynamic\"",
                        "no-space".equals(code) ? "\"type\":\"fixed\"" : "\"type\":\"dynamic\"");
        Reply refused = kume.post(ApiPaths.CLUSTERS, request);
        assertEquals(code, refused.body().path("error").path("code").asText(), refused.toString());
        nothingIsThere();
        done(kume.post(ApiPaths.CLUSTERS, HV));
    }

    @Test
    void oneNodeWithTheNameOfAnotherIsToldApart() throws Exception {
        Reply refused = kume.post(ApiPaths.CLUSTERS, HV.replace("HV-node2", "hv-node1"));
        assertEquals(
                "nodes 'hv-node1' and 'hv-node2' of cluster 'HV' have one initiator name, iqn.1991-05.com.microsoft:hv-node1",
                refused.message());
        Reply slip = kume.post(ApiPaths.CLUSTERS, HV.replace("microsoft:HV-node2", "microsoft.hv-node2"));
        assertTrue(slip.message().contains("did you mean iqn.1991-05.com.microsoft:hv-node2?"), slip::toString);
    }

    @Test
    void aFileThatIsInTheWayLeavesNothing() throws Exception {
        Path taken = Files.createDirectories(folder.resolve("disks")).resolve("csv1.vhdx");
        Files.writeString(taken, "somebody's");
        Reply refused = kume.post(ApiPaths.CLUSTERS, HV);
        assertEquals("conflict", refused.body().path("error").path("code").asText());
        assertEquals(List.of("csv1.vhdx"), files());
        Files.delete(taken);
        nothingIsThere();
    }

    @Test
    void genericVerbsDoNotBreakIt() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV));
        JsonNode before = cluster("HV");
        for (Reply refused : List.of(
                kume.delete(ApiPaths.unmapping("vms", "hv-node1", true)),
                kume.delete(ApiPaths.targetRemoval("hv-node2", true)),
                kume.delete(ApiPaths.denial("hv-node1", NODE + "hv-node1", true)),
                kume.delete(ApiPaths.diskRemoval("vms", true)),
                kume.patch(ApiPaths.mapping("vms", "hv-node1"), "{\"readOnly\":true}"),
                kume.patch(ApiPaths.disk("vms"), "{\"sharing\":\"read-only\"}"))) {
            assertEquals(422, refused.status(), refused::toString);
            assertTrue(refused.message().contains("cluster 'HV'"), refused::toString);
            assertTrue(
                    refused.body().path("error").path("remedy").asText().contains("kume cluster remove-"),
                    refused::toString);
        }
        assertEquals(
                200,
                kume.patch(ApiPaths.disk("vms"), "{\"rename\":\"machines\"}").status());
        assertEquals(
                200,
                kume.patch(ApiPaths.target("hv-node2"), "{\"rename\":\"node2\"}")
                        .status());
        assertEquals(
                "machines", cluster("HV").path("disks").path(1).path("name").asText());
        assertEquals("node2", cluster("HV").path("nodes").path(1).path("target").asText());
        assertEquals(before.path("nodes").path(0), cluster("HV").path("nodes").path(0));
    }

    @Test
    void whatWasMadeByHandBecomesACluster() throws Exception {
        made("{\"name\":\"quorum\",\"size\":\"2MB\",\"sharing\":\"cluster\"}");
        made("{\"name\":\"vms\",\"size\":\"2MB\"}");
        for (String node : List.of("hv-node1", "hv-node2")) {
            kume.post(ApiPaths.TARGETS, "{\"name\":\"%s\",\"initiators\":[\"%s%s\"]}".formatted(node, NODE, node));
            kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"quorum\",\"target\":\"%s\",\"lun\":4}".formatted(node));
        }
        String request = "{\"name\":\"HV\"," + NODES
                + ",\"disks\":[{\"name\":\"vms\"},{\"name\":\"quorum\",\"role\":\"witness\"}]}";
        kume.put(ApiPaths.allowed("hv-node2", NODE + "stranger"));
        Reply refused = kume.post(ApiPaths.CLUSTERS, request);
        assertEquals(
                "target 'hv-node2' is there and lets in iqn.1991-05.com.microsoft:stranger, which is not node 'hv-node2'",
                refused.message());
        kume.delete(ApiPaths.denial("hv-node2", NODE + "stranger", false));
        done(kume.post(ApiPaths.CLUSTERS, request));
        assertEquals("vms", cluster("HV").path("disks").path(0).path("name").asText());
        assertEquals(4, cluster("HV").path("disks").path(1).path("lun").asInt());
        assertEquals(
                "cluster", kume.get(ApiPaths.disk("vms")).body().path("sharing").asText());
        Reply twice = kume.post(
                ApiPaths.CLUSTERS,
                request.replace("HV\"", "SQL\"").replace("hv-", "sql-").replace("HV-", "sql-"));
        assertEquals("disk 'vms' belongs to cluster 'HV'", twice.message());
    }

    @Test
    void aDiskOfAStrangerIsNotTaken() throws Exception {
        made("{\"name\":\"mail\",\"size\":\"2MB\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"mailserver\"}");
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"mail\",\"target\":\"mailserver\"}");
        Reply refused = kume.post(ApiPaths.CLUSTERS, "{\"name\":\"HV\"," + NODES + ",\"disks\":[{\"name\":\"mail\"}]}");
        assertEquals(
                "disk 'mail' is LUN 0 of target 'mailserver', which is no node of cluster 'HV'", refused.message());
        assertEquals(
                "exclusive",
                kume.get(ApiPaths.disk("mail")).body().path("sharing").asText());
    }

    @Test
    void aLunThatDiffersBetweenNodesIsRefused() throws Exception {
        made("{\"name\":\"vms\",\"size\":\"2MB\",\"sharing\":\"cluster\"}");
        for (String node : List.of("hv-node1", "hv-node2")) {
            kume.post(ApiPaths.TARGETS, "{\"name\":\"%s\",\"initiators\":[\"%s%s\"]}".formatted(node, NODE, node));
            kume.post(
                    ApiPaths.MAPPINGS,
                    "{\"disk\":\"vms\",\"target\":\"%s\",\"lun\":%d}".formatted(node, node.equals("hv-node1") ? 1 : 2));
        }
        Reply refused = kume.post(ApiPaths.CLUSTERS, "{\"name\":\"HV\"," + NODES + ",\"disks\":[{\"name\":\"vms\"}]}");
        assertEquals(
                "disk 'vms' is LUN 1 of 'hv-node1', LUN 2 of 'hv-node2': all nodes of a cluster see a disk at one LUN",
                refused.message());
    }

    @Test
    void nodesComeAndGo() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV));
        Reply added = kume.call("PUT", ApiPaths.clusterNode("HV", "hv-node3"), "{\"iqns\":[\"" + NODE + "hv-node3\"]}");
        assertEquals(200, added.status(), added::toString);
        assertEquals(
                3, kume.get(ApiPaths.target("hv-node3")).body().path("luns").size());
        kume.exports.connect(7, NODE + "hv-node3", "iqn.2026-11.dev.kume:store1-hv-node3");
        assertEquals(
                "10.0.0.9",
                cluster("HV")
                        .path("nodes")
                        .path(2)
                        .path("sessions")
                        .path(0)
                        .path("address")
                        .asText());
        Reply busy = kume.delete(ApiPaths.clusterNodeRemoval("HV", "hv-node3", false));
        assertEquals(423, busy.status());
        assertEquals("node 'hv-node3' of cluster 'HV' is in use: is logged in from 10.0.0.9", busy.message());
        assertEquals(
                "disk 'vms' of cluster 'HV' is in use: node 'hv-node3' is logged in from 10.0.0.9",
                kume.delete(ApiPaths.clusterDiskRemoval("HV", "vms", false)).message());
        assertEquals(
                200,
                kume.delete(ApiPaths.clusterNodeRemoval("HV", "hv-node3", true)).status());
        assertEquals(404, kume.get(ApiPaths.target("hv-node3")).status());
        kume.exports.sessions.clear();
        assertEquals(
                200,
                kume.delete(ApiPaths.clusterNodeRemoval("HV", "hv-node2", false))
                        .status());
        Reply last = kume.delete(ApiPaths.clusterNodeRemoval("HV", "hv-node1", true));
        assertEquals("'hv-node1' is the last node of cluster 'HV'", last.message());
    }

    @Test
    void disksComeAndGo() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV));
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"none\",\"target\":\"hv-node1\"}");
        made("{\"name\":\"own\",\"size\":\"2MB\"}");
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"own\",\"target\":\"hv-node2\",\"lun\":3}");
        done(kume.call(
                "PUT", ApiPaths.clusterDisk("HV", "csv2"), "{\"role\":\"csv\",\"size\":\"2MB\",\"sparse\":true}"));
        assertEquals(4, cluster("HV").path("disks").path(3).path("lun").asInt(), "3 is not free on all nodes");
        assertEquals(
                200,
                kume.delete(ApiPaths.clusterDiskRemoval("HV", "csv2", false)).status());
        JsonNode left = kume.get(ApiPaths.disk("csv2")).body();
        assertEquals("[]", left.path("accessBy").toString());
        assertEquals("exclusive", left.path("sharing").asText());
        done(kume.call("PUT", ApiPaths.clusterDisk("HV", "csv2"), "{\"lun\":9}"));
        assertEquals(9, cluster("HV").path("disks").path(3).path("lun").asInt());
    }

    @Test
    void removingKeepsDisksUnlessTold() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV));
        assertEquals(
                200, kume.delete(ApiPaths.clusterRemoval("HV", false, false)).status());
        assertEquals(0, kume.get(ApiPaths.TARGETS).body().path("targets").size());
        assertEquals(3, files().size());
        String again = "{\"name\":\"HV\",\"oneTarget\":true," + NODES
                + ",\"disks\":[{\"name\":\"vms\"},{\"name\":\"quorum\"},{\"name\":\"csv1\",\"lun\":0}]}";
        done(kume.post(ApiPaths.CLUSTERS, again));
        assertEquals(
                2, kume.get(ApiPaths.target("HV")).body().path("initiators").size());
        assertEquals(
                200,
                kume.delete(ApiPaths.clusterNodeRemoval("HV", "hv-node2", false))
                        .status());
        assertEquals(
                1, kume.get(ApiPaths.target("HV")).body().path("initiators").size());
        assertEquals("csv1", cluster("HV").path("disks").path(0).path("name").asText());
        assertEquals(
                200, kume.delete(ApiPaths.clusterRemoval("HV", true, false)).status());
        nothingIsThere();
    }

    @Test
    void renamesAndNotes() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV));
        Reply changed = kume.patch(ApiPaths.cluster("HV"), "{\"rename\":\"HV2\",\"description\":\"second\"}");
        assertEquals("second", changed.body().path("description").asText(), changed::toString);
        assertEquals(404, kume.get(ApiPaths.cluster("HV")).status());
        assertEquals(
                "there is a cluster 'HV2' already, of hv-node1, hv-node2",
                kume.post(ApiPaths.CLUSTERS, "{\"name\":\"hv2\"," + NODES + "}").message());
    }

    @Test
    void snapshotsOfOneOfSeveralClusters() throws Exception {
        done(kume.post(ApiPaths.CLUSTERS, HV.replace(",{\"name\":\"vms\",\"size\":\"4MB\",\"sparse\":true}", "")));
        done(kume.post(ApiPaths.SNAPSHOTS, "{\"cluster\":true,\"name\":\"one\"}"));
        String sql = "{\"name\":\"SQL\",\"nodes\":[{\"name\":\"sql1\",\"iqns\":[\"" + NODE
                + "sql1\"]}],\"disks\":[{\"name\":\"log\",\"size\":\"2MB\"}]}";
        done(kume.post(ApiPaths.CLUSTERS, sql));
        Reply which = kume.post(ApiPaths.SNAPSHOTS, "{\"cluster\":true,\"name\":\"two\"}");
        assertEquals("there are 2 clusters", which.message());
        done(kume.post(ApiPaths.SNAPSHOTS, "{\"ofCluster\":\"sql\",\"name\":\"two\"}"));
        assertEquals(
                List.of("csv1 one", "log two", "quorum one"),
                kume.get(ApiPaths.SNAPSHOTS)
                        .body()
                        .path("snapshots")
                        .valueStream()
                        .map(each -> each.path("disk").asText() + " "
                                + each.path("name").asText())
                        .toList());
    }

    @Test
    void sixtyFourNodesSeeTwoHundredFiftySixDisks() throws Exception {
        String nodes = String.join(
                ",",
                IntStream.range(0, 64)
                        .mapToObj(i -> "{\"name\":\"n%d\",\"iqns\":[\"%sn%d\"]}".formatted(i, NODE, i))
                        .toList());
        String disks = String.join(
                ",",
                IntStream.range(0, 256)
                        .mapToObj(i -> "{\"name\":\"d%d\",\"size\":\"2MB\",\"type\":\"dynamic\"}".formatted(i))
                        .toList());
        done(kume.post(ApiPaths.CLUSTERS, "{\"name\":\"HV\",\"nodes\":[" + nodes + "],\"disks\":[" + disks + "]}"));
        assertEquals(64 * 256, kume.exports.published.mappings().size());
        assertEquals(255, cluster("HV").path("disks").path(255).path("lun").asInt());
        assertEquals(
                200, kume.delete(ApiPaths.clusterRemoval("HV", true, false)).status());
        nothingIsThere();
    }

    private JsonNode cluster(String name) throws IOException {
        Reply reply = kume.get(ApiPaths.cluster(name));
        assertEquals(200, reply.status(), reply::toString);
        return reply.body();
    }

    private void made(String disk) throws IOException {
        OperationView made = kume.create(disk);
        assertEquals(OperationView.DONE, made.state(), () -> String.valueOf(made.error()));
    }

    private void done(Reply begun) throws IOException {
        assertEquals(202, begun.status(), begun::toString);
        OperationView ended = kume.ended(begun.body().path("id").asLong());
        assertEquals(OperationView.DONE, ended.state(), () -> String.valueOf(ended.error()));
    }

    private void nothingIsThere() throws IOException {
        assertEquals(List.of(), files());
        assertEquals(0, kume.exports.published.disks().size());
        assertEquals(0, kume.exports.published.targets().size());
        assertEquals(0, kume.get(ApiPaths.CLUSTERS).body().path("clusters").size());
        assertFalse(Files.exists(folder.resolve("state/unfinished"))
                && !list(folder.resolve("state/unfinished")).isEmpty());
        assertEquals(0, kume.exports.disks.size());
    }

    private List<String> files() throws IOException {
        return Files.isDirectory(folder.resolve("disks")) ? list(folder.resolve("disks")) : List.of();
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
