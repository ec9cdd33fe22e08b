package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.api.ClusterStatusView.Path;
import dev.kume.cli.api.ClusterStatusView.Portal;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.nexus.ITNexus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One node at one moment: its sessions, and what was seen of it last. */
final class NodeStanding {
    private final ClusterScene scene;
    private final Reach reach;
    private final ClusterNode node;
    private final TargetRecord target;

    /** Its sessions with its own target, by the nexus that each carries. */
    private final Map<ITNexus, SessionView> paths = new LinkedHashMap<>();

    /** Its sessions with other targets. */
    private final List<SessionView> elsewhere = new ArrayList<>();

    private final @Nullable InitiatorView seen;
    private @Nullable Instant lastRead;
    private @Nullable Instant lastWrite;

    NodeStanding(ClusterScene scene, Reach reach, ClusterNode node) {
        this.scene = scene;
        this.reach = reach;
        this.node = node;
        this.target = scene.inventory().target(node.target());
        this.seen = scene.initiators().stream()
                .filter(each -> node.iqns().contains(each.name()))
                .max(Comparator.comparing(InitiatorView::lastSeen))
                .orElse(null);
    }

    /** A session of one of its initiator names; discovery is none. */
    void add(SessionView session) {
        if (target.iqn().equals(session.targetIqn())) {
            paths.put(nexus(session), session);
        } else if (session.targetIqn() != null) {
            elsewhere.add(session);
        }
    }

    private static ITNexus nexus(SessionView session) {
        return new ITNexus(
                session.initiator(),
                Long.parseUnsignedLong(session.isid(), 16),
                Objects.requireNonNull(session.targetIqn()),
                session.portalGroupTag());
    }

    /** It has read, or written, a disk of the cluster. */
    void used(@Nullable Instant read, @Nullable Instant write) {
        lastRead = later(lastRead, read);
        lastWrite = later(lastWrite, write);
    }

    static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }

    ClusterNode node() {
        return node;
    }

    String name() {
        return node.name();
    }

    TargetRecord target() {
        return target;
    }

    Map<ITNexus, SessionView> paths() {
        return paths;
    }

    List<SessionView> elsewhere() {
        return elsewhere;
    }

    boolean connected() {
        return !paths.isEmpty();
    }

    /** Its last try to log in or to look for targets; null when it has never been seen. */
    @Nullable
    InitiatorView seen() {
        return seen;
    }

    /** The addresses of this host by which its target can be reached. */
    List<Portal> ways() {
        return reach.portalsOf(target);
    }

    /** {@code 192.168.10.11 by 192.168.10.1:3260}. */
    static String way(SessionView session) {
        return "%s by %s".formatted(Endpoint.parse(session.address()).host(), session.portal());
    }

    Node view() {
        List<Path> views = paths.values().stream()
                .sorted(Comparator.comparingLong(SessionView::id))
                .map(this::path)
                .toList();
        return new Node(
                node.name(),
                node.iqns(),
                node.target(),
                target.iqn(),
                state(),
                views,
                addresses(),
                lastSeen(),
                lastRead,
                lastWrite,
                seen == null || connected() ? null : seen.reason(),
                chapUsers());
    }

    /** Its last login or try, or what it did since then. */
    @Nullable
    Instant lastSeen() {
        if (connected()) {
            return scene.now();
        }
        return seen == null ? null : later(seen.lastSeen(), later(lastRead, lastWrite));
    }

    private Path path(SessionView session) {
        Endpoint local = Endpoint.parse(session.portal());
        Portal portal = reach.at(local);
        HostNetwork network = networkOf(session);
        return new Path(
                session.id(),
                session.initiator(),
                session.isid(),
                session.address(),
                session.portal(),
                portal == null ? null : portal.name(),
                network == null ? null : network.text(),
                session.since());
    }

    /** The network that both ends of a session are on; null when they are on none. */
    @Nullable
    HostNetwork networkOf(SessionView session) {
        HostNetwork network = reach.networkOf(Endpoint.parse(session.portal()).address());
        boolean both = network != null
                && network.contains(Endpoint.parse(session.address()).address());
        return both ? network : null;
    }

    /** The network on which this host has the address that a session came in by; null when it does not say. */
    @Nullable
    HostNetwork networkOfPortal(SessionView session) {
        return reach.networkOf(Endpoint.parse(session.portal()).address());
    }

    private String state() {
        if (connected()) {
            return Node.CONNECTED;
        }
        if (seen == null) {
            return Node.NEVER_SEEN;
        }
        return seen.outcome().equals(InitiatorView.REFUSED) ? Node.REFUSED : Node.AWAY;
    }

    private List<String> addresses() {
        if (connected()) {
            return paths.values().stream()
                    .map(session -> Endpoint.parse(session.address()).host())
                    .distinct()
                    .sorted()
                    .toList();
        }
        return seen == null ? List.of() : List.of(seen.address());
    }

    private List<String> chapUsers() {
        ChapRule rule = node.iqns().stream()
                .map(iqn -> target.chapOf().get(iqn))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(target.chap());
        return rule.incoming().stream()
                .map(scene.inventory()::findCredential)
                .filter(Objects::nonNull)
                .map(CredentialRecord::user)
                .toList();
    }
}
