package dev.kume.cli.config;

import dev.kume.cli.config.ConfigDocument.Cluster;
import dev.kume.cli.config.ConfigDocument.ClusterDisk;
import dev.kume.cli.config.ConfigDocument.Credential;
import dev.kume.cli.config.ConfigDocument.Disk;
import dev.kume.cli.config.ConfigDocument.Lun;
import dev.kume.cli.config.ConfigDocument.Node;
import dev.kume.cli.config.ConfigDocument.Target;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.InitiatorIdentifier;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.IscsiName;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a desired state strictly: what it does not know, or cannot be, is one line with its place and the remedy. */
public final class ConfigReader {
    /** Of the files that people write; a later one says so. */
    static final int SCHEMA_VERSION = 1;

    private static final int BLOCK_SIZE_MB_MAX = 256;

    private ConfigReader() {}

    /** @param file as it is named in complaints */
    public static ConfigDocument read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        YamlKeys discoveryAt = root.optionalKeys("discovery");
        ChapRule discovery = ChapRule.NONE;
        if (discoveryAt != null) {
            discovery = checked(discoveryAt, ConfigReader::chap);
            discoveryAt.end();
        }
        ConfigDocument document = new ConfigDocument(
                root,
                all(root, "credentials", ConfigReader::credential),
                discovery,
                discoveryAt == null ? root : discoveryAt,
                all(root, "disks", ConfigReader::diskOfItsOwn),
                all(root, "targets", ConfigReader::target),
                all(root, "clusters", ConfigReader::cluster));
        root.end();
        return document;
    }

    private interface Block<T> {
        T read(YamlKeys keys) throws YamlException;
    }

    /** What a record's own rules refuse is shown with the place of its block. */
    private static <T> T checked(YamlKeys keys, Block<T> block) throws YamlException {
        try {
            return block.read(keys);
        } catch (InventoryException e) {
            throw keys.complain(String.valueOf(e.getMessage()));
        }
    }

    private static <T> List<T> all(YamlKeys of, String key, Block<T> block) throws YamlException {
        List<T> all = new ArrayList<>();
        for (YamlKeys keys : of.blocks(key)) {
            all.add(checked(keys, block));
        }
        return all;
    }

    // ---- credentials ------------------------------------------------------------------------------------------------

    private static Credential credential(YamlKeys keys) throws YamlException {
        if (keys.present().contains("secret")) {
            throw keys.complain(
                    "secret",
                    "a secret is not written here, where everybody reads it; write secretFile: with the path of a file"
                            + " that only you may open");
        }
        Credential credential = new Credential(
                keys,
                keys.text("name"),
                keys.text("user"),
                keys.optionalText("secretFile"),
                Boolean.TRUE.equals(keys.optionalTruth("longSecret")));
        keys.end();
        return credential;
    }

    private static ChapRule chap(YamlKeys keys) throws YamlException {
        return new ChapRule(keys.parsedList("chap", Function.identity()), keys.optionalText("mutual"));
    }

    // ---- disks ------------------------------------------------------------------------------------------------------

    private static Disk diskOfItsOwn(YamlKeys keys) throws YamlException {
        Disk disk = disk(keys);
        keys.end();
        return disk;
    }

    private static Disk disk(YamlKeys keys) throws YamlException {
        String size = keys.optionalText("size");
        Long sizeBytes = keys.optionalParsed("size", Sizes::parse);
        Long blockSizeMb = keys.optionalNumber("blockSizeMb", 1, BLOCK_SIZE_MB_MAX);
        Disk disk = new Disk(
                keys,
                keys.text("name"),
                isDescribed(keys),
                size,
                sizeBytes == null ? 0 : sizeBytes,
                keys.optionalText("file"),
                lower(keys.optionalText("format")),
                lower(keys.optionalText("type")),
                keys.optionalTruth("sparse"),
                blockSizeMb == null ? null : blockSizeMb.intValue(),
                word(keys, "sectors", SectorFormat::ofWord),
                word(keys, "sharing", Sharing::ofWord),
                profile(keys),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                identity(keys));
        return disk;
    }

    private static boolean isDescribed(YamlKeys keys) {
        return keys.present().stream()
                .anyMatch(key -> !List.of("name", "role", "lun").contains(key));
    }

    private static @Nullable String lower(@Nullable String word) {
        return word == null ? null : word.toLowerCase(Locale.ROOT);
    }

    private static <T> @Nullable T word(YamlKeys keys, String key, Function<String, T> reader) throws YamlException {
        return keys.optionalParsed(key, rules(reader));
    }

    /** The rules' refusals as {@link YamlKeys} shows them, with the place of the value. */
    private static <T> Function<String, T> rules(Function<String, T> reader) {
        return text -> {
            try {
                return reader.apply(text);
            } catch (InventoryException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        };
    }

    private static DiskProfile profile(YamlKeys keys) throws YamlException {
        return DiskProfile.DEFAULT.with(DiskProfile.Changes.of(
                keys.optionalTruth("writeCache"),
                keys.optionalText("rotation"),
                keys.optionalText("vendor"),
                keys.optionalText("product")));
    }

    private static @Nullable DiskIdentity identity(YamlKeys keys) throws YamlException {
        UUID uuid = keys.optionalParsed("uuid", ConfigReader::uuid);
        String serial = keys.optionalText("serial");
        String naa = keys.optionalText("naa");
        if (uuid == null && serial == null && naa == null) {
            return null;
        }
        if (uuid == null || serial == null || naa == null) {
            throw keys.complain(
                    "uuid, serial and naa are the identity of a disk that there is; write all three as exported, or none");
        }
        return new DiskIdentity(uuid, serial, naa);
    }

    private static UUID uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            throw notUuid(text);
        }
        throw notUuid(text);
    }

    private static IllegalArgumentException notUuid(String text) {
        return new IllegalArgumentException("'%s' is not a uuid; leave the identity of a new disk out".formatted(text));
    }

    // ---- targets ----------------------------------------------------------------------------------------------------

    private static Target target(YamlKeys keys) throws YamlException {
        List<Lun> luns = new ArrayList<>();
        Target target = new Target(
                keys,
                keys.text("name"),
                keys.optionalParsed("iqn", IscsiName::normalize),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                !Boolean.FALSE.equals(keys.optionalTruth("enabled")),
                keys.parsedList(
                        "initiators",
                        rules(text -> InitiatorIdentifier.parse(text).text())),
                chap(keys),
                chapOf(keys),
                keys.parsedList("portals", Function.identity()),
                keys.optionalText("redirect"),
                luns);
        luns.addAll(all(keys, "luns", ConfigReader::lun));
        keys.end();
        return target;
    }

    private static SortedMap<String, ChapRule> chapOf(YamlKeys target) throws YamlException {
        SortedMap<String, ChapRule> all = new TreeMap<>();
        for (YamlKeys keys : target.blocks("chapOf")) {
            String initiator = keys.parsed("initiator", IscsiName::normalize);
            ChapRule rule = checked(keys, ConfigReader::chap);
            if (!rule.isRequired()) {
                throw keys.complain(
                        "%s is given no credential; write chap: [NAME], or leave it out".formatted(initiator));
            }
            if (all.put(initiator, rule) != null) {
                throw keys.complain("%s is there twice; write it once".formatted(initiator));
            }
            keys.end();
        }
        return all;
    }

    private static Lun lun(YamlKeys keys) throws YamlException {
        Lun lun = new Lun(keys, number(keys), keys.text("disk"), Boolean.TRUE.equals(keys.optionalTruth("readOnly")));
        keys.end();
        return lun;
    }

    private static @Nullable Integer number(YamlKeys keys) throws YamlException {
        Long lun = keys.optionalNumber("lun", 0, Mapping.LUN_MAX);
        return lun == null ? null : lun.intValue();
    }

    // ---- clusters ---------------------------------------------------------------------------------------------------

    private static Cluster cluster(YamlKeys keys) throws YamlException {
        boolean oneTarget = Boolean.TRUE.equals(keys.optionalTruth("oneTarget"));
        String target = keys.optionalText("target");
        String targetIqn = keys.optionalParsed("targetIqn", IscsiName::normalize);
        if (!oneTarget && (target != null || targetIqn != null)) {
            throw keys.complain(
                    target == null ? "targetIqn" : "target",
                    "each node of this cluster has a target of its own; write it with the node, or oneTarget: true");
        }
        Cluster cluster = new Cluster(
                keys,
                keys.text("name"),
                Objects.requireNonNullElse(keys.optionalText("description"), ""),
                oneTarget,
                target,
                targetIqn,
                nodes(keys, oneTarget),
                all(keys, "disks", ConfigReader::clusterDisk));
        keys.end();
        if (cluster.nodes().isEmpty()) {
            throw keys.complain(
                    "cluster '%s' has no node; write its nodes: with name and iqn".formatted(cluster.name()));
        }
        return cluster;
    }

    private static List<Node> nodes(YamlKeys cluster, boolean oneTarget) throws YamlException {
        List<Node> nodes = new ArrayList<>();
        for (YamlKeys keys : cluster.blocks("nodes")) {
            nodes.add(checked(keys, block -> node(block, oneTarget)));
        }
        return nodes;
    }

    private static Node node(YamlKeys keys, boolean oneTarget) throws YamlException {
        String name = keys.text("name");
        List<String> iqns = new ArrayList<>(keys.parsedList("iqns", IscsiName::normalize));
        String iqn = keys.optionalParsed("iqn", IscsiName::normalize);
        if (iqn != null) {
            iqns.addFirst(iqn);
        }
        if (iqns.isEmpty()) {
            throw keys.complain("node '%s' has no iqn; write the name that its initiator shows".formatted(name));
        }
        Node node = new Node(
                keys,
                name,
                iqns.stream().distinct().toList(),
                keys.optionalText("target"),
                keys.optionalParsed("targetIqn", IscsiName::normalize),
                chap(keys));
        keys.end();
        if (oneTarget && (node.target() != null || node.targetIqn() != null)) {
            throw keys.complain(
                    node.target() == null ? "targetIqn" : "target",
                    "all nodes of this cluster have one target; write it with the cluster");
        }
        return node;
    }

    private static ClusterDisk clusterDisk(YamlKeys keys) throws YamlException {
        ClusterRole role = keys.parsed("role", rules(ClusterRole::ofWord));
        Integer lun = number(keys);
        Disk disk = disk(keys);
        keys.end();
        return new ClusterDisk(disk, role, lun);
    }
}
