package dev.kume.protocol.connection;

import dev.kume.core.inventory.InitiatorIdentifier;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who may log in to one target: an initiator that one entry is about. Nobody when it is empty. Immutable. */
public final class AccessList {
    public static final AccessList NOBODY = of(List.of());

    private final Set<String> names = new HashSet<>();
    private final List<InitiatorIdentifier.Network> networks;
    private final Set<String> hostNames = new HashSet<>();

    private AccessList(Collection<? extends InitiatorIdentifier> entries) {
        List<InitiatorIdentifier.Network> found = new java.util.ArrayList<>();
        for (InitiatorIdentifier entry : entries) {
            switch (entry) {
                case InitiatorIdentifier.Name name -> names.add(name.iscsiName());
                case InitiatorIdentifier.Network network -> found.add(network);
                case InitiatorIdentifier.HostName host -> hostNames.add(host.name());
            }
        }
        networks = List.copyOf(found);
    }

    public static AccessList of(Collection<? extends InitiatorIdentifier> entries) {
        return new AccessList(entries);
    }

    /** The initiators of these normalised iSCSI names. */
    public static AccessList ofNames(Collection<String> iscsiNames) {
        return of(iscsiNames.stream().map(InitiatorIdentifier.Name::new).toList());
    }

    /**
     * @param initiatorName normalised
     * @param address       where its connection comes from
     * @param resolved      the addresses of DNS names, as far as they are known now
     */
    public boolean allows(String initiatorName, InetAddress address, Map<String, Set<InetAddress>> resolved) {
        return names.contains(initiatorName)
                || networks.stream().anyMatch(network -> network.contains(address))
                || hostNames.stream()
                        .anyMatch(name -> resolved.getOrDefault(name, Set.of()).contains(address));
    }

    /** True when an entry has this normalised name: it may log in from wherever it comes. */
    public boolean lists(String initiatorName) {
        return names.contains(initiatorName);
    }

    /** True when the addresses of DNS names matter. */
    boolean hasHostNames() {
        return !hostNames.isEmpty();
    }

    /** The DNS names whose addresses {@link #allows} needs. */
    public Set<String> hostNames() {
        return Set.copyOf(hostNames);
    }
}
