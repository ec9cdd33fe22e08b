package dev.kume.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kume.cli.yaml.YamlException;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes of the real world: each is one line with its place and the remedy. */
final class ConfigMistakesTest {
    private static final String NODE = "iqn.1991-05.com.microsoft:n1";

    private static Arguments mistake(String text, String line) {
        return Arguments.of(text.stripIndent().strip(), line);
    }

    private static String complaint(String text) {
        try {
            ConfigDocument document = ConfigReader.read("f.yaml", "schemaVersion: 1\n" + text + "\n");
            ConfigResolver.resolve(document, Inventory.EMPTY, new FakeSurroundings());
        } catch (YamlException | InventoryException e) {
            return String.valueOf(e.getMessage());
        }
        return fail("nothing is wrong with " + text);
    }

    @ParameterizedTest
    @MethodSource({"ofTheFile", "ofDisks", "ofTargets", "ofClusters"})
    void isOneLineWithPlaceAndRemedy(String text, String line) {
        String complaint = complaint(text);
        assertEquals(line, complaint);
        assertFalse(complaint.contains("\n"));
    }

    static Stream<Arguments> ofTheFile() {
        return Stream.of(
                mistake("disk: []", "f.yaml:2:1: unknown key 'disk'; did you mean disks?"),
                mistake("disks: 3", "f.yaml:2:8: disks must be a list, not '3'"),
                mistake(
                        "disks: []\ndisks: []",
                        "f.yaml:3:1: the key 'disks' is there already, on line 2; remove one of them"),
                mistake(
                        "credentials: [{name: a, user: u, secret: hunter2}]",
                        "f.yaml:2:42: a secret is not written here, where everybody reads it; write secretFile: with the path"
                                + " of a file that only you may open"),
                mistake(
                        "credentials: [{name: a, user: u}]",
                        "f.yaml:2:15: credential 'a' is new here and has no secret; write secretFile: with the path of a"
                                + " file that only you may open"),
                mistake(
                        "discovery: { chap: [nobody] }",
                        "f.yaml:2:12: the credential 'nobody' is not described; describe it under credentials:"));
    }

    static Stream<Arguments> ofDisks() {
        return Stream.of(
                mistake(
                        "disks:\n  - { name: a, size: 1GB, shareing: cluster }",
                        "f.yaml:3:27: unknown key 'shareing'; did you mean sharing?"),
                mistake(
                        "disks:\n  - { name: a, size: 1GB, sharing: shared }",
                        "f.yaml:3:36: 'shared' is not a sharing; use one of: exclusive, cluster, read-only"),
                mistake(
                        "disks:\n  - { name: a, size: 30 apples }",
                        "f.yaml:3:22: '30 apples' has an unknown unit 'apples'; use B, KB, MB, GB, TB or PB (powers of 1024)"),
                mistake("disks:\n  - { size: 1GB }", "f.yaml:3:5: the key 'name' is missing; add it"),
                mistake(
                        "disks:\n  - { name: a }",
                        "f.yaml:3:5: disk 'a' is new here and has no size; write one such as size: 30GB"),
                mistake(
                        "disks:\n  - { name: a, size: 1GB }\n  - { name: A, size: 1GB }",
                        "f.yaml:4:5: disk 'A' is described already, on line 3; describe it once"),
                mistake(
                        "disks:\n  - { name: a, size: 1GB, file: /x }\n  - { name: b, size: 1GB, file: /x }",
                        "f.yaml:4:5: disks 'a' and 'b' would have one file, /x; choose another file:"),
                mistake(
                        "disks:\n  - { name: a, size: 1GB, serial: x }",
                        "f.yaml:3:5: uuid, serial and naa are the identity of a disk that there is; write all three as"
                                + " exported, or none"));
    }

