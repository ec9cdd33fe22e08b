package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Portal;
import dev.kume.cli.api.StatusView;
import dev.kume.core.inventory.TargetRecord;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where this host can be reached: its portals, each address by itself, with the network that it is on. */
final class Reach {
    private record Place(Portal portal, InetAddress address) {}

    private final List<HostNetwork> networks;
    private final List<Place> places = new ArrayList<>();

    Reach(List<StatusView.Portal> portals, List<HostNetwork> networks) {
        this.networks = networks;
        for (StatusView.Portal portal : portals) {
            if (!portal.state().equals(StatusView.Portal.LISTENING)) {
                continue;
            }
            Endpoint listening = Endpoint.parse(portal.address());
            if (!listening.address().isAnyLocalAddress()) {
                add(portal.name(), listening.address(), listening.port());
                continue;
            }
            int family = listening.address().getAddress().length;
            networks.stream()
                    .filter(HostNetwork::isShared)
                    .map(HostNetwork::address)
                    .filter(address -> address.getAddress().length == family)
                    .forEach(address -> add(portal.name(), address, listening.port()));
        }
    }

    private void add(String name, InetAddress address, int port) {
        HostNetwork network = networkOf(address);
        places.add(new Place(
                new Portal(name, address.getHostAddress(), port, network == null ? null : network.text()), address));
    }

    /** Every address, in the order of the portals. */
    List<Portal> portals() {
        return places.stream().map(Place::portal).toList();
    }

    /** Those through which a target is seen. */
    List<Portal> portalsOf(TargetRecord target) {
        return portals().stream()
                .filter(portal -> target.portals().isEmpty() || target.portals().contains(portal.name()))
                .toList();
    }

    /** The portal that somebody came in by, by the address and port of this host; null when it is gone. */
    @Nullable
    Portal at(Endpoint local) {
        return places.stream()
                .filter(place -> place.address().equals(local.address())
                        && place.portal().port() == local.port())
                .map(Place::portal)
                .findFirst()
                .orElse(null);
    }

    /** The network on which this is an address of this host, or null. */
    @Nullable
    HostNetwork networkOf(InetAddress own) {
        return networks.stream()
                .filter(network -> network.address().equals(own))
                .findFirst()
                .orElse(null);
    }
}
