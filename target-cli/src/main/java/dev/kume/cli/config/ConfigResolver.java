package dev.kume.cli.config;

import dev.kume.cli.config.ConfigDocument.Cluster;
import dev.kume.cli.config.ConfigDocument.ClusterDisk;
import dev.kume.cli.config.ConfigDocument.Credential;
import dev.kume.cli.config.ConfigDocument.Node;
import dev.kume.core.Nearest;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Declarations;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.InventoryException.Kind;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Sharing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a document means where something is provisioned already: everything that is to be there, and nothing else. Used
 * once.
 */
public final class ConfigResolver {
    private final ConfigDocument document;
    private final Inventory now;
    private final Surroundings surroundings;
    private final DiskResolver disks;
    private final TargetResolver targets;
    private final Map<String, CredentialRecord> credentials = new LinkedHashMap<>();
    private final List<String> secrets = new ArrayList<>();

    private ConfigResolver(ConfigDocument document, Inventory now, Surroundings surroundings) {
        this.document = document;
        this.now = now;
        this.surroundings = surroundings;
        this.disks = new DiskResolver(document, now, surroundings);
        this.targets = new TargetResolver(document, now, surroundings, disks, this::known);
    }

    /** @throws InventoryException when it cannot be; with the place in the document */
    public static Intention resolve(ConfigDocument document, Inventory now, Surroundings surroundings) {
        return new ConfigResolver(document, now, surroundings).resolve();
    }

    private Intention resolve() {
        document.credentials().forEach(this::credential);
        disks.resolve();
        targets.resolve();
        List<ClusterRecord> clusters = new ArrayList<>();
        Map<String, Cluster> places = new LinkedHashMap<>();
        for (Cluster cluster : document.clusters()) {
            Cluster other = places.put(DiskResolver.key(cluster.name()), cluster);
            if (other != null) {
                throw Refusals.of(
                        Kind.CONFLICT,
                        cluster.at(),
                        "cluster '%s' is described already, on line %d"
                                .formatted(cluster.name(), other.at().line()),
                        "describe it once");
            }
            clusters.add(Refusals.at(cluster.at(), () -> cluster(cluster)));
        }
        ChapRule discovery = Refusals.at(document.discoveryAt(), () -> known(document.discovery()));
        Declarations.Contents contents = new Declarations.Contents(
                disks.disks(),
                targets.targets(),
                targets.mappings(),
                clusters,
                List.copyOf(credentials.values()),
                discovery);
        try {
            Inventory next = Declarations.replace(now, contents, surroundings.limits(), surroundings.connections());
            return new Intention(next, secrets, notes(next));
        } catch (InventoryException e) {
            throw placed(e, places);
        }
    }

    private InventoryException placed(InventoryException refusal, Map<String, Cluster> clusters) {
        InventoryException placed = disks.placed(refusal);
        if (placed == null) {
            placed = targets.placed(refusal);
        }
        Cluster cluster = refusal.name() == null ? null : clusters.get(DiskResolver.key(refusal.name()));
        if (placed == null && cluster != null && "cluster".equals(refusal.thing())) {
            placed = Refusals.at(cluster.at(), refusal);
        }
        return placed == null ? refusal : placed;
    }

    // ---- credentials ------------------------------------------------------------------------------------------------

    private void credential(Credential wanted) {
        if (credentials.containsKey(DiskResolver.key(wanted.name()))) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    wanted.at(),
                    "credential '%s' is described already".formatted(wanted.name()),
                    "describe it once");
        }
        CredentialRecord known = now.findCredential(wanted.name());
        Surroundings.Secret secret = surroundings.secret(wanted.name());
        if (known == null && secret == Surroundings.Secret.NOT_GIVEN) {
            throw Refusals.of(
                    Kind.INVALID,
                    wanted.at(),
                    "credential '%s' is new here and has no secret".formatted(wanted.name()),
                    "write secretFile: with the path of a file that only you may open");
        }
        boolean anew = secret == Surroundings.Secret.NEW;
        if (anew) {
            secrets.add(known == null ? wanted.name() : known.name());
        }
        CredentialRecord record = Refusals.at(
                wanted.at(),
                () -> new CredentialRecord(
                        known == null ? wanted.name() : known.name(),
                        wanted.user(),
                        known == null ? 1 : known.revision() + (anew ? 1 : 0),
                        known == null ? surroundings.now() : known.created()));
        credentials.put(DiskResolver.key(wanted.name()), record);
    }

    /** The rule with the names as the credentials have them. */
    private ChapRule known(ChapRule rule) {
        List<String> incoming = rule.incoming().stream().map(this::nameOf).toList();
        String mutual = rule.mutual();
        return new ChapRule(incoming, mutual == null ? null : nameOf(mutual));
    }

    private String nameOf(String credential) {
        CredentialRecord record = credentials.get(DiskResolver.key(credential));
        if (record == null) {
            List<String> near = Nearest.to(
                    credential,
                    credentials.values().stream().map(CredentialRecord::name).toList());
            throw new InventoryException(
                    Kind.NOT_FOUND,
                    "the credential '%s' is not described".formatted(credential),
                    near.isEmpty()
                            ? "describe it under credentials:"
                            : "did you mean %s?".formatted(String.join(" or ", near)));
        }
        return record.name();
    }

    // ---- clusters ---------------------------------------------------------------------------------------------------

    private ClusterRecord cluster(Cluster wanted) {
        ClusterRecord known = targets.clusterThere(wanted);
        Map<String, String> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        targets.targets().forEach(target -> names.put(target.name(), target.name()));
        List<ClusterNode> nodes = new ArrayList<>();
        for (Node node : wanted.nodes()) {
            String target = Objects.requireNonNull(names.get(targets.targetOf(wanted, node)));
            nodes.add(new ClusterNode(node.name(), node.iqns(), target));
        }
        List<dev.kume.core.inventory.ClusterDisk> all = new ArrayList<>();
        for (ClusterDisk disk : wanted.disks()) {
            DiskRecord record = Objects.requireNonNull(disks.find(disk.disk().name()));
            int lun = Objects.requireNonNull(targets.lunOf(wanted, disk));
            all.add(new dev.kume.core.inventory.ClusterDisk(record.name(), disk.role(), lun));
        }
        return new ClusterRecord(
                wanted.name(),
                nodes,
                all,
                wanted.oneTarget(),
                wanted.description(),
                known == null ? surroundings.now() : known.created());
    }

    /** What is allowed, and seldom meant. */
    private static List<String> notes(Inventory next) {
        Map<String, Mapping> first = new TreeMap<>();
        List<String> notes = new ArrayList<>();
        for (Mapping mapping : next.mappings()) {
            Mapping other = first.putIfAbsent(mapping.disk(), mapping);
            boolean shared = next.disk(mapping.disk()).sharing() == Sharing.CLUSTER;
            if (other != null && shared && other.lun() != mapping.lun()) {
                notes.add(
                        "disk '%s' is LUN %d of target '%s' and LUN %d of target '%s': nodes of one cluster should find it"
                                        .formatted(
                                                mapping.disk(),
                                                other.lun(),
                                                other.target(),
                                                mapping.lun(),
                                                mapping.target())
                                + " at one LUN");
            }
        }
        return notes;
    }
}
