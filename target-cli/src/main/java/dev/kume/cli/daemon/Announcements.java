package dev.kume.cli.daemon;

import dev.kume.cli.api.StatusView;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.isns.IsnsRegistration;
import dev.kume.protocol.isns.IsnsServerState;
import dev.kume.protocol.isns.IsnsSnapshot;
import dev.kume.protocol.isns.IsnsSnapshot.Portal;
import dev.kume.protocol.isns.IsnsSnapshot.Target;
import dev.kume.protocol.server.TargetSpec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What initiators may learn of portals and targets from iSNS servers, kept current from any thread. */
final class Announcements {
    private List<Portal> portals = List.of();
    private List<Target> targets = List.of();
    private @Nullable IsnsRegistration registration;

    /** From now on everything is told to these servers. */
    synchronized void to(IsnsRegistration servers) {
        registration = servers;
        publish();
    }

    /** These portal groups listen. */
    synchronized void portals(Collection<PortalGroup> groups) {
        List<Portal> now = new ArrayList<>();
        for (PortalGroup group : groups) {
            for (InetSocketAddress address : group.listen()) {
                now.add(new Portal(group.name(), group.tag(), address));
            }
        }
        portals = now;
        publish();
    }

    /**
     * These targets are served. One that is disabled is not announced: it would refuse whoever came.
     *
     * @param records the same targets as they are provisioned
     */
    synchronized void targets(Collection<TargetSpec> specs, Collection<TargetRecord> records) {
        Map<String, String> names = new HashMap<>();
        records.forEach(record -> names.put(record.iqn(), record.name()));
        targets = specs.stream()
                .filter(spec -> spec.definition().enabled())
                .map(spec -> new Target(
                        spec.name(), alias(spec, names), spec.definition().portals()))
                .toList();
        publish();
    }

    private static String alias(TargetSpec spec, Map<String, String> names) {
        String description = spec.definition().description();
        return description.isBlank() ? Objects.requireNonNullElse(names.get(spec.name()), spec.name()) : description;
    }

    private void publish() {
        if (registration != null) {
            registration.publish(new IsnsSnapshot(portals, targets));
        }
    }

    /** Takes everything back, for initiators are to stay away; what comes later is told to nobody. */
    synchronized void withdraw() {
        if (registration != null) {
            var _ = registration.stop();
        }
    }

    /** How things stand with each server. */
    synchronized List<StatusView.IsnsServer> views() {
        return registration == null
                ? List.of()
                : registration.states().stream().map(Announcements::view).toList();
    }

    private static StatusView.IsnsServer view(IsnsServerState state) {
        return new StatusView.IsnsServer(
                ListenAddress.format(state.server()),
                state.status().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                state.since(),
                state.detail(),
                state.portals(),
                state.targets(),
                state.periodSeconds());
    }
}
