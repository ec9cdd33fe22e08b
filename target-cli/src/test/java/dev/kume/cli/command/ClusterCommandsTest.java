package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClusterCommandsTest {
    private static final String CLUSTER = """
        {"name":"HV","description":"","oneTarget":false,"nodes":[{"name":"hv-node1",\
        "iqns":["iqn.1991-05.com.microsoft:hv-node1"],"target":"hv-node1","targetIqn":"iqn.2026-11.dev.kume:hv-node1",\
        "sessions":[{"id":3,"address":"10.0.0.11"},{"id":4,"address":"10.0.0.11"}]}],"disks":[{"name":"quorum",\
        "role":"witness","lun":0,"size":"2 GB","sizeBytes":2147483648,"status":"in use","holder":"hv-node1",\
        "registered":["hv-node1"]}],"created":"2026-11-23T08:00:00Z"}""";
    private static final String OPERATION = """
        {"id":5,"kind":"cluster create","subject":"HV","state":"done","revision":2,"doneBytes":1,"totalBytes":1,\
        "started":"2026-11-23T08:00:00Z","finished":"2026-11-23T08:00:00Z","error":null,"result":null}""";
    private static final String SEEN = """
        {"name":"%s","address":"10.0.0.%d","firstSeen":"2026-11-23T07:00:00Z","lastSeen":"2026-11-23T07:00:00Z",\
        "lastTarget":null,"outcome":"refused","reason":"no target allows it","failures":1,"connected":false,\
        "allowedOn":[]}""";
    private static final String INITIATORS = "{\"initiators\":["
            + SEEN.formatted("iqn.1993-08.org.debian:01:abc", 1) + ","
            + SEEN.formatted("iqn.1991-05.com.microsoft:hv-node1", 2) + ","
            + SEEN.formatted("iqn.1991-05.com.microsoft:hv-node2.corp.example", 3) + "]}";
    private static final String BUSY = """
        {"error":{"code":"busy","message":"node 'n' of cluster 'HV' is in use: is logged in from 10.0.0.11",\
        "remedy":"log off or add --yes","exitCode":8,"thing":null,"name":null,"suggestions":[]}}""";

    @TempDir
    private Path directory;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void open() throws IOException {
        daemon = new FakeDaemon(directory.resolve("s"));
        kume = new CommandRun().server(directory.resolve("s"));
    }

    @AfterEach
    void close() throws IOException {
        daemon.close();
    }

    /** With nothing said or typed yet. */
    private CommandRun fresh() {
        kume = new CommandRun().server(directory.resolve("s"));
        return kume;
    }

    private void acceptsCreate() {
        daemon.answers("POST /v1/clusters", 202, OPERATION).answers("GET /v1/clusters/HV", 200, CLUSTER);
    }

    private void hasSeen(String clusters) {
        daemon.answers("GET /v1/initiators", 200, INITIATORS).answers("GET /v1/clusters", 200, clusters);
    }

    private String lastPost() {
        return daemon.asked().stream()
                .filter(each -> each.startsWith("POST"))
                .toList()
                .getLast();
    }

    private String sent() {
        return daemon.asked().stream()
                .filter(each -> each.contains("\"nodes\":"))
                .toList()
                .getLast();
    }

    @Test
    void createSaysWhatItMadeAndWhatIsNext() {
        acceptsCreate();
        assertEquals(
                0,
                kume.run(
                        "cluster",
                        "create",
                        "HV",
                        "--node",
                        "hv-node1=iqn.1991-05.com.microsoft:hv-node1,iqn.2026-11.x:b",
                        "--csv",
                        "csv1=1TB@7",
                        "--disk",
                        "vms",
                        "--witness",
                        "quorum=2GB",
                        "--sparse"),
                kume::err);
        assertEquals("""
            Cluster 'HV' created: 1 node, 1 disk

            NODE      INITIATOR                           TARGET    TARGET IQN                     LOGGED IN FROM
            hv-node1  iqn.1991-05.com.microsoft:hv-node1  hv-node1  iqn.2026-11.dev.kume:hv-node1  10.0.0.11

            LUN  DISK    ROLE     SIZE  STATUS  HOLDER    REGISTERED
              0  quorum  witness  2 GB  in use  hv-node1  hv-node1

            Next, on each node: discover this server, and log in to the node's target so that it comes back after a
            reboot. Then 'kume cluster show HV' tells where from each node is logged in.
            """, kume.out());
        assertTrue(
                sent().contains("\"iqns\":[\"iqn.1991-05.com.microsoft:hv-node1\",\"iqn.2026-11.x:b\"]"), this::sent);
        int witness = sent().indexOf("quorum");
        int data = sent().indexOf("vms");
        int volume = sent().indexOf("\"csv1\",\"role\":\"csv\",\"lun\":7,\"size\":\"1TB\"");
        assertTrue(0 < witness && witness < data && data < volume, this::sent);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--disk=vms=30XB|--disk vms=30XB: ",
                "--disk=vms=1GB@x|--disk vms=1GB@x: 'x' is no LUN; write a number behind @",
                "--csv==1GB|--csv =1GB: write NAME=SIZE, or NAME of a disk that is there; @LUN may follow",
            })
    void whatIsNoDiskIsUsage(String option, String message) {
        assertEquals(2, kume.run("cluster", "create", "HV", "--node", "a=iqn.2026-11.x:a", option));
        assertTrue(kume.err().startsWith("kume: " + message), kume.err());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void aNodeWithoutANameIsTheOneWhoseHostPartSaysSo() {
        acceptsCreate();
        hasSeen("{\"clusters\":[]}");
        assertEquals(0, kume.run("cluster", "create", "HV", "--node", "HV-node2", "--node", "hv-node1"), kume::err);
        assertTrue(
                kume.err()
                        .contains(
                                "Node 'HV-node2' is iqn.1991-05.com.microsoft:hv-node2.corp.example, seen from 10.0.0.3\n"),
                kume.err());
        assertTrue(
                sent().contains("{\"name\":\"hv-node1\",\"iqns\":[\"iqn.1991-05.com.microsoft:hv-node1\"]}"),
                this::sent);
    }

    @Test
    void whoIsNotPlainlyTheNodeIsAskedFor() {
        hasSeen("{\"clusters\":[" + CLUSTER + "]}");
        assertEquals(3, kume.run("cluster", "create", "H2", "--node", "hv-node1"));
        assertEquals(
                "kume: node 'hv-node1' has no initiator name, and none that was seen is plainly its; write --node"
                        + " hv-node1=IQN with one of: iqn.1993-08.org.debian:01:abc (10.0.0.1),"
                        + " iqn.1991-05.com.microsoft:hv-node2.corp.example (10.0.0.3)\n",
                kume.err());
    }

    @Test
    void onATerminalANumberIsTyped() {
        acceptsCreate();
        hasSeen("{\"clusters\":[]}");
        fresh().types("9\n1\n\n");
        assertEquals(0, kume.run("cluster", "create", "HV", "--node", "linux", "--node", "hv-node2"), kume::err);
        assertTrue(kume.err().contains("1  iqn.1993-08.org.debian:01:abc"), kume.err());
        assertTrue(kume.err().contains("refused: no target allows it"), kume.err());
        assertTrue(kume.err().contains("Which of these is node 'linux'? A number from 1 to 3, please."), kume.err());
        assertTrue(kume.err().contains("Which of these is node 'hv-node2'? [2] "), kume.err());
        assertTrue(sent().contains("debian:01:abc") && sent().contains("hv-node2.corp.example"), this::sent);
    }

    @Test
    void whoIsInTheWayIsNamed() {
        daemon.answers("DELETE /v1/clusters/HV/nodes/n?force=false", 423, BUSY)
                .answers("DELETE /v1/clusters/HV/nodes/n?force=true", 200, CLUSTER);
        assertEquals(8, kume.run("cluster", "remove-node", "HV", "n"));
        assertEquals(
                "kume: node 'n' of cluster 'HV' is in use: is logged in from 10.0.0.11; log off or add --yes\n",
                kume.err());
        assertEquals(0, fresh().run("cluster", "remove-node", "HV", "n", "--yes"), kume::err);
        assertEquals("Node 'n' is no longer in cluster 'HV'\n", kume.out());
        fresh().types("n\n");
        assertEquals(1, kume.run("cluster", "remove-node", "HV", "n"));
        fresh().types("y\n");
        assertEquals(0, kume.run("cluster", "remove-node", "HV", "n"), kume::err);
    }

    @Test
    void removeAsksAndSaysWhoIsLoggedIn() {
        daemon.answers("GET /v1/clusters/HV", 200, CLUSTER)
                .answers("DELETE /v1/clusters/HV?deleteFiles=true&force=true", 200, CLUSTER);
        assertEquals(2, kume.run("cluster", "remove", "HV", "--delete-files"));
        assertTrue(
                kume.err()
                        .startsWith(
                                "kume: cluster 'HV', to which hv-node1 (10.0.0.11) is logged in, would end; ALL DATA of"
                                        + " quorum would be deleted; nobody is at a terminal"),
                kume.err());
        assertEquals(0, fresh().run("cluster", "remove", "HV", "--delete-files", "--yes"), kume::err);
        assertEquals("Cluster 'HV' removed; its disks and their files are deleted\n", kume.out());
    }

    @Test
    void listAndShow() {
        daemon.answers("GET /v1/clusters", 200, "{\"clusters\":[" + CLUSTER + "]}")
                .answers("GET /v1/clusters/HV", 200, CLUSTER);
        assertEquals(0, kume.run("cluster", "list"));
        assertEquals("""
            NAME  NODES  LOGGED IN  DISKS  HOLDERS   DESCRIPTION
            HV        1          1      1  hv-node1  -
            """, kume.out());
        assertEquals(0, fresh().run("cluster", "show", "HV", "-o", "yaml"), kume::err);
        assertTrue(kume.out().contains("targetIqn:"), kume.out());
        assertFalse(kume.out().contains("LOGGED IN FROM"), kume.out());
    }

    @Test
    void theWordBehindClusterIsAClusterOrASnapshotsName() {
        daemon.answers("GET /v1/clusters", 200, "{\"clusters\":[" + CLUSTER + "]}")
                .answers("POST /v1/snapshots", 202, OPERATION)
                .answers("GET /v1/snapshots", 200, "{\"snapshots\":[]}");
        assertEquals(0, kume.run("snapshot", "create", "--cluster", "hv"), kume::err);
        assertTrue(lastPost().contains("\"ofCluster\":\"hv\",\"name\":null"), daemon.asked()::toString);
        assertEquals(0, kume.run("snapshot", "create", "--cluster", "monday"), kume::err);
        assertTrue(
                lastPost().contains("\"cluster\":true,\"ofCluster\":null,\"name\":\"monday\""),
                daemon.asked()::toString);
        assertEquals(0, kume.run("snapshot", "create", "--cluster", "HV", "monday"), kume::err);
        assertTrue(
                lastPost().contains("\"cluster\":null,\"ofCluster\":\"HV\",\"name\":\"monday\""),
                daemon.asked()::toString);
    }
}
