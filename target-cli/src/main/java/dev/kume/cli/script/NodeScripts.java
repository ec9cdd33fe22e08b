package dev.kume.cli.script;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.api.ClusterStatusView.Portal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Scripts that connect the nodes of a cluster and form it: texts beside this class, with places for what is known of
 * the cluster.
 */
public final class NodeScripts {
    /** The longest name of a host or cluster on a network of Windows. */
    private static final int NETBIOS_LENGTH = 15;

    private static final Pattern PLACE = Pattern.compile("\\{\\{([A-Za-z]+)}}");

    private NodeScripts() {}

    /**
     * For Windows.
     *
     * @param node the only node that it may run on; null when any of the cluster may
     */
    public static String powershell(ClusterStatusView cluster, @Nullable String node) {
        Function<String, String> quoted = Quoting::powershell;
        List<String> names = cluster.nodes().stream().map(Node::name).toList();
        String name = cluster.cluster();
        Map<String, String> facts = facts(cluster);
        facts.put("hosts", joined(names, ", ", quoted));
        facts.put("networkName", quoted.apply(name.substring(0, Math.min(NETBIOS_LENGTH, name.length()))));
        facts.put("cluster", quoted.apply(name));
        facts.put("node", quoted.apply(node == null ? "" : node));
        facts.put("nodes", joined(cluster.nodes(), "\n", NodeScripts::powershellNode));
        facts.put("portals", joined(cluster.portals(), "\n", NodeScripts::powershellPortal));
        facts.put("disks", joined(cluster.disks(), "\n", NodeScripts::powershellDisk));
        return filled("cluster.ps1", facts);
    }

    /** What stands in the comments of both. */
    private static Map<String, String> facts(ClusterStatusView cluster) {
        List<Node> nodes = cluster.nodes();
        Map<String, String> facts = new HashMap<>();
        facts.put("name", Quoting.comment(cluster.cluster()));
        facts.put(
                "first", Quoting.comment(nodes.isEmpty() ? "" : nodes.getFirst().name()));
        facts.put("file", Quoting.fileName(cluster.cluster()));
        return facts;
    }

    private static String powershellNode(Node node) {
        return "    @{ Name = %s; Iqns = @(%s); Target = %s; ChapUser = %s }"
                .formatted(
                        Quoting.powershell(node.name()),
                        joined(node.iqns(), ", ", Quoting::powershell),
                        Quoting.powershell(node.targetIqn()),
                        Quoting.powershell(chapUser(node)));
    }

    private static String powershellPortal(Portal portal) {
        return "    @{ Address = %s; Port = %d; Network = %s }"
                .formatted(
                        Quoting.powershell(Quoting.address(portal.address())),
                        portal.port(),
                        Quoting.powershell(portal.network() == null ? portal.address() : portal.network()));
    }

    private static String powershellDisk(Disk disk) {
        return "    @{ Name = %s; Role = %s; Lun = %d; Bytes = %d; Serial = %s; Naa = %s }"
                .formatted(
                        Quoting.powershell(disk.name()),
                        Quoting.powershell(disk.role()),
                        disk.lun(),
                        disk.sizeBytes(),
                        Quoting.powershell(disk.serial()),
                        Quoting.powershell(disk.naa().toUpperCase(Locale.ROOT)));
    }

    /**
     * For Linux.
     *
     * @param node the only node that it may run on; null when any of the cluster may
     */
    public static String bash(ClusterStatusView cluster, @Nullable String node) {
        List<Node> nodes = cluster.nodes();
        List<Disk> disks = cluster.disks();
        Map<String, String> facts = facts(cluster);
        facts.put("cluster", Quoting.bash(cluster.cluster()));
        facts.put("node", Quoting.bash(node == null ? "" : node));
        facts.put("nodeNames", joined(nodes, " ", each -> Quoting.bash(each.name())));
        facts.put("nodeIqns", joined(nodes, " ", each -> Quoting.bash(String.join(" ", each.iqns()))));
        facts.put("nodeTargets", joined(nodes, " ", each -> Quoting.bash(each.targetIqn())));
        facts.put("chapUsers", joined(nodes, " ", each -> Quoting.bash(chapUser(each))));
        facts.put("portals", joined(cluster.portals(), " ", each -> Quoting.bash(address(each))));
        facts.put("diskNames", joined(disks, " ", each -> Quoting.bash(each.name())));
        facts.put("diskRoles", joined(disks, " ", each -> Quoting.bash(each.role())));
        facts.put("diskBytes", joined(disks, " ", each -> Long.toString(each.sizeBytes())));
        facts.put("diskNaas", joined(disks, " ", each -> Quoting.bash(each.naa())));
        facts.put("multipath", Quoting.bash(multipath(disks)));
        return filled("cluster.sh", facts);
    }

    /** One section for each kind of device; queues for a minute, for a failover takes less. */
    private static String multipath(List<Disk> disks) {
        String devices = disks.stream()
                .map(disk -> """
                            device {
                                vendor "%s"
                                product "%s"
                                path_grouping_policy group_by_prio
                                detect_prio yes
                                path_selector "round-robin 0"
                                path_checker tur
                                failback immediate
                                no_path_retry 12
                                fast_io_fail_tmo 15
                            }
                        """.formatted(Quoting.multipath(disk.vendor()), Quoting.multipath(disk.product())))
                .distinct()
                .collect(Collectors.joining());
        return "devices {\n" + devices + "}";
    }

    private static String address(Portal portal) {
        String host = Quoting.address(portal.address());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + portal.port();
    }

    private static String chapUser(Node node) {
        return node.chapUsers().isEmpty() ? "" : node.chapUsers().getFirst();
    }

    private static <T> String joined(List<T> all, String between, Function<T, String> each) {
        return all.stream().map(each).collect(Collectors.joining(between));
    }

    /** The script of this name with the facts in their places. */
    private static String filled(String name, Map<String, String> facts) {
        return PLACE.matcher(body(name))
                .replaceAll(place -> Matcher.quoteReplacement(Objects.requireNonNull(facts.get(place.group(1)))));
    }

    private static String body(String name) {
        try (InputStream in = NodeScripts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + NodeScripts.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
