package dev.kume.cli.daemon;

import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.protocol.isns.IsnsOptions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The block {@code isns} of {@code kume.yaml}: where targets and portals are registered.
 *
 * @param servers       iSNS servers; empty: nothing is registered
 * @param entity        the Entity Identifier; null for the name of this host
 * @param periodSeconds the registration period to ask for
 */
public record IsnsSettings(
        List<InetSocketAddress> servers, @Nullable String entity, int periodSeconds) {
    /** The port that IANA gave to iSNS. */
    static final int PORT = 3205;

    private static final int PERIOD_SECONDS = 600;
    private static final int PERIOD_SECONDS_MIN = 30;
    private static final int PERIOD_SECONDS_MAX = 86_400;
    private static final int SERVERS_MAX = 8;

    /** No server. */
    static final IsnsSettings OFF = new IsnsSettings(List.of(), null, PERIOD_SECONDS);

    public IsnsSettings {
        servers = List.copyOf(servers);
    }

    /** The settings of a block; {@link #OFF} when there is none. */
    static IsnsSettings of(@Nullable YamlKeys keys) throws YamlException {
        if (keys == null) {
            return OFF;
        }
        List<InetSocketAddress> servers = keys.parsedList("servers", IsnsSettings::server);
        Set<InetSocketAddress> different = new HashSet<>();
        for (InetSocketAddress server : servers) {
            if (!different.add(server)) {
                throw keys.complain("servers", "%s is there twice".formatted(ListenAddress.format(server)));
            }
        }
        if (servers.size() > SERVERS_MAX) {
            throw keys.complain("servers", "more than %d iSNS servers; leave some out".formatted(SERVERS_MAX));
        }
        String entity = keys.optionalParsed("entity", IsnsSettings::entity);
        Long period = keys.optionalNumber("periodSeconds", PERIOD_SECONDS_MIN, PERIOD_SECONDS_MAX);
        keys.end();
        long periodSeconds = Objects.requireNonNullElse(period, (long) PERIOD_SECONDS);
        return new IsnsSettings(servers, entity, Math.toIntExact(periodSeconds));
    }

    @Override
    public String toString() {
        String at = servers.stream().map(ListenAddress::format).collect(Collectors.joining(", "));
        String as = entity == null ? "the name of this host" : entity;
        return servers.isEmpty() ? "off" : "%s as %s for %d s".formatted(at, as, periodSeconds);
    }

    private static InetSocketAddress server(String text) {
        InetSocketAddress server = ListenAddress.parse(text, PORT);
        if (server.getAddress().isAnyLocalAddress() || server.getAddress().isMulticastAddress()) {
            throw new IllegalArgumentException(
                    "'%s' is the address of no server; write one such as 192.168.10.5:3205".formatted(text));
        }
        return server;
    }

    private static String entity(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (text.isBlank()
                || bytes > IsnsOptions.ENTITY_BYTES_MAX
                || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("'%s' is no entity name; write 1 to %d bytes of text, such as store1"
                    .formatted(text, IsnsOptions.ENTITY_BYTES_MAX));
        }
        return text;
    }
}
