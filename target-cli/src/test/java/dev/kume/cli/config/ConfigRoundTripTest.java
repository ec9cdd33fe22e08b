package dev.kume.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.kume.cli.yaml.YamlException;
import dev.kume.core.Limits;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Declarations;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An export means exactly what was exported, whatever that was. */
final class ConfigRoundTripTest {
    private static final List<String> TEXTS = List.of(
            "", "plain", "a: b # c", "\"quoted\"", "'x'", "* & ! % @ `", "7200", "true", "null", "- x", " \u00fc ");

    private static Intention resolve(String text, Inventory now) throws YamlException {
        FakeSurroundings surroundings = new FakeSurroundings();
        if (now.version() == 0) {
            surroundings.secrets.addAll(List.of("cred0", "cred1", "cred2"));
        }
        return ConfigResolver.resolve(ConfigReader.read("export.yaml", text), now, surroundings);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anExportChangesNothingAndIsTheSameAfterItIsAppliedElsewhere(long seed) throws Exception {
        for (int round = 0; round < 25; round++) {
            Inventory inventory = new Made(new Random(seed * 1_000 + round)).inventory();
            String text = ConfigWriter.write(inventory);
            String where = "seed %d, round %d:%n%s".formatted(seed, round, text);
            Inventory again = resolve(text, inventory).next();
            assertEquals(List.of(), InventoryDiff.between(inventory, again), where);
            assertSame(inventory, again, where);
            Inventory elsewhere = resolve(text, Inventory.EMPTY).next();
            assertEquals(text, ConfigWriter.write(elsewhere), where);
            assertSame(elsewhere, resolve(text, elsewhere).next(), where);
        }
    }

    /** A random inventory with everything that one can have. */
    private static final class Made {
        private final Random random;
        private final SplittableRandom identities;
        private final List<DiskRecord> disks = new ArrayList<>();
        private final List<TargetRecord> targets = new ArrayList<>();
        private final List<Mapping> mappings = new ArrayList<>();
        private final List<ClusterRecord> clusters = new ArrayList<>();
        private final List<CredentialRecord> credentials = new ArrayList<>();
        private int nodes;

        Made(Random random) {
            this.random = random;
            this.identities = new SplittableRandom(random.nextLong());
        }

        Inventory inventory() {
            for (int i = 0; i < 3; i++) {
                credentials.add(
                        new CredentialRecord("cred" + i, "user" + i + pick(TEXTS), 1 + i, FakeSurroundings.NOW));
            }
            int plain = random.nextInt(4);
            for (int i = 0; i < plain; i++) {
                disks.add(disk("disk" + i, Sharing.values()[random.nextInt(3)]));
            }
            int count = random.nextInt(3);
            for (int i = 0; i < count; i++) {
                plainTarget("target" + i);
            }
            int groups = random.nextInt(3);
            for (int i = 0; i < groups; i++) {
                cluster(i);
            }
            ChapRule discovery = random.nextBoolean() ? ChapRule.NONE : new ChapRule(List.of("cred0"), null);
            return Declarations.replace(
                    Inventory.EMPTY,
                    new Declarations.Contents(disks, targets, mappings, clusters, credentials, discovery),
                    Limits.DEFAULTS,
                    Connections.NONE);
        }

        private <T> T pick(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private DiskRecord disk(String name, Sharing sharing) {
            String type = pick(List.of("fixed", "dynamic"));
            String format = type.equals("dynamic") ? pick(List.of("vhd", "vhdx")) : pick(List.of("raw", "vhd", "vhdx"));
            SectorFormat sectors =
                    format.equals("vhd") ? SectorFormat.EMULATED_512 : pick(List.of(SectorFormat.values()));
            DiskProfile profile = DiskProfile.DEFAULT.with(DiskProfile.Changes.of(
                    random.nextBoolean(), pick(List.of("ssd", "7200")), pick(List.of("KUME", "ACME")), null));
            return new DiskRecord(
                    name,
                    "/srv/kume/" + name + "." + format,
                    format,
                    type,
                    4096L * (1 + random.nextInt(1 << 20)) * (random.nextBoolean() ? 1 : 1 << 18),
                    !type.equals("fixed") || random.nextBoolean(),
                    sharing,
                    sectors,
                    profile,
                    pick(TEXTS),
                    Inventory.EMPTY.newIdentity(identities),
                    FakeSurroundings.NOW,
                    DiskLayers.NONE);
        }

        private ChapRule rule() {
            return switch (random.nextInt(4)) {
                case 0 -> new ChapRule(List.of("cred0"), "cred2");
                case 1 -> new ChapRule(List.of("cred0", "cred1"), null);
                default -> ChapRule.NONE;
            };
        }

        private void target(
                String name,
                List<String> initiators,
                ChapRule chap,
                Map<String, ChapRule> chapOf,
                boolean plain,
                String usual) {
            targets.add(new TargetRecord(
                    name,
                    "iqn.2026-11.org.example:%d-%s".formatted(random.nextInt(100), name.toLowerCase(Locale.ROOT)),
                    targets.size() + 1,
                    plain ? usual : pick(TEXTS),
                    plain || random.nextBoolean(),
                    initiators.stream().sorted().toList(),
                    chap,
                    new TreeMap<>(chapOf),
                    plain || random.nextBoolean() ? List.of() : List.of("backup"),
                    plain || random.nextBoolean() ? null : "10.0.0.1:3260",
                    FakeSurroundings.NOW));
        }

        private void plainTarget(String name) {
            List<String> initiators = new ArrayList<>();
            for (String each : List.of("10.0.0.0/24", "iqn.1991-05.com.microsoft:x", "host.example.com")) {
                if (random.nextBoolean()) {
                    initiators.add(each);
                }
            }
            Map<String, ChapRule> chapOf = new TreeMap<>();
            ChapRule own = rule();
            if (own.isRequired() && initiators.contains("iqn.1991-05.com.microsoft:x")) {
                chapOf.put("iqn.1991-05.com.microsoft:x", own);
            }
            target(name, initiators, rule(), chapOf, false, "");
            map(name);
        }

        /** Some of the plain disks, as their sharing lets. */
        private void map(String target) {
            TreeSet<Integer> taken = new TreeSet<>();
            mappings.stream().filter(each -> each.target().equals(target)).forEach(each -> taken.add(each.lun()));
            for (DiskRecord disk : disks) {
                boolean once = disk.sharing() == Sharing.EXCLUSIVE
                        && mappings.stream().anyMatch(each -> each.disk().equals(disk.name()));
                int lun = random.nextInt(200);
                if (disk.name().startsWith("disk") && !once && random.nextBoolean() && taken.add(lun)) {
                    mappings.add(new Mapping(disk.name(), target, lun, random.nextBoolean()));
                }
            }
        }

        private void cluster(int number) {
            boolean oneTarget = random.nextBoolean();
            String name = "Cluster" + number;
            List<ClusterNode> members = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                String node = "node" + nodes++;
                List<String> iqns = new ArrayList<>(List.of("iqn.1991-05.com.microsoft:" + node));
                if (random.nextInt(3) == 0) {
                    iqns.add("iqn.1994-05.com.redhat:" + node);
                }
                members.add(new ClusterNode(node, iqns, oneTarget ? name : pick(List.of("", "x-")) + node));
            }
            List<ClusterDisk> shared = new ArrayList<>();
            int disksOf = random.nextInt(4);
            for (int i = 0; i < disksOf; i++) {
                DiskRecord disk = disk(name + "-" + i, Sharing.CLUSTER);
                disks.add(disk);
                shared.add(new ClusterDisk(disk.name(), pick(List.of(ClusterRole.values())), i * 3));
            }
            clusters.add(new ClusterRecord(name, members, shared, oneTarget, pick(TEXTS), FakeSurroundings.NOW));
            List<String> names =
                    members.stream().map(ClusterNode::target).distinct().toList();
            for (String target : names) {
                boolean plain = random.nextBoolean();
                List<String> iqns = new ArrayList<>();
                Map<String, ChapRule> chapOf = new TreeMap<>();
                for (ClusterNode node : members) {
                    if (node.target().equals(target)) {
                        iqns.addAll(node.iqns());
                        ChapRule own = rule();
                        if (oneTarget && own.isRequired()) {
                            node.iqns().forEach(iqn -> chapOf.put(iqn, own));
                        }
                    }
                }
                String node = members.stream()
                        .filter(each -> each.target().equals(target))
                        .findFirst()
                        .orElseThrow()
                        .name();
                String usual = oneTarget ? "" : "node " + node;
                target(target, iqns, oneTarget && plain ? ChapRule.NONE : rule(), chapOf, plain, usual);
                shared.forEach(each -> mappings.add(new Mapping(each.disk(), target, each.lun())));
                if (!plain) {
                    mapBehind(target);
                }
            }
        }

        /** More LUNs than the cluster has, behind its own. */
        private void mapBehind(String target) {
            for (DiskRecord disk : disks) {
                boolean cluster = disk.name().startsWith("disk") && disk.sharing() == Sharing.CLUSTER;
                int lun = 500 + disks.indexOf(disk);
                if (cluster && random.nextBoolean()) {
                    mappings.add(new Mapping(disk.name(), target, lun, random.nextBoolean()));
                }
            }
        }
    }
}
