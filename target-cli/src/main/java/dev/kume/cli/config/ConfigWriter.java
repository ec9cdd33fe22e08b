package dev.kume.cli.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.kume.cli.yaml.YamlWriter;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is provisioned as a desired state that means just that. A cluster stands for its disks, targets, access and
 * LUNs; a target of which more is true than its cluster says is written out as well. No secret is in it.
 */
public final class ConfigWriter {
    private static final String HEAD =
            "# What Kume had provisioned. 'kume config plan -f FILE' compares; secrets of credentials are not in it.\n";
    private static final String UNITS = "KMGTP";

    private final Inventory inventory;
    private final JsonGenerator out;

    private ConfigWriter(Inventory inventory, JsonGenerator out) {
        this.inventory = inventory;
        this.out = out;
    }

    /** The text of a file that {@link ConfigReader} reads. */
    public static String write(Inventory inventory) {
        return HEAD
                + YamlWriter.document(
                        out -> new ConfigWriter(inventory, out).write(),
                        YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR);
    }

    private void write() throws IOException {
        out.writeNumberField("schemaVersion", ConfigReader.SCHEMA_VERSION);
        writeCredentials();
        Set<String> inClusters = new HashSet<>();
        inventory.clusters().forEach(cluster -> cluster.disks().forEach(disk -> inClusters.add(disk.disk())));
        List<DiskRecord> disks = inventory.disks().stream()
                .filter(disk -> !inClusters.contains(disk.name()))
                .toList();
        if (!disks.isEmpty()) {
            out.writeArrayFieldStart("disks");
            for (DiskRecord disk : disks) {
                out.writeStartObject();
                out.writeStringField("name", disk.name());
                writeDisk(disk);
                if (disk.sharing() != Sharing.EXCLUSIVE) {
                    out.writeStringField("sharing", disk.sharing().word());
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        writeTargets();
        writeClusters();
    }

    // ---- credentials ------------------------------------------------------------------------------------------------

    private void writeCredentials() throws IOException {
        if (!inventory.credentials().isEmpty()) {
            out.writeArrayFieldStart("credentials");
            for (CredentialRecord credential : inventory.credentials()) {
                out.writeStartObject();
                out.writeStringField("name", credential.name());
                out.writeStringField("user", credential.user());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        if (inventory.discovery().isRequired()) {
            out.writeObjectFieldStart("discovery");
            RecordYaml.chap(out, inventory.discovery());
            out.writeEndObject();
        }
    }

    // ---- disks ------------------------------------------------------------------------------------------------------

    private void writeDisk(DiskRecord disk) throws IOException {
        out.writeStringField("size", size(disk.sizeBytes()));
        out.writeStringField("file", disk.file());
        out.writeStringField("format", disk.format());
        out.writeStringField("type", disk.type());
        out.writeBooleanField("sparse", disk.sparse());
        out.writeStringField("sectors", disk.sectorFormat().word());
        RecordYaml.profile(out, disk.profile());
        writeDescription(disk.description());
        out.writeStringField("uuid", disk.identity().uuid().toString());
        out.writeStringField("serial", disk.identity().serial());
        out.writeStringField("naa", disk.identity().naa());
    }

    /** The size to the byte, in the largest unit that counts it whole. */
    static String size(long sizeBytes) {
        int power = 0;
        while (power < UNITS.length() && sizeBytes % (1L << (10 * (power + 1))) == 0) {
            power++;
        }
        return power == 0
                ? Long.toString(sizeBytes)
                : (sizeBytes >> (10 * power)) + UNITS.substring(power - 1, power) + "B";
    }

    // ---- targets ----------------------------------------------------------------------------------------------------

    private void writeTargets() throws IOException {
        Set<String> plain = new HashSet<>();
        for (ClusterRecord cluster : inventory.clusters()) {
            for (String name : cluster.targets()) {
                TargetRecord target = inventory.target(name);
                if (isPlain(cluster, target)) {
                    plain.add(name);
                }
            }
        }
        List<TargetRecord> targets = inventory.targets().stream()
                .filter(target -> !plain.contains(target.name()))
                .toList();
        if (!targets.isEmpty()) {
            out.writeArrayFieldStart("targets");
            for (TargetRecord target : targets) {
                writeTarget(target);
            }
            out.writeEndArray();
        }
    }

    /** True when the cluster says everything that is true of one of its targets. */
    private boolean isPlain(ClusterRecord cluster, TargetRecord target) {
        Set<String> iqns = new LinkedHashSet<>();
        cluster.nodes().stream()
                .filter(node -> node.target().equals(target.name()))
                .forEach(node -> iqns.addAll(node.iqns()));
        Set<Mapping> mappings = new HashSet<>();
        cluster.disks().forEach(disk -> mappings.add(new Mapping(disk.disk(), target.name(), disk.lun())));
        boolean usual = cluster.nodes().stream()
                .filter(node -> node.target().equals(target.name()))
                .anyMatch(node -> target.description().equals(description(cluster.oneTarget(), node.name())));
        return usual
                && target.enabled()
                && target.portals().isEmpty()
                && target.redirect() == null
                && Set.copyOf(target.initiators()).equals(iqns)
                && Set.copyOf(inventory.mappingsIn(target)).equals(mappings)
                && target.chapOf().equals(cluster.oneTarget() ? chapOfNodes(cluster, target) : Map.of())
                && (!cluster.oneTarget() || !target.chap().isRequired());
    }

    /** What 'kume cluster create' writes of the target of a node. */
    static String description(boolean oneTarget, String node) {
        return oneTarget ? "" : "node " + node;
    }

    /** The rules of a common target that its nodes say: one for each node that has the same for all of its names. */
    private static SortedMap<String, ChapRule> chapOfNodes(ClusterRecord cluster, TargetRecord target) {
        SortedMap<String, ChapRule> all = new TreeMap<>();
        for (ClusterNode node : cluster.nodes()) {
            ChapRule rule = chapOf(node, target);
            if (rule.isRequired()) {
                node.iqns().forEach(iqn -> all.put(iqn, rule));
            }
        }
        return all;
    }

    private static ChapRule chapOf(ClusterNode node, TargetRecord target) {
        ChapRule rule = target.chapOf().getOrDefault(node.iqns().getFirst(), ChapRule.NONE);
        boolean same =
                node.iqns().stream().allMatch(iqn -> rule.equals(target.chapOf().getOrDefault(iqn, ChapRule.NONE)));
        return same ? rule : ChapRule.NONE;
    }

    private void writeTarget(TargetRecord target) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", target.name());
        out.writeStringField("iqn", target.iqn());
        writeDescription(target.description());
        if (!target.enabled()) {
            out.writeBooleanField("enabled", false);
        }
        YamlWriter.texts(out, "initiators", target.initiators());
        RecordYaml.logins(out, target);
        List<Mapping> mappings = inventory.mappingsIn(target);
        if (!mappings.isEmpty()) {
            RecordYaml.luns(out, mappings);
        }
        out.writeEndObject();
    }

    // ---- clusters ---------------------------------------------------------------------------------------------------

    private void writeClusters() throws IOException {
        if (inventory.clusters().isEmpty()) {
            return;
        }
        out.writeArrayFieldStart("clusters");
        for (ClusterRecord cluster : inventory.clusters()) {
            out.writeStartObject();
            out.writeStringField("name", cluster.name());
            writeDescription(cluster.description());
            if (cluster.oneTarget()) {
                TargetRecord target =
                        inventory.target(cluster.nodes().getFirst().target());
                out.writeBooleanField("oneTarget", true);
                out.writeStringField("target", target.name());
                out.writeStringField("targetIqn", target.iqn());
            }
            out.writeArrayFieldStart("nodes");
            for (ClusterNode node : cluster.nodes()) {
                writeNode(cluster, node);
            }
            out.writeEndArray();
            if (!cluster.disks().isEmpty()) {
                out.writeArrayFieldStart("disks");
                for (ClusterDisk disk : cluster.disks()) {
                    out.writeStartObject();
                    out.writeStringField("name", disk.disk());
                    out.writeStringField("role", disk.role().word());
                    out.writeNumberField("lun", disk.lun());
                    writeDisk(inventory.disk(disk.disk()));
                    out.writeEndObject();
                }
                out.writeEndArray();
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void writeNode(ClusterRecord cluster, ClusterNode node) throws IOException {
        TargetRecord target = inventory.target(node.target());
        out.writeStartObject();
        out.writeStringField("name", node.name());
        if (node.iqns().size() == 1) {
            out.writeStringField("iqn", node.iqns().getFirst());
        } else {
            YamlWriter.texts(out, "iqns", node.iqns());
        }
        boolean plain = isPlain(cluster, target);
        if (cluster.oneTarget()) {
            RecordYaml.chap(out, plain ? chapOf(node, target) : ChapRule.NONE);
        } else {
            out.writeStringField("target", target.name());
            out.writeStringField("targetIqn", target.iqn());
            RecordYaml.chap(out, plain ? target.chap() : ChapRule.NONE);
        }
        out.writeEndObject();
    }

    // ---- values -----------------------------------------------------------------------------------------------------

    private void writeDescription(String description) throws IOException {
        if (!description.isEmpty()) {
            out.writeStringField("description", description);
        }
    }
}
