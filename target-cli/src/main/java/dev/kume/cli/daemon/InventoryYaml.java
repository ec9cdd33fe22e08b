package dev.kume.cli.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.kume.cli.config.RecordYaml;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** The text of {@code inventory.yaml}: what {@link #write} makes {@link #read} understands, and nothing else. */
final class InventoryYaml {
    private static final int SCHEMA_VERSION = 1;
    private static final String HEAD =
            "# Written by the Kume daemon at every change, never by hand: use the kume command. history/ has older versions.\n";

    /** Says that each disk has a memory of its unit, which is then never missing but by damage. */
    private static final String UNITS = "units";

    private InventoryYaml() {}

    static byte[] write(Inventory inventory) {
        String text = YamlWriter.document(
                out -> writeKeys(out, inventory), YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR);
        return (HEAD + text).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeKeys(JsonGenerator out, Inventory inventory) throws IOException {
        out.writeNumberField("schemaVersion", SCHEMA_VERSION);
        out.writeNumberField("version", inventory.version());
        out.writeNumberField("nextRelativePortId", inventory.nextRelativePortId());
        out.writeArrayFieldStart("disks");
        for (DiskRecord disk : inventory.disks()) {
            writeDisk(out, disk);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("targets");
        for (TargetRecord target : inventory.targets()) {
            writeTarget(out, target, inventory.mappingsIn(target));
        }
        out.writeEndArray();
        ClustersYaml.write(out, inventory);
        writeCredentials(out, inventory);
        out.writeBooleanField(UNITS, true);
        // The last key: a file that was cut off at a place where it is still YAML must not read as a smaller inventory.
        out.writeBooleanField("complete", true);
    }

    private static void writeDisk(JsonGenerator out, DiskRecord disk) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", disk.name());
        out.writeStringField("file", disk.file());
        out.writeStringField("format", disk.format());
        out.writeStringField("type", disk.type());
        out.writeNumberField("sizeBytes", disk.sizeBytes());
        out.writeBooleanField("sparse", disk.sparse());
        out.writeStringField("sharing", disk.sharing().word());
        out.writeStringField("sectorFormat", disk.sectorFormat().word());
        RecordYaml.profile(out, disk.profile());
        out.writeStringField("description", disk.description());
        out.writeStringField("uuid", disk.identity().uuid().toString());
        out.writeStringField("serial", disk.identity().serial());
        out.writeStringField("naa", disk.identity().naa());
        out.writeStringField("created", disk.created().toString());
        LayersYaml.write(out, disk.layers());
        out.writeEndObject();
    }

    private static void writeTarget(JsonGenerator out, TargetRecord target, List<Mapping> mappings) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", target.name());
        out.writeStringField("iqn", target.iqn());
        out.writeNumberField("relativePortId", target.relativePortId());
        out.writeStringField("description", target.description());
        out.writeBooleanField("enabled", target.enabled());
        out.writeArrayFieldStart("initiators");
        for (String initiator : target.initiators()) {
            out.writeString(initiator);
        }
        out.writeEndArray();
        RecordYaml.logins(out, target);
        out.writeStringField("created", target.created().toString());
        RecordYaml.luns(out, mappings);
        out.writeEndObject();
    }

    /** Left out where nothing is said, so that an inventory without them is one of an older Kume. */
    private static void writeCredentials(JsonGenerator out, Inventory inventory) throws IOException {
        if (!inventory.credentials().isEmpty()) {
            out.writeArrayFieldStart("credentials");
            for (CredentialRecord credential : inventory.credentials()) {
                out.writeStartObject();
                out.writeStringField("name", credential.name());
                out.writeStringField("user", credential.user());
                out.writeNumberField("revision", credential.revision());
                out.writeStringField("created", credential.created().toString());
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

    /** True when the inventory was written by a version that makes memories of units with the disks. */
    static boolean hasUnits(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        return root.has(UNITS) && root.truth(UNITS);
    }

    static Inventory read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        if (root.has(UNITS)) {
            root.truth(UNITS);
        }
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        long version = root.number("version", 0, Long.MAX_VALUE);
        int nextRelativePortId = (int) root.number("nextRelativePortId", 1, 65_536);
        List<DiskRecord> disks = new ArrayList<>();
        for (YamlKeys keys : root.blocks("disks")) {
            disks.add(checked(keys, InventoryYaml::readDisk));
        }
        List<TargetRecord> targets = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        for (YamlKeys keys : root.blocks("targets")) {
            TargetRecord target = checked(keys, block -> readTarget(block, mappings));
            targets.add(target);
        }
        List<ClusterRecord> clusters = new ArrayList<>();
        for (YamlKeys keys : root.blocks("clusters")) {
            clusters.add(checked(keys, ClustersYaml::read));
        }
        List<CredentialRecord> credentials = new ArrayList<>();
        for (YamlKeys keys : root.blocks("credentials")) {
            credentials.add(checked(keys, InventoryYaml::readCredential));
        }
        ChapRule discovery = readDiscovery(root);
        if (!root.truth("complete")) {
            throw root.complain("complete", "the file is not complete");
        }
        root.end();
        return checked(
                root,
                any -> Inventory.of(
                        version, nextRelativePortId, disks, targets, mappings, clusters, credentials, discovery));
    }

    private static CredentialRecord readCredential(YamlKeys keys) throws YamlException {
        CredentialRecord credential = new CredentialRecord(
                keys.text("name"),
                keys.text("user"),
                (int) keys.number("revision", 1, Integer.MAX_VALUE),
                keys.parsed("created", InventoryYaml::instant));
        keys.end();
        return credential;
    }

    private static ChapRule readDiscovery(YamlKeys root) throws YamlException {
        YamlKeys keys = root.optionalKeys("discovery");
        if (keys == null) {
            return ChapRule.NONE;
        }
        ChapRule rule = checked(keys, InventoryYaml::readChap);
        keys.end();
        return rule;
    }

    private static ChapRule readChap(YamlKeys keys) throws YamlException {
        return new ChapRule(keys.parsedList("chap", Function.identity()), keys.optionalText("mutual"));
    }

    private static SortedMap<String, ChapRule> readChapOf(YamlKeys target) throws YamlException {
        SortedMap<String, ChapRule> all = new TreeMap<>();
        for (YamlKeys keys : target.blocks("chapOf")) {
            ChapRule rule = readChap(keys);
            if (!rule.isRequired() || all.put(keys.text("initiator"), rule) != null) {
                throw keys.complain("an initiator is there twice, or without a credential");
            }
            keys.end();
        }
        return all;
    }

    private static DiskRecord readDisk(YamlKeys keys) throws YamlException {
        DiskIdentity identity =
                new DiskIdentity(keys.parsed("uuid", UUID::fromString), keys.text("serial"), keys.text("naa"));
        DiskRecord disk = new DiskRecord(
                keys.text("name"),
                keys.text("file"),
                keys.text("format"),
                keys.text("type"),
                keys.number("sizeBytes", 1, Long.MAX_VALUE),
                keys.truth("sparse"),
                Sharing.ofWord(keys.text("sharing")),
                SectorFormat.ofWord(keys.text("sectorFormat")),
                readProfile(keys),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                identity,
                keys.parsed("created", InventoryYaml::instant),
                LayersYaml.read(keys));
        keys.end();
        return disk;
    }

    private static DiskProfile readProfile(YamlKeys keys) throws YamlException {
        return DiskProfile.DEFAULT.with(DiskProfile.Changes.of(
                keys.optionalTruth("writeCache"),
                keys.optionalText("rotation"),
                keys.optionalText("vendor"),
                keys.optionalText("product")));
    }

    private static TargetRecord readTarget(YamlKeys keys, List<Mapping> mappings) throws YamlException {
        TargetRecord target = new TargetRecord(
                keys.text("name"),
                keys.text("iqn"),
                (int) keys.number("relativePortId", 1, 65_535),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                keys.truth("enabled"),
                keys.parsedList("initiators", Function.identity()),
                readChap(keys),
                readChapOf(keys),
                keys.parsedList("portals", Function.identity()),
                keys.optionalParsed("redirect", InventoryYaml::redirect),
                keys.parsed("created", InventoryYaml::instant));
        for (YamlKeys lun : keys.blocks("luns")) {
            mappings.add(new Mapping(
                    lun.text("disk"),
                    target.name(),
                    (int) lun.number("lun", 0, Mapping.LUN_MAX),
                    Boolean.TRUE.equals(lun.optionalTruth("readOnly"))));
            lun.end();
        }
        keys.end();
        return target;
    }

    private static String redirect(String text) {
        return ListenAddress.format(ListenAddress.parse(text));
    }

    static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is not a time".formatted(text), e);
        }
    }

    /** What a record's own rules refuse is shown with the place of its block. */
    static <T> T checked(YamlKeys keys, BlockReader<T> reader) throws YamlException {
        try {
            return reader.read(keys);
        } catch (InventoryException e) {
            throw keys.complain(String.valueOf(e.getMessage()));
        }
    }

    interface BlockReader<T> {
        T read(YamlKeys keys) throws YamlException;
    }
}
