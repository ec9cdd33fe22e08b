package dev.kume.core.inventory;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One target: a name, an access list and, through the mappings, disks under LUNs.
 *
 * @param name           unique without case
 * @param iqn            its iSCSI name, normalised, unique; never changes
 * @param relativePortId RELATIVE TARGET PORT IDENTIFIER (SPC-4 3.1): unique, from 1, never used again
 * @param description    free text, maybe empty
 * @param enabled        false when new logins are refused
 * @param initiators     who may log in: texts of {@link InitiatorIdentifier}, sorted
 * @param chap           how an initiator proves itself that has no way of its own
 * @param chapOf         the ways of single initiators, by entries of {@code initiators} that are iSCSI names
 * @param portals        names of the portals of {@code kume.yaml} through which it is seen, sorted; none: all
 * @param redirect       {@code address:port} to which logins are sent; null: it is served here
 * @param created        when it was created
 */
public record TargetRecord(
        String name,
        String iqn,
        int relativePortId,
        String description,
        boolean enabled,
        List<String> initiators,
        ChapRule chap,
        SortedMap<String, ChapRule> chapOf,
        List<String> portals,
        @Nullable String redirect,
        Instant created) {
    public TargetRecord {
        Names.checked("target", name);
        Names.checkedDescription(description);
        initiators = List.copyOf(initiators);
        chapOf = Collections.unmodifiableSortedMap(new TreeMap<>(chapOf));
        portals = portals.stream().distinct().sorted().toList();
    }

    /** A new target that nobody may use yet. */
    static TargetRecord fresh(String name, String iqn, int relativePortId, String description, Instant created) {
        return new TargetRecord(
                name,
                iqn,
                relativePortId,
                description,
                true,
                List.of(),
                ChapRule.NONE,
                new TreeMap<>(),
                List.of(),
                null,
                created);
    }

    /** The access list, understood. */
    public List<InitiatorIdentifier> identifiers() {
        return initiators.stream().map(InitiatorIdentifier::parse).toList();
    }

    /**
     * True when an entry is about this initiator for sure; what DNS says is not asked.
     *
     * @param initiator normalised
     * @param address   where it connects from
     */
    public boolean allows(String initiator, InetAddress address) {
        return identifiers().stream().anyMatch(entry -> entry.isAbout(initiator, address));
    }

    TargetRecord renamed(String newName) {
        return with(newName, description, enabled, initiators, chap, chapOf, portals, redirect);
    }

    TargetRecord withDescription(String newDescription) {
        return with(name, newDescription, enabled, initiators, chap, chapOf, portals, redirect);
    }

    TargetRecord withEnabled(boolean newEnabled) {
        return with(name, description, newEnabled, initiators, chap, chapOf, portals, redirect);
    }

    /** With another access list; the ways of those who are no longer on it are forgotten. */
    TargetRecord withInitiators(Collection<String> newInitiators) {
        SortedMap<String, ChapRule> left = new TreeMap<>(chapOf);
        left.keySet().retainAll(newInitiators);
        List<String> sorted = newInitiators.stream().sorted().toList();
        return with(name, description, enabled, sorted, chap, left, portals, redirect);
    }

    TargetRecord withChap(ChapRule newChap) {
        return with(name, description, enabled, initiators, newChap, chapOf, portals, redirect);
    }

    TargetRecord withChapOf(Map<String, ChapRule> newChapOf) {
        return with(name, description, enabled, initiators, chap, new TreeMap<>(newChapOf), portals, redirect);
    }

    TargetRecord withPortals(List<String> newPortals) {
        return with(name, description, enabled, initiators, chap, chapOf, newPortals, redirect);
    }

    TargetRecord withRedirect(@Nullable String newRedirect) {
        return with(name, description, enabled, initiators, chap, chapOf, portals, newRedirect);
    }

    private TargetRecord with(
            String newName,
            String newDescription,
            boolean newEnabled,
            List<String> newInitiators,
            ChapRule newChap,
            SortedMap<String, ChapRule> newChapOf,
            List<String> newPortals,
            @Nullable String newRedirect) {
        return new TargetRecord(
                newName,
                iqn,
                relativePortId,
                newDescription,
                newEnabled,
                newInitiators,
                newChap,
                newChapOf,
                newPortals,
                newRedirect,
                created);
    }
}
