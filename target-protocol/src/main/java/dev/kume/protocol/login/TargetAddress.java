package dev.kume.protocol.login;

import java.net.Inet6Address;
import java.net.InetAddress;

/** A portal and its group: the value of the key TargetAddress (RFC 7143 section 13.8). */
public record TargetAddress(InetAddress address, int port, int portalGroupTag) {
    /** {@code 192.168.10.1:3260,1}; an IPv6 address stands in brackets and without a zone, which is the host's own. */
    @Override
    public String toString() {
        String host = address.getHostAddress();
        if (address instanceof Inet6Address) {
            int zone = host.indexOf('%');
            host = "[" + (zone < 0 ? host : host.substring(0, zone)) + "]";
        }
        return "%s:%d,%d".formatted(host, port, portalGroupTag);
    }
}
