package dev.kume.protocol.isns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which addresses a server is told: those that somebody else can reach, with wildcards spelt out. */
final class IsnsPortals {
    private IsnsPortals() {}

    /**
     * The portals to register.
     *
     * @param host     the addresses of this host
     * @param loopback true for a server on loopback, to whose clients loopback is no secret
     */
    static List<IsnsSnapshot.Portal> reachable(
            List<IsnsSnapshot.Portal> listening, List<InetAddress> host, boolean loopback) {
        Map<InetSocketAddress, IsnsSnapshot.Portal> found = new LinkedHashMap<>();
        for (IsnsSnapshot.Portal portal : listening) {
            InetAddress address = portal.listening().getAddress();
            if (!address.isAnyLocalAddress() && makesSense(address, loopback)) {
                found.put(portal.listening(), portal);
            }
        }
        for (IsnsSnapshot.Portal portal : listening) {
            if (portal.listening().getAddress().isAnyLocalAddress()) {
                for (InetAddress own : host) {
                    if (makesSense(own, loopback) && takes(portal.listening().getAddress(), own)) {
                        InetSocketAddress meant =
                                new InetSocketAddress(own, portal.listening().getPort());
                        found.putIfAbsent(meant, new IsnsSnapshot.Portal(portal.group(), portal.tag(), meant));
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean makesSense(InetAddress address, boolean loopback) {
        // A link-local address means something only together with a network card.
        return !address.isLinkLocalAddress()
                && !address.isMulticastAddress()
                && (loopback || !address.isLoopbackAddress());
    }

    /** A listening socket is of one address family only. */
    private static boolean takes(InetAddress wildcard, InetAddress own) {
        return (wildcard instanceof Inet4Address) == (own instanceof Inet4Address);
    }
}
