package dev.kume.cli.daemon;

import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.nexus.AccessState;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code portals} of {@code kume.yaml}; knows what may not change while the daemon runs. */
final class PortalsSection {
    private static final int TAG_MAX = 65_535;

    /** For a daemon that starts: nothing runs yet. */
    static final PortalsSection AT_START = new PortalsSection(List.of(), Map.of());

    private final List<PortalSettings> running;
    private final Map<String, List<String>> tiedTargets;

    /**
     * @param running     the portals that are open
     * @param tiedTargets names of the targets that are tied to a portal, by its name
     */
    PortalsSection(List<PortalSettings> running, Map<String, List<String>> tiedTargets) {
        this.running = running;
        this.tiedTargets = tiedTargets;
    }

    List<PortalSettings> read(YamlKeys root, Alua alua, List<PortalSettings> otherwise) throws YamlException {
        List<PortalSettings> portals = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<Integer, String> tags = new HashMap<>();
        Map<InetSocketAddress, String> listening = new LinkedHashMap<>();
        for (YamlKeys keys : root.blocks("portals")) {
            String name = keys.text("name");
            if (name.isBlank() || !names.add(name.toLowerCase(Locale.ROOT))) {
                throw keys.complain("name", "the portal name '%s' is empty or there twice".formatted(name));
            }
            int tag = tag(keys, name, portals.size() + 1, tags);
            List<InetSocketAddress> listen = keys.parsedList("listen", ListenAddress::parse);
            AccessState access = access(keys, name, alua);
            keys.end();
            if (listen.isEmpty()) {
                throw keys.complain(
                        "portal '%s' has no listen address; add one such as 192.168.10.1:3260".formatted(name));
            }
            for (InetSocketAddress address : listen) {
                addressIsFree(keys, address, listening);
                listening.put(address, name);
            }
            portals.add(new PortalSettings(name, tag, listen, access));
        }
        if (alua == Alua.IMPLICIT && portals.size() > PortGroups.MAX) {
            throw root.complain(
                    "portals",
                    "there are %d portals; with alua: implicit hosts take no more than %d"
                            .formatted(portals.size(), PortGroups.MAX));
        }
        if (portals.isEmpty() && root.has("portals")) {
            throw root.complain("portals", "there is no portal; add one with a name and listen addresses");
        }
        List<PortalSettings> read = portals.isEmpty() ? otherwise : portals;
        tiedPortalsStay(root, read);
        return read;
    }

    private static AccessState access(YamlKeys keys, String name, Alua alua) throws YamlException {
        AccessState written = keys.optionalParsed("alua", PortalsSection::accessState);
        if (written != null && alua == Alua.NONE) {
            throw keys.complain(
                    "alua",
                    "portal '%s' has an access state, but hosts are told of none; write alua: implicit on top"
                            .formatted(name));
        }
        return written == null ? AccessState.OPTIMIZED : written;
    }

    private static AccessState accessState(String text) {
        return switch (text) {
            case "optimized" -> AccessState.OPTIMIZED;
            case "non-optimized" -> AccessState.NON_OPTIMIZED;
            default ->
                throw new IllegalArgumentException(
                        "the access state is '%s'; write optimized or non-optimized".formatted(text));
        };
    }

    private int tag(YamlKeys keys, String name, int place, Map<Integer, String> tags) throws YamlException {
        Long written = keys.optionalNumber("tag", 1, TAG_MAX);
        int tag = written == null ? place : Math.toIntExact(written);
        String other = tags.put(tag, name);
        if (other != null) {
            throw keys.complain(
                    "tag",
                    written == null
                            ? ("portal '%s' would have tag %d by its place, which is the tag of"
                                            + " portal '%s'; write tag: N")
                                    .formatted(name, tag, other)
                            : "%d is the tag of portal '%s' already; write another one".formatted(tag, other));
        }
        PortalSettings open = find(running, name);
        if (open != null && open.tag() != tag) {
            // Initiators would come back as other I_T nexuses, RFC 7143 3.4.1, and lose their reservations.
            throw keys.complain(
                    "tag",
                    "portal '%s' is open with tag %d, by which initiators know it, and would have %d; write tag: %d"
                            .formatted(name, open.tag(), tag, open.tag()));
        }
        return tag;
    }

    private static void addressIsFree(YamlKeys keys, InetSocketAddress address, Map<InetSocketAddress, String> taken)
            throws YamlException {
        for (var other : taken.entrySet()) {
            if (!overlap(address, other.getKey())) {
                continue;
            }
            throw keys.complain(
                    "listen",
                    address.equals(other.getKey())
                            ? "%s is an address of portal '%s' already; remove it once"
                                    .formatted(ListenAddress.format(address), other.getValue())
                            : "%s and %s of portal '%s' take the same connections; remove one of them"
                                    .formatted(
                                            ListenAddress.format(address),
                                            ListenAddress.format(other.getKey()),
                                            other.getValue()));
        }
    }

    private static boolean overlap(InetSocketAddress a, InetSocketAddress b) {
        boolean ipv6 = a.getAddress() instanceof Inet6Address;
        if (a.getPort() != b.getPort() || ipv6 != b.getAddress() instanceof Inet6Address) {
            return false;
        }
        boolean wildcard = a.getAddress().isAnyLocalAddress() || b.getAddress().isAnyLocalAddress();
        return wildcard || ListenAddress.format(a).equals(ListenAddress.format(b));
    }

    private void tiedPortalsStay(YamlKeys root, List<PortalSettings> read) throws YamlException {
        for (PortalSettings portal : running) {
            List<String> targets = tiedTargets.getOrDefault(portal.name(), List.of());
            if (!targets.isEmpty() && find(read, portal.name()) == null) {
                throw root.complain(
                        "portals",
                        "portal '%s' is missing, and targets are tied to it: %s; tie them to another portal first"
                                .formatted(portal.name(), String.join(", ", targets)));
            }
        }
    }

    private static @Nullable PortalSettings find(List<PortalSettings> among, String name) {
        return among.stream()
                .filter(portal -> portal.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