    static Stream<Arguments> ofTargets() {
        return Stream.of(
                mistake(
                        "targets:\n  - { name: t, initiators: [iqn.1991-05.com.microsoft.n1] }",
                        "f.yaml:3:29: iqn.1991-05.com.microsoft.n1: after \"iqn.1991-05.com.microsoft\" comes \":\", not"
                                + " \".\"; did you mean iqn.1991-05.com.microsoft:n1?"),
                mistake(
                        "targets:\n  - { name: t, luns: [{ lun: 0, disk: a }] }",
                        "f.yaml:3:23: LUN 0 of target 't' is disk 'a', which is not described; describe it under disks:"),
                mistake(
                        """
                        disks: [{ name: quorum, size: 1GB }]
                        targets:
                          - { name: t, luns: [{ disk: qorum }] }""",
                        "f.yaml:4:23: LUN 0 of target 't' is disk 'qorum', which is not described; did you mean quorum?"),
                mistake(
                        "disks: [{ name: a, size: 1GB }, { name: b, size: 1GB }]\ntargets:\n"
                                + "  - { name: t, luns: [{ lun: 0, disk: a }, { lun: 0, disk: b }] }",
                        "f.yaml:4:44: LUN 0 of target 't' is disk 'a' already, on line 4; give disk 'b' another"),
                mistake(
                        """
                        disks: [{ name: a, size: 1GB }]
                        targets:
                          - { name: t, luns: [{ disk: a }] }
                          - { name: u, luns: [{ disk: a }] }""",
                        "f.yaml:5:23: disk 'a' is exclusive and is mapped into target 't' too; mapping it into 'u' lets two"
                                + " hosts write it; if they are nodes of one cluster, describe it under clusters:, or with"
                                + " sharing: cluster"),
                mistake(
                        "targets:\n  - { name: t, portals: [isci] }",
                        "f.yaml:3:5: kume.yaml has no portal 'isci', to which target 't' would be tied; it has: iscsi,"
                                + " backup"),
                mistake(
                        "targets:\n  - { name: t, iqn: %s }\n  - { name: u, iqn: %s }".formatted(NODE, NODE),
                        "f.yaml:4:5: targets 't' and 'u' would both have the IQN %s; give one of them another"
                                .formatted(NODE)));
    }

    static Stream<Arguments> ofClusters() {
        String one = "{ name: n1, iqn: \"%s\" }".formatted(NODE);
        String two = "{ name: n2, iqn: \"iqn.1991-05.com.microsoft:n2\" }";
        return Stream.of(
                mistake(
                        "clusters:\n  - name: HV\n    nodes:\n      - %s\n      - { name: n2, iqn: \"%s\" }"
                                .formatted(one, NODE),
                        "f.yaml:6:9: node 'n2' has the initiator name of node 'n1' on line 5, %s; each node has its own:"
                                        .formatted(NODE)
                                + " look at both initiators; a host copied from another keeps its name"),
                mistake(
                        "clusters:\n  - name: HV\n    nodes:\n      - { name: n1, iqn: iqn.1991-05.com.microsoft.n1 }",
                        "f.yaml:5:26: iqn.1991-05.com.microsoft.n1: after \"iqn.1991-05.com.microsoft\" comes \":\", not"
                                + " \".\"; did you mean iqn.1991-05.com.microsoft:n1?"),
                mistake(
                        """
                        clusters:
                          - { name: A, nodes: [%s], disks: [{ name: q, role: witness, size: 1GB }] }
                          - { name: B, nodes: [%s], disks: [{ name: q, role: witness }] }""".formatted(one, two),
                        "f.yaml:4:84: disk 'q' is in two clusters, 'A' and 'B', which do not know of each other; give each"
                                + " cluster disks of its own"),
                mistake(
                        """
                        clusters:
                          - { name: A, nodes: [%s, %s], disks: [{ name: q, role: witness, size: 1GB, lun: 0 }] }
                        targets:
                          - { name: n2, luns: [{ lun: 1, disk: q }] }""".formatted(one, two),
                        "f.yaml:3:135: disk 'q' is LUN 1 of target 'n2' on line 5, and LUN 0 here; a disk has one LUN in a"
                                + " target, and in a cluster the same for all nodes: keep one of the two"),
                mistake(
                        "clusters:\n  - { name: A, nodes: [%s], disks: [{ name: q, role: wittness, size: 1GB }] }"
                                .formatted(one),
                        "f.yaml:3:101: 'wittness' is not a role of a disk; use one of: witness, data, csv"),
                mistake(
                        "clusters:\n  - { name: A, nodes: [%s], disks: [{ name: q, role: data, size: 1GB, sharing: exclusive }] }"
                                .formatted(one),
                        "f.yaml:3:127: disk 'q' is one of cluster 'A', so its sharing is cluster; leave sharing: out"),
                mistake(
                        "clusters:\n  - { name: A, nodes: [] }",
                        "f.yaml:3:5: cluster 'A' has no node; write its nodes: with name and iqn"),
                mistake(
                        "clusters:\n  - { name: A, nodes: [%s], target: x }".formatted(one),
                        "f.yaml:3:84: each node of this cluster has a target of its own; write it with the node, or"
                                + " oneTarget: true"));
    }

    @Test
    void aDiskAtTwoLunsInPlainTargetsIsNoted() throws Exception {
        ConfigDocument document = ConfigReader.read("f.yaml", """
                schemaVersion: 1
                disks: [{ name: a, size: 1GB, sharing: cluster }]
                targets:
                  - { name: t, luns: [{ lun: 1, disk: a }] }
                  - { name: u, luns: [{ lun: 2, disk: a }] }
                """);
        Intention intention = ConfigResolver.resolve(document, Inventory.EMPTY, new FakeSurroundings());
        assertEquals(
                "disk 'a' is LUN 1 of target 't' and LUN 2 of target 'u': nodes of one cluster should find it at one LUN",
                intention.notes().getFirst());
    }
}
