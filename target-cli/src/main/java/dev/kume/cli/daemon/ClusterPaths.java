package dev.kume.cli.daemon;

import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.login.Authentication;
import dev.kume.protocol.login.InitiatorCredentials;
import dev.kume.protocol.validation.ClusterValidator;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** By which ways the daemon reaches its own targets as a node of a cluster does: name, secret, and each portal. */
final class ClusterPaths {
    /** A node with more paths is tested on so many. */
    private static final int PATHS_MAX = 4;

    private final Inventory inventory;
    private final LoginProofs proofs;
    private final List<PortalGroup> portals;

    /** @param portals that are open */
    ClusterPaths(Inventory inventory, LoginProofs proofs, List<PortalGroup> portals) {
        this.inventory = inventory;
        this.proofs = proofs;
        this.portals = portals;
    }

    /** The ways of a node to these LUNs of its target. */
    List<ClusterValidator.Path> of(ClusterNode node, IntPredicate luns) {
        TargetRecord target = inventory.target(node.target());
        String iqn = node.iqns().getFirst();
        ChapRule rule = target.chapOf().getOrDefault(iqn, target.chap());
        InitiatorCredentials credentials = credentials(proofs.of(rule));
        return addresses(Set.copyOf(target.portals())).stream()
                .map(address -> new ClusterValidator.Path(iqn, credentials, target.iqn(), address, luns))
                .toList();
    }

    private static @Nullable InitiatorCredentials credentials(Authentication authentication) {
        return authentication instanceof Authentication.Chap chap
                ? InitiatorCredentials.of(chap.incoming().getFirst(), chap.outgoing())
                : null;
    }

    /** One address of each portal that shows a target; an address for all of the host is reached by way of loopback. */
    List<InetSocketAddress> addresses(Set<String> names) {
        return portals.stream()
                .filter(portal -> names.isEmpty() || names.contains(portal.name()))
                .map(portal -> reachable(portal.listen().getFirst()))
                .limit(PATHS_MAX)
                .toList();
    }

    private static InetSocketAddress reachable(InetSocketAddress listen) {
        InetAddress address = listen.getAddress();
        if (!address.isAnyLocalAddress()) {
            return listen;
        }
        return new InetSocketAddress(address instanceof Inet6Address ? "::1" : "127.0.0.1", listen.getPort());
    }
}
