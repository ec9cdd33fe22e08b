package dev.kume.cli.remote;

import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the management API is served on the network: {@code admin.remote}.
 *
 * @param listen      the address
 * @param certificate a PEM file with the server's certificate and those that sign it; null: the daemon makes its own
 * @param key         a PEM file with its private key, PKCS#8; given with the certificate
 */
public record RemoteSettings(
        InetSocketAddress listen,
        @Nullable Path certificate,
        @Nullable Path key) {
    /** Beside that of iSCSI. */
    public static final int PORT = 3261;

    /** Reads the block; null when it is left out. */
    public static @Nullable RemoteSettings read(
            @Nullable YamlKeys keys, Function<String, InetSocketAddress> address, Function<String, Path> path)
            throws YamlException {
        if (keys == null) {
            return null;
        }
        InetSocketAddress listen = keys.parsed("listen", address);
        Path certificate = keys.optionalParsed("certificate", path);
        Path key = keys.optionalParsed("key", path);
        if ((certificate == null) != (key == null)) {
            throw keys.complain(
                    certificate == null ? "key" : "certificate",
                    "%s goes together with %s; give both, or neither for one that the daemon makes"
                            .formatted(
                                    certificate == null ? "key" : "certificate",
                                    certificate == null ? "certificate" : "key"));
        }
        keys.end();
        return new RemoteSettings(listen, certificate, key);
    }

    /** As it is written in {@code kume.yaml}. */
    @Override
    public String toString() {
        String host = listen.getAddress().getHostAddress();
        String address = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + listen.getPort();
        return certificate == null ? address : "%s with %s and %s".formatted(address, certificate, key);
    }
}
