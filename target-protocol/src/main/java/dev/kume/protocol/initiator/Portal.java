package dev.kume.protocol.initiator;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a target can be reached, from the key TargetAddress (RFC 7143 section 13.8). */
final class Portal {
    private static final int DEFAULT_PORT = 3260;
    private static final Pattern ADDRESS =
            Pattern.compile("(?<host>\\[[0-9a-fA-F:.%]+]|[^\\[\\]:,]+)(:(?<port>\\d{1,5}))?(,(?<tag>\\d{1,5}))?");

    private Portal() {}

    /**
     * The address in {@code host[:port][,tag]}; a name is not looked up.
     *
     * @throws InitiatorException when it is none
     */
    static InetSocketAddress of(String targetAddress) {
        Matcher parts = ADDRESS.matcher(targetAddress);
        if (!parts.matches()) {
            throw InitiatorException.violation("TargetAddress=%s is no address".formatted(targetAddress));
        }
        String host = parts.group("host").replaceAll("[\\[\\]]", "");
        String portText = parts.group("port");
        int port = portText == null ? DEFAULT_PORT : Integer.parseInt(portText);
        if (port == 0 || port > 65_535) {
            throw InitiatorException.violation("TargetAddress=%s has no port".formatted(targetAddress));
        }
        var literal = NetUtil.createInetAddressFromIpAddressString(host);
        return literal == null ? InetSocketAddress.createUnresolved(host, port) : new InetSocketAddress(literal, port);
    }

    /** {@code 10.0.0.1:3260}. */
    static String show(SocketAddress portal) {
        String text = portal.toString();
        return text.substring(text.indexOf('/') + 1);
    }
}
