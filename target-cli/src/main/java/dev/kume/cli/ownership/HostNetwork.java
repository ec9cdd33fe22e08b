package dev.kume.cli.ownership;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that this host is on.
 *
 * @param address    this host's own on it
 * @param prefixBits how many bits of it name the network
 */
public record HostNetwork(InetAddress address, int prefixBits) {
    /** Those of the network cards that are up, now; none when the system does not say. */
    public static List<HostNetwork> ofThisHost() {
        List<HostNetwork> found = new ArrayList<>();
        try {
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                if (card.isUp()) {
                    for (InterfaceAddress address : card.getInterfaceAddresses()) {
                        found.add(new HostNetwork(withoutZone(address.getAddress()), address.getNetworkPrefixLength()));
                    }
                }
            }
        } catch (SocketException unknown) {
            return List.of();
        }
        return found;
    }

    private static InetAddress withoutZone(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // It came as an address.
        }
    }

    /** True when this address is on it. */
    boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            if (((ours[bit >> 3] ^ theirs[bit >> 3]) & (0x80 >> (bit & 7))) != 0) {
                return false;
            }
        }
        return true;
    }

    /** True when hosts other than this one can be on it, and say so by its addresses alone. */
    boolean isShared() {
        return !address.isLoopbackAddress() && !address.isLinkLocalAddress();
    }

    /** {@code 192.168.10.0/24}. */
    String text() {
        byte[] first = address.getAddress();
        for (int bit = prefixBits; bit < first.length * 8; bit++) {
            first[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        return ofBytes(first).getHostAddress() + "/" + prefixBits;
    }
}
