package dev.kume.protocol.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which addresses of a portal group an initiator is told: only those it can reach. That is the one it came through, and
 * those on a network that it is itself on, or global ones when its own is global (IPv6) - never a wildcard, never
 * loopback to a stranger, never a link-local address but the one it came through.
 */
final class PortalAddresses {
    private PortalAddresses() {}

    /** An address of this host with the length of its network prefix. */
    record HostAddress(InetAddress address, int prefixBits) {}

    /**
     * The addresses to announce, the one the initiator came through first.
     *
     * @param listening the sockets of the portal group
     * @param host      the addresses of this host
     */
    static List<InetSocketAddress> reachable(
            List<InetSocketAddress> listening, InetSocketAddress local, InetAddress peer, List<HostAddress> host) {
        Set<InetSocketAddress> announced = new LinkedHashSet<>();
        announced.add(local);
        for (InetSocketAddress socket : listening) {
            for (HostAddress own : host) {
                if (listensOn(socket.getAddress(), own.address()) && reaches(own, peer)) {
                    announced.add(new InetSocketAddress(own.address(), socket.getPort()));
                }
            }
        }
        return List.copyOf(announced);
    }

    /** A wildcard takes one family only: see IPV6_V6ONLY in RFC 3493 5.3. */
    private static boolean listensOn(InetAddress socket, InetAddress own) {
        boolean sameFamily = socket instanceof Inet6Address == own instanceof Inet6Address;
        return sameFamily && (socket.isAnyLocalAddress() || socket.equals(own));
    }

    private static boolean reaches(HostAddress own, InetAddress peer) {
        return sameNetwork(own, peer) || (isGlobal(own.address()) && isGlobal(peer));
    }

    /** Global unicast of IPv6, RFC 4291 2.4 as IANA assigns it: 2000::/3. Routed everywhere, unlike fc00::/7. */
    private static boolean isGlobal(InetAddress address) {
        return address instanceof Inet6Address && (address.getAddress()[0] & 0xE0) == 0x20;
    }

    private static boolean sameNetwork(HostAddress own, InetAddress peer) {
        if (own.address().isLoopbackAddress() || peer.isLoopbackAddress()) {
            // A process on this host reaches every address, but came by the one it knows.
            return own.address().equals(peer);
        }
        if (own.address().isLinkLocalAddress()) {
            return false;
        }
        byte[] ours = own.address().getAddress();
        byte[] theirs = peer.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < own.prefixBits(); bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((ours[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** The addresses of this host now. */
    static List<HostAddress> ofThisHost() {
        List<HostAddress> found = new ArrayList<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                if (network.isUp()) {
                    for (InterfaceAddress address : network.getInterfaceAddresses()) {
                        found.add(new HostAddress(address.getAddress(), address.getNetworkPrefixLength()));
                    }
                }
            }
        } catch (SocketException unknown) {
            // Without a list of our addresses the one the initiator came through is still right.
            return List.of();
        }
        return found;
    }
}
