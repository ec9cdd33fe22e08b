package dev.kume.cli.daemon;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** The addresses of this host, for portals that listen on all of them. */
final class HostAddresses {
    private HostAddresses() {}

    /** Those of the network cards that are up, now; none when the system does not say. */
    static List<InetAddress> now() {
        List<InetAddress> found = new ArrayList<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                if (network.isUp()) {
                    network.inetAddresses().forEach(found::add);
                }
            }
        } catch (SocketException unknown) {
            // Whoever asks does so again.
            return List.of();
        }
        return found;
    }
}
