package dev.kume.cli.config;

import dev.kume.cli.api.ConfigChangeView;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How two inventories differ, in words of people: disks are known by identity, targets by IQN, the rest by name. */
public final class InventoryDiff {
    /** The things that change. */
    public enum Kind {
        CREDENTIAL,
        DISCOVERY,
        DISK,
        TARGET,
        CLUSTER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One thing that is different.
     *
     * @param action of {@link ConfigChangeView}
     * @param id     by which it is known in both: uuid, IQN or name
     */
    public record Change(String action, Kind kind, String id, String name, List<String> details) {}

    /** Words of a line about many changes. */
    private static final int NAMES_MAX = 3;

    private final Inventory before;
    private final Inventory after;
    private final List<Change> changes = new ArrayList<>();

    private InventoryDiff(Inventory before, Inventory after) {
        this.before = before;
        this.after = after;
    }

    /** Everything that is different: credentials, discovery, disks, targets, clusters. */
    public static List<Change> between(Inventory before, Inventory after) {
        InventoryDiff diff = new InventoryDiff(before, after);
        diff.credentials();
        diff.discovery();
        diff.disks();
        diff.targets();
        diff.clusters();
        return List.copyOf(diff.changes);
    }

    /** One line: {@code disk 'vms' changed (size: 30 GB -> 40 GB), 2 targets added}. */
    public static String summary(List<Change> changes) {
        Map<String, List<Change>> groups = new LinkedHashMap<>();
        for (Change change : changes) {
            groups.computeIfAbsent(change.kind().word() + " " + change.action(), key -> new ArrayList<>())
                    .add(change);
        }
        List<String> words = new ArrayList<>();
        groups.forEach((key, group) -> words.add(summaryOf(group)));
        return words.isEmpty() ? "nothing" : String.join("; ", words);
    }

    private static String summaryOf(List<Change> group) {
        Change first = group.getFirst();
        String done = switch (first.action()) {
            case ConfigChangeView.ADD -> "added";
            case ConfigChangeView.REMOVE -> "removed";
            default -> "changed";
        };
        String kind = first.kind().word();
        if (group.size() > NAMES_MAX) {
            return "%d %ss %s".formatted(group.size(), kind, done);
        }
        boolean said = group.size() == 1
                && first.action().equals(ConfigChangeView.CHANGE)
                && first.details().size() <= 2;
        List<String> names = group.stream()
                .map(each -> each.name().isEmpty() ? "" : " '" + each.name() + "'")
                .toList();
        return "%s%s %s%s"
                .formatted(
                        group.size() == 1 ? kind : kind + "s",
                        String.join(",", names),
                        done,
                        said ? " (" + String.join("; ", first.details()) + ")" : "");
    }

    // ---- the things -------------------------------------------------------------------------------------------------

    private <T> void each(
            Kind kind,
            Collection<T> was,
            Collection<T> is,
            Function<T, String> id,
            Function<T, String> name,
            Function<T, List<String>> described,
            Function<Both<T>, List<String>> compared) {
        Map<String, T> old = new HashMap<>();
        was.forEach(each -> old.put(id.apply(each), each));
        Set<String> kept = new HashSet<>();
        for (T now : is) {
            T then = old.get(id.apply(now));
            kept.add(id.apply(now));
            if (then == null) {
                add(ConfigChangeView.ADD, kind, id.apply(now), name.apply(now), described.apply(now));
                continue;
            }
            List<String> details = compared.apply(new Both<>(then, now));
            if (!details.isEmpty()) {
                add(ConfigChangeView.CHANGE, kind, id.apply(now), name.apply(now), details);
            }
        }
        for (T then : was) {
            if (!kept.contains(id.apply(then))) {
                add(ConfigChangeView.REMOVE, kind, id.apply(then), name.apply(then), removed(then));
            }
        }
    }

    private record Both<T>(T then, T now) {}

    private void add(String action, Kind kind, String id, String name, List<String> details) {
        changes.add(new Change(action, kind, id, name, List.copyOf(details)));
    }

    private static List<String> removed(Object thing) {
        return thing instanceof DiskRecord disk ? List.of("its file stays: " + disk.file()) : List.of();
    }

    private void credentials() {
        each(
                Kind.CREDENTIAL,
                before.credentials(),
                after.credentials(),
                each -> DiskResolver.key(each.name()),
                CredentialRecord::name,
                each -> List.of("user: " + each.user()),
                both -> {
                    Lines lines = new Lines();
                    lines.compare("user", both.then().user(), both.now().user());
                    if (both.then().revision() != both.now().revision()) {
                        lines.add("another secret");
                    }
                    return lines.all();
                });
    }

    private void discovery() {
        if (!before.discovery().equals(after.discovery())) {
            Lines lines = new Lines();
            lines.compare("proof", chap(before.discovery()), chap(after.discovery()));
            add(ConfigChangeView.CHANGE, Kind.DISCOVERY, "", "", lines.all());
        }
    }

