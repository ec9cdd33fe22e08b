package dev.kume.cli.ownership;

import java.net.InetAddress;

/**
 * One end of a connection.
 *
 * @param address without a zone
 * @param port    TCP
 */
record Endpoint(InetAddress address, int port) {
    /** Of {@code 192.168.10.11:49211} or {@code [fd00::1]:49211}, as sessions and portals have it. */
    static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        int zone = host.indexOf('%');
        return new Endpoint(
                InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone)),
                Integer.parseInt(text.substring(colon + 1)));
    }

    String host() {
        return address.getHostAddress();
    }
}
