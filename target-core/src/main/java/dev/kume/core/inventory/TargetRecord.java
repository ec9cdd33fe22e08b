package dev.kume.core.inventory;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;

/**
 * One target: a name, an access list and, through the mappings, disks under LUNs.
 *
 * @param name           unique without case
 * @param iqn            its iSCSI name, normalised, unique; never changes
 * @param relativePortId RELATIVE TARGET PORT IDENTIFIER (SPC-4 3.1): unique, from 1, never used again
 * @param description    free text, maybe empty
 * @param enabled        false when new logins are refused
 * @param initiators     who may log in: texts of {@link InitiatorIdentifier}, sorted
 * @param created        when it was created
 */
public record TargetRecord(
        String name,
        String iqn,
        int relativePortId,
        String description,
        boolean enabled,
        List<String> initiators,
        Instant created) {
    public TargetRecord {
        Names.checked("target", name);
        Names.checkedDescription(description);
        initiators = List.copyOf(initiators);
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
        return new TargetRecord(newName, iqn, relativePortId, description, enabled, initiators, created);
    }

    TargetRecord withDescription(String newDescription) {
        return new TargetRecord(name, iqn, relativePortId, newDescription, enabled, initiators, created);
    }

    TargetRecord withEnabled(boolean newEnabled) {
        return new TargetRecord(name, iqn, relativePortId, description, newEnabled, initiators, created);
    }

    TargetRecord withInitiators(List<String> newInitiators) {
        return new TargetRecord(
                name,
                iqn,
                relativePortId,
                description,
                enabled,
                newInitiators.stream().sorted().toList(),
                created);
    }
}