    private void disks() {
        each(
                Kind.DISK,
                before.disks(),
                after.disks(),
                each -> each.identity().uuid().toString(),
                DiskRecord::name,
                InventoryDiff::described,
                InventoryDiff::comparedDisks);
    }

    private static List<String> described(DiskRecord disk) {
        Lines lines = new Lines();
        lines.add("%s, %s %s%s, %s, sharing %s"
                .formatted(
                        Sizes.format(disk.sizeBytes()),
                        disk.type(),
                        disk.format(),
                        disk.sparse() && disk.type().equals("fixed") ? " (sparse)" : "",
                        disk.sectorFormat().word(),
                        disk.sharing().word()));
        lines.add("file: " + disk.file());
        return lines.all();
    }

    private static List<String> comparedDisks(Both<DiskRecord> both) {
        DiskRecord then = both.then();
        DiskRecord now = both.now();
        Lines lines = new Lines();
        lines.compare("name", then.name(), now.name());
        lines.compare("size", size(then), size(now));
        lines.compare("sharing", then.sharing().word(), now.sharing().word());
        lines.compare("file", then.file(), now.file());
        lines.compare("format", then.type() + " " + then.format(), now.type() + " " + now.format());
        lines.compare("sparse", then.sparse(), now.sparse());
        lines.compare("description", then.description(), now.description());
        lines.compare(
                "write cache",
                onOff(then.profile().writeCache()),
                onOff(now.profile().writeCache()));
        lines.compare("rotation", then.profile().rotation(), now.profile().rotation());
        lines.compare("vendor", then.profile().vendor(), now.profile().vendor());
        lines.compare("product", then.profile().product(), now.profile().product());
        lines.compare(
                "snapshots",
                then.layers().snapshots().size(),
                now.layers().snapshots().size());
        if (lines.all().isEmpty() && !then.equals(now)) {
            lines.add("the files below it");
        }
        return lines.all();
    }

    private static String size(DiskRecord disk) {
        return Sizes.format(disk.sizeBytes())
                + (disk.sizeBytes() % (1L << 20) == 0 ? "" : " (%d bytes)".formatted(disk.sizeBytes()));
    }

    private void targets() {
        Map<String, Map<Integer, Lun>> then = luns(before);
        Map<String, Map<Integer, Lun>> now = luns(after);
        each(
                Kind.TARGET,
                before.targets(),
                after.targets(),
                TargetRecord::iqn,
                TargetRecord::name,
                target -> described(target, now.getOrDefault(target.iqn(), Map.of())),
                both -> compared(
                        both,
                        then.getOrDefault(both.then().iqn(), Map.of()),
                        now.getOrDefault(both.now().iqn(), Map.of())));
    }

    /** A disk under a number; one that is renamed is the same. */
    private record Lun(UUID uuid, String disk, boolean readOnly) {
        String words() {
            return "'" + disk + "'" + (readOnly ? " (read-only)" : "");
        }

        boolean isSame(@Nullable Lun other) {
            return other != null && uuid.equals(other.uuid) && readOnly == other.readOnly;
        }
    }

    private static Map<String, Map<Integer, Lun>> luns(Inventory inventory) {
        Map<String, String> iqns = new HashMap<>();
        inventory.targets().forEach(target -> iqns.put(target.name(), target.iqn()));
        Map<String, Map<Integer, Lun>> all = new HashMap<>();
        for (Mapping mapping : inventory.mappings()) {
            UUID uuid = inventory.disk(mapping.disk()).identity().uuid();
            all.computeIfAbsent(Objects.requireNonNull(iqns.get(mapping.target())), key -> new TreeMap<>())
                    .put(mapping.lun(), new Lun(uuid, mapping.disk(), mapping.readOnly()));
        }
        return all;
    }

    private static List<String> described(TargetRecord target, Map<Integer, Lun> luns) {
        Lines lines = new Lines();
        lines.add("IQN: " + target.iqn());
        target.initiators().forEach(initiator -> lines.add("lets in " + initiator));
        lines.unless("proof", chap(target.chap()), "none");
        target.chapOf().forEach((initiator, rule) -> lines.add("proof of %s: %s".formatted(initiator, chap(rule))));
        luns.forEach((lun, disk) -> lines.add("LUN %d: %s".formatted(lun, disk.words())));
        lines.unless("enabled", Boolean.toString(target.enabled()), "true");
        lines.unless("portals", String.join(", ", target.portals()), "");
        lines.unless("redirect", Objects.requireNonNullElse(target.redirect(), ""), "");
        return lines.all();
    }

