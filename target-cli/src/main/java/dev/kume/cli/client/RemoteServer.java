package dev.kume.cli.client;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A daemon on the network, and by what it is known.
 *
 * @param host        name or address
 * @param port        of its management API
 * @param token       shown to it
 * @param authority   a PEM file with the certificates that it is believed by; null for those that Java trusts
 * @param fingerprint of its key, {@code sha256//BASE64}: then nothing else is looked at; null for none
 */
public record RemoteServer(
        String host,
        int port,
        String token,
        @Nullable Path authority,
        @Nullable String fingerprint) {
    private static final int USUAL_PORT = 3261;
    private static final Pattern URL =
            Pattern.compile("https://(\\[[0-9A-Fa-f:.]+(?:%[\\w.-]+)?]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?/?");

    /** Whether a server is named by a URL, right or wrong. */
    public static boolean isUrl(String server) {
        return server.matches("[A-Za-z][A-Za-z0-9+.-]+://.*");
    }

    /**
     * A server by its URL.
     *
     * @throws IllegalArgumentException with one line that quotes it
     */
    public static RemoteServer of(String url, String token, @Nullable Path authority, @Nullable String fingerprint) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    url.startsWith("http://")
                            ? "'%s' would send the token in clear; write https://HOST:PORT".formatted(url)
                            : "'%s' is no URL of a server; write https://HOST:PORT".formatted(url));
        }
        int port = matcher.group(2) == null ? USUAL_PORT : Integer.parseInt(matcher.group(2));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port of '%s' is not from 1 to 65535".formatted(url));
        }
        String host = matcher.group(1);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new RemoteServer(bare, port, token, authority, fingerprint);
    }

    /** {@code store1:3261}. */
    String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** The token is not for logs. */
    @Override
    public String toString() {
        return "RemoteServer[" + address() + "]";
    }
}
