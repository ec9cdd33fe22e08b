package dev.kume.cli.daemon;

import java.net.InetAddress;

/** The address of an initiator, out of the text that sessions and the initiators seen have for people. */
final class PeerAddress {
    private PeerAddress() {}

    /** Of {@code 192.168.10.11:49211}, {@code [fd00::1]:49211}, or an address without a port; a zone is left out. */
    static InetAddress of(String text) {
        String host = withoutPort(text);
        int zone = host.indexOf('%');
        return InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone));
    }

    /** The address alone. */
    static String withoutPort(String text) {
        if (text.startsWith("[")) {
            return text.substring(1, text.indexOf(']'));
        }
        int colon = text.indexOf(':');
        boolean port = colon >= 0 && colon == text.lastIndexOf(':');
        return port ? text.substring(0, colon) : text;
    }
}
