package dev.kume.cli.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** The clusters in the text of {@code inventory.yaml}. Left out where there are none, as in that of an older Kume. */
final class ClustersYaml {
    private ClustersYaml() {}

    static void write(JsonGenerator out, Inventory inventory) throws IOException {
        if (inventory.clusters().isEmpty()) {
            return;
        }
        out.writeArrayFieldStart("clusters");
        for (ClusterRecord cluster : inventory.clusters()) {
            out.writeStartObject();
            out.writeStringField("name", cluster.name());
            out.writeStringField("description", cluster.description());
            out.writeBooleanField("oneTarget", cluster.oneTarget());
            out.writeStringField("created", cluster.created().toString());
            writeNodes(out, cluster.nodes());
            writeDisks(out, cluster.disks());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeNodes(JsonGenerator out, List<ClusterNode> nodes) throws IOException {
        out.writeArrayFieldStart("nodes");
        for (ClusterNode node : nodes) {
            out.writeStartObject();
            out.writeStringField("name", node.name());
            YamlWriter.texts(out, "iqns", node.iqns());
            out.writeStringField("target", node.target());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeDisks(JsonGenerator out, List<ClusterDisk> disks) throws IOException {
        out.writeArrayFieldStart("disks");
        for (ClusterDisk disk : disks) {
            out.writeStartObject();
            out.writeStringField("disk", disk.disk());
            out.writeStringField("role", disk.role().word());
            out.writeNumberField("lun", disk.lun());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static ClusterRecord read(YamlKeys keys) throws YamlException {
        List<ClusterNode> nodes = new ArrayList<>();
        for (YamlKeys node : keys.blocks("nodes")) {
            nodes.add(InventoryYaml.checked(node, ClustersYaml::readNode));
        }
        List<ClusterDisk> disks = new ArrayList<>();
        for (YamlKeys disk : keys.blocks("disks")) {
            disks.add(InventoryYaml.checked(disk, ClustersYaml::readDisk));
        }
        ClusterRecord cluster = new ClusterRecord(
                keys.text("name"),
                nodes,
                disks,
                keys.truth("oneTarget"),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                keys.parsed("created", InventoryYaml::instant));
        keys.end();
        return cluster;
    }

    private static ClusterNode readNode(YamlKeys keys) throws YamlException {
        ClusterNode node =
                new ClusterNode(keys.text("name"), keys.parsedList("iqns", Function.identity()), keys.text("target"));
        keys.end();
        return node;
    }

    private static ClusterDisk readDisk(YamlKeys keys) throws YamlException {
        ClusterDisk disk = new ClusterDisk(
                keys.text("disk"), ClusterRole.ofWord(keys.text("role")), (int) keys.number("lun", 0, Mapping.LUN_MAX));
        keys.end();
        return disk;
    }
}
