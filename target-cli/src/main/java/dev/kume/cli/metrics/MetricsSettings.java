package dev.kume.cli.metrics;

import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where Prometheus finds the metrics: {@code metrics}.
 *
 * @param listen the address; null for nowhere
 */
public record MetricsSettings(@Nullable InetSocketAddress listen) {
    /** Beside those of iSCSI and of the management API. */
    public static final int PORT = 3262;

    public static final MetricsSettings OFF = new MetricsSettings(null);
    public static final MetricsSettings DEFAULTS =
            new MetricsSettings(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT));

    private static final String NONE = "none";

    /** Reads the block; what is left out gets its default. */
    public static MetricsSettings of(@Nullable YamlKeys keys, Function<String, InetSocketAddress> address)
            throws YamlException {
        if (keys == null) {
            return DEFAULTS;
        }
        MetricsSettings given = keys.optionalParsed(
                "listen", text -> text.equals(NONE) ? OFF : new MetricsSettings(address.apply(text)));
        keys.end();
        return given == null ? DEFAULTS : given;
    }

    /** As it is written in {@code kume.yaml}. */
    @Override
    public String toString() {
        return listen == null ? NONE : text(listen);
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
