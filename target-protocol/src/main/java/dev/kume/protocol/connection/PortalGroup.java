package dev.kume.protocol.connection;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The sockets that one portal group listens on.
 *
 * @param name   for people
 * @param tag    target portal group tag, 1 to 65535
 * @param listen as bound, with the real port
 */
public record PortalGroup(String name, int tag, List<InetSocketAddress> listen) {
    public PortalGroup {
        listen = List.copyOf(listen);
    }
}
