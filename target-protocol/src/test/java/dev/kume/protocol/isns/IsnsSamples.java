package dev.kume.protocol.isns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Things to register. */
final class IsnsSamples {
    static final IsnsOptions OPTIONS = new IsnsOptions("store1", 600, 5, 1 << 20);
    static final List<InetAddress> HOST =
            List.of(InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("fd00::1"), InetAddress.ofLiteral("::1"));

    private IsnsSamples() {}

    static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 3260);
    }

    static IsnsSnapshot.Portal portal(String group, int tag, String address) {
        return new IsnsSnapshot.Portal(group, tag, at(address));
    }

    /** One portal group "lan" at 10.0.0.1, and these targets: {@code iqn.one}. */
    static IsnsSnapshot targets(String... names) {
        return new IsnsSnapshot(List.of(portal("lan", 1, "10.0.0.1")), nodes(names));
    }

    static List<IsnsSnapshot.Target> nodes(String... names) {
        return Arrays.stream(names)
                .map(name -> new IsnsSnapshot.Target("iqn." + name, name, Set.of()))
                .toList();
    }

    static IsnsObjects objects(IsnsSnapshot snapshot) {
        return IsnsObjects.of(snapshot, HOST, false);
    }
}