    private static List<String> compared(Both<TargetRecord> both, Map<Integer, Lun> was, Map<Integer, Lun> is) {
        TargetRecord then = both.then();
        TargetRecord now = both.now();
        Lines lines = new Lines();
        lines.compare("name", then.name(), now.name());
        lines.compare("description", then.description(), now.description());
        lines.compare("enabled", then.enabled(), now.enabled());
        now.initiators().stream()
                .filter(each -> !then.initiators().contains(each))
                .forEach(each -> lines.add("lets in " + each));
        then.initiators().stream()
                .filter(each -> !now.initiators().contains(each))
                .forEach(each -> lines.add("no longer lets in " + each));
        lines.compare("proof", chap(then.chap()), chap(now.chap()));
        Set<String> own = new TreeSet<>(then.chapOf().keySet());
        own.addAll(now.chapOf().keySet());
        own.forEach(each -> lines.compare(
                "proof of " + each,
                chap(then.chapOf().getOrDefault(each, ChapRule.NONE)),
                chap(now.chapOf().getOrDefault(each, ChapRule.NONE))));
        lines.compare("portals", portals(then), portals(now));
        lines.compare("redirect", now(then.redirect()), now(now.redirect()));
        Set<Integer> numbers = new TreeSet<>(was.keySet());
        numbers.addAll(is.keySet());
        for (int lun : numbers) {
            Lun old = was.get(lun);
            Lun disk = is.get(lun);
            if (disk == null || !disk.isSame(old)) {
                lines.compare(
                        "LUN " + lun, old == null ? "nothing" : old.words(), disk == null ? "nothing" : disk.words());
            }
        }
        return lines.all();
    }

    private void clusters() {
        each(
                Kind.CLUSTER,
                before.clusters(),
                after.clusters(),
                each -> DiskResolver.key(each.name()),
                ClusterRecord::name,
                InventoryDiff::described,
                InventoryDiff::comparedClusters);
    }

    private static List<String> described(ClusterRecord cluster) {
        Lines lines = new Lines();
        cluster.nodes()
                .forEach(node -> lines.add("node %s: %s, target '%s'"
                        .formatted(node.name(), String.join(", ", node.iqns()), node.target())));
        cluster.disks().forEach(disk -> lines.add(words(disk)));
        return lines.all();
    }

    private static String words(ClusterDisk disk) {
        return "%s '%s' at LUN %d".formatted(disk.role().word(), disk.disk(), disk.lun());
    }

    private static List<String> comparedClusters(Both<ClusterRecord> both) {
        ClusterRecord then = both.then();
        ClusterRecord now = both.now();
        Lines lines = new Lines();
        lines.compare("name", then.name(), now.name());
        lines.compare("description", then.description(), now.description());
        lines.compare("one target", then.oneTarget(), now.oneTarget());
        for (ClusterNode node : now.nodes()) {
            ClusterNode old = then.findNode(node.name());
            if (old == null) {
                lines.add("node %s added: %s".formatted(node.name(), String.join(", ", node.iqns())));
            } else {
                String of = "node " + node.name();
                lines.compare(of, String.join(", ", old.iqns()), String.join(", ", node.iqns()));
                lines.compare("target of " + of, old.target(), node.target());
            }
        }
        then.nodes().stream()
                .filter(node -> now.findNode(node.name()) == null)
                .forEach(node -> lines.add("node %s removed".formatted(node.name())));
        for (ClusterDisk disk : now.disks()) {
            ClusterDisk old = then.findDisk(disk.disk());
            if (old == null) {
                lines.add(words(disk) + " added");
            } else {
                lines.compare("disk " + disk.disk(), words(old), words(disk));
            }
        }
        then.disks().stream()
                .filter(disk -> now.findDisk(disk.disk()) == null)
                .forEach(disk -> lines.add(words(disk) + " removed"));
        if (lines.all().isEmpty() && !then.equals(now)) {
            lines.add("the order of its nodes or disks");
        }
        return lines.all();
    }

    // ---- words ------------------------------------------------------------------------------------------------------

    /** Lines of one change. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();

        void add(String line) {
            lines.add(line);
        }

        void unless(String what, String value, String usual) {
            if (!value.equals(usual)) {
                add(what + ": " + value);
            }
        }

        void compare(String what, Object then, Object now) {
            if (!then.equals(now)) {
                add("%s: %s -> %s".formatted(what, shown(then), shown(now)));
            }
        }

        private static String shown(Object value) {
            return value.equals("") ? "nothing" : value.toString();
        }

        List<String> all() {
            return lines;
        }
    }

    private static String chap(ChapRule rule) {
        String mutual = rule.mutual();
        return rule.isRequired()
                ? "CHAP with " + String.join(", ", rule.incoming()) + (mutual == null ? "" : ", mutual " + mutual)
                : "none";
    }

    private static String portals(TargetRecord target) {
        return target.portals().isEmpty() ? "all" : String.join(", ", target.portals());
    }

    private static String now(@Nullable String redirect) {
        return Objects.requireNonNullElse(redirect, "");
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
