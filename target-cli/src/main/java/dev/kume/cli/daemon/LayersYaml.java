package dev.kume.cli.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.SnapshotRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** The layers of a disk in {@code inventory.yaml}. Nothing is written of a disk that has none. */
final class LayersYaml {
    private LayersYaml() {}

    static void write(JsonGenerator out, DiskLayers layers) throws IOException {
        if (layers.parent() != null) {
            out.writeStringField("parent", layers.parent().toString());
        }
        if (layers.parentSnapshot() != null) {
            out.writeStringField("parentSnapshot", layers.parentSnapshot().toString());
        }
        if (!layers.snapshots().isEmpty()) {
            out.writeArrayFieldStart("snapshots");
            for (SnapshotRecord snapshot : layers.snapshots()) {
                write(out, snapshot);
            }
            out.writeEndArray();
        }
        if (layers.base() != null) {
            out.writeStringField("base", layers.base());
        }
    }

    private static void write(JsonGenerator out, SnapshotRecord snapshot) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", snapshot.name());
        out.writeStringField("id", snapshot.id().toString());
        out.writeStringField("file", snapshot.file());
        if (snapshot.base() != null) {
            out.writeStringField("base", snapshot.base());
        }
        out.writeNumberField("sizeBytes", snapshot.sizeBytes());
        out.writeStringField("created", snapshot.created().toString());
        out.writeStringField("description", snapshot.description());
        if (snapshot.removing()) {
            out.writeBooleanField("removing", true);
        }
        out.writeEndObject();
    }

    static DiskLayers read(YamlKeys keys) throws YamlException {
        List<SnapshotRecord> snapshots = new ArrayList<>();
        for (YamlKeys block : keys.blocks("snapshots")) {
            snapshots.add(InventoryYaml.checked(block, LayersYaml::readSnapshot));
        }
        return new DiskLayers(
                snapshots,
                keys.optionalText("base"),
                keys.optionalParsed("parent", UUID::fromString),
                keys.optionalParsed("parentSnapshot", UUID::fromString));
    }

    private static SnapshotRecord readSnapshot(YamlKeys keys) throws YamlException {
        SnapshotRecord snapshot = new SnapshotRecord(
                keys.text("name"),
                keys.parsed("id", UUID::fromString),
                keys.text("file"),
                keys.optionalText("base"),
                keys.number("sizeBytes", 1, Long.MAX_VALUE),
                keys.parsed("created", InventoryYaml::instant),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                Boolean.TRUE.equals(keys.optionalTruth("removing")));
        keys.end();
        return snapshot;
    }
}
