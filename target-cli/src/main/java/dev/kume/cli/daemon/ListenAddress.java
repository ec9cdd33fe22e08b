package dev.kume.cli.daemon;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A listening address as administrators write it: {@code 192.168.10.1:3260}, {@code [fd00::1]:3260}. */
final class ListenAddress {
    /** The port that IANA gave to iSCSI. */
    static final int PORT = 3260;

    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([^]]+)]|([^:\\[\\]]+))(?::([0-9]{1,5}))?");
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private ListenAddress() {}

    /**
     * Names are not looked up: a start at boot must not depend on a name server.
     *
     * @throws IllegalArgumentException with one line that quotes the text
     */
    static InetSocketAddress parse(String text) {
        return parse(text, PORT);
    }

    /** As {@link #parse(String)}, for another service than iSCSI, with the port that it has when none is given. */
    static InetSocketAddress parse(String text, int usualPort) {
        String examples = "write one such as 192.168.10.1:%1$d or [fd00::1]:%1$d".formatted(usualPort);
        Matcher matcher = ADDRESS.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'%s' is not an address and port; %s".formatted(text, examples));
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        boolean bracketed = matcher.group(1) != null;
        if (!bracketed && !IPV4.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not an IP address (names are not looked up); %s".formatted(text, examples));
        }
        int port = matcher.group(3) == null ? usualPort : Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port of '%s' is not from 1 to 65535".formatted(text));
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'%s' is not an IP address; %s".formatted(text, examples), e);
        }
    }

    /** The address as it is written: brackets around IPv6. */
    static String format(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
