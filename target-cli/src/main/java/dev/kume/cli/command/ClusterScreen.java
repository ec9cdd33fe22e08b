package dev.kume.cli.command;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.api.ClusterStatusView.Owner;
import dev.kume.cli.api.ClusterStatusView.Path;
import dev.kume.cli.api.ClusterStatusView.Share;
import dev.kume.cli.output.Paragraphs;
import dev.kume.cli.output.Table;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status of a cluster for people, on lines of 80 columns. */
final class ClusterScreen {
    private static final int NAME_COLUMNS = 16;
    private static final int REASONS_MAX = 3;

    /** More nodes than this are a line each; their ways are left to {@code -o json}. */
    private static final int NODES_WITH_PATHS = 8;

    private final ClusterStatusView status;
    private final List<String> lines = new ArrayList<>();

    private ClusterScreen(ClusterStatusView status) {
        this.status = status;
    }

    static List<String> lines(ClusterStatusView status) {
        ClusterScreen screen = new ClusterScreen(status);
        screen.health();
        screen.nodes();
        screen.disks();
        screen.advice();
        return screen.lines;
    }

    private void health() {
        lines.add("%s is %s at %s"
                .formatted(status.cluster(), status.health(), status.at().truncatedTo(ChronoUnit.SECONDS)));
        List<String> reasons = status.reasons();
        reasons.stream().limit(REASONS_MAX).forEach(reason -> lines.addAll(Paragraphs.wrap("  ", "  ", reason)));
        if (reasons.size() > REASONS_MAX) {
            lines.add("  and %d more, see below".formatted(reasons.size() - REASONS_MAX));
        }
    }

    // ---- nodes
    // --------------------------------------------------------------------------------------------------------------

    private void nodes() {
        Table table = new Table()
                .column("NODE")
                .column("STATE")
                .number("PATHS")
                .number("SEEN")
                .number("I/O")
                .column("FROM");
        boolean paths = status.nodes().size() <= NODES_WITH_PATHS;
        int room = Paragraphs.COLUMNS - widthOfNodes();
        for (Node node : status.nodes()) {
            List<String> ways = paths && !node.paths().isEmpty()
                    ? node.paths().stream().map(path -> way(path, room)).toList()
                    : List.of(Paragraphs.cut(String.join(", ", node.addresses()), room));
            table.row(
                    name(node.name()),
                    node.state(),
                    Integer.toString(node.paths().size()),
                    node.state().equals(Node.CONNECTED) ? "now" : age(node.lastSeen()),
                    age(later(node.lastRead(), node.lastWrite())),
                    ways.getFirst());
            ways.stream().skip(1).forEach(way -> table.row(" ", " ", " ", " ", " ", way));
        }
        print(table);
    }

    /** All columns but the last one, with the blanks behind them. */
    private int widthOfNodes() {
        int name = 4;
        int state = 5;
        int seen = 4;
        int used = 3;
        for (Node node : status.nodes()) {
            name = Math.max(name, name(node.name()).length());
            state = Math.max(state, node.state().length());
            seen = Math.max(seen, age(node.lastSeen()).length());
            used = Math.max(used, age(later(node.lastRead(), node.lastWrite())).length());
        }
        return name + state + 5 + seen + used + 10;
    }

    private static String way(Path path, int room) {
        String from = withoutPort(path.address());
        String whole = from + " by " + path.portal();
        return whole.length() <= room ? whole : Paragraphs.cut(from, room);
    }

    private static String withoutPort(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    private static String name(String name) {
        return Paragraphs.cut(name, NAME_COLUMNS);
    }

    private String age(@Nullable Instant then) {
        return then == null ? "" : Ages.since(then, status.at());
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }

    // ---- disks
    // --------------------------------------------------------------------------------------------------------------

    private void disks() {
        Table table = new Table()
                .column("DISK")
                .column("ROLE")
                .number("LUN")
                .column("OWNER")
                .number("FOR")
                .column("REGISTERED");
        int room = Paragraphs.COLUMNS - widthOfDisks();
        for (Disk disk : status.disks()) {
            table.row(
                    name(disk.name()),
                    disk.role(),
                    Integer.toString(disk.lun()),
                    owner(disk),
                    disk.owner() == null ? "" : age(disk.owner().since()),
                    registered(disk, room));
        }
        print(table);
    }

    private int widthOfDisks() {
        int name = 4;
        int role = 4;
        int owner = 5;
        int age = 3;
        for (Disk disk : status.disks()) {
            name = Math.max(name, name(disk.name()).length());
            role = Math.max(role, disk.role().length());
            owner = Math.max(owner, owner(disk).length());
            age = Math.max(
                    age, disk.owner() == null ? 0 : age(disk.owner().since()).length());
        }
        return name + role + 5 + owner + age + 10;
    }

    private static String owner(Disk disk) {
        if (disk.offlineReason() != null) {
            return "(offline)";
        }
        Owner owner = disk.owner();
        if (owner == null) {
            return "";
        }
        String node = owner.node();
        String who = name(node == null ? owner.initiator() : node);
        return node == null || owner.byKey() ? who + " (stranger)" : owner.connected() ? who : who + " (away)";
    }

    /** The nodes by name, where there is room for that; else how many. */
    private static String registered(Disk disk, int room) {
        List<Share> shares = disk.nodes().stream()
                .filter(share -> !share.state().equals(Share.NONE))
                .toList();
        String strangers =
                disk.strangers().isEmpty() ? "" : Words.count(disk.strangers().size(), "stranger");
        String names = shares.stream().map(ClusterScreen::share).collect(Collectors.joining(", "));
        String whole = names + (names.isEmpty() || strangers.isEmpty() ? "" : ", ") + strangers;
        if (whole.length() <= room) {
            return whole;
        }
        long complete = shares.stream()
                .filter(share -> share.state().equals(Share.COMPLETE))
                .count();
        return Paragraphs.cut(
                "%d of %d%s".formatted(complete, disk.nodes().size(), strangers.isEmpty() ? "" : ", " + strangers),
                room);
    }

    private static String share(Share share) {
        String name = name(share.node());
        return switch (share.state()) {
            case Share.COMPLETE -> name;
            case Share.MISSING -> "%s (%d of %d)".formatted(name, share.registered(), share.paths());
            default -> name + " (" + share.state() + ")";
        };
    }

    // ---- advice
    // -------------------------------------------------------------------------------------------------------------

    private void advice() {
        if (status.advice().isEmpty()) {
            return;
        }
        lines.add("");
        for (Advice advice : status.advice()) {
            String label = "%-9s".formatted(advice.level());
            String indent = " ".repeat(label.length());
            lines.addAll(Paragraphs.wrap(label, indent, advice.text()));
            lines.addAll(Paragraphs.wrap(indent + "-> ", indent + "   ", advice.remedy()));
        }
    }

    private void print(Table table) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        lines.add("");
        bytes.toString(StandardCharsets.UTF_8).lines().forEach(lines::add);
    }
}
