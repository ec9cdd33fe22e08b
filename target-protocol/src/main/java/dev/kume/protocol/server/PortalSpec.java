package dev.kume.protocol.server;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A portal group as it should be.
 *
 * @param tag    target portal group tag, 1 to 65535
 * @param listen where to listen; port 0 takes a free one
 */
public record PortalSpec(String name, int tag, List<InetSocketAddress> listen) {
    public PortalSpec {
        listen = List.copyOf(listen);
    }
}
