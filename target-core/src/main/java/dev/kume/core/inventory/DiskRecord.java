package dev.kume.core.inventory;

import java.time.Instant;

/**
 * One provisioned disk.
 *
 * @param name         unique without case
 * @param file         absolute, normalised path; no other disk has it
 * @param format       {@code vhd} or {@code raw}
 * @param type         {@code fixed}
 * @param sizeBytes    the size an initiator sees
 * @param sparse       true when space is taken as it is written
 * @param sharing      who may map it
 * @param sectorFormat its blocks
 * @param description  free text, maybe empty
 * @param identity     who it is on the wire
 * @param created      when it was created or imported
 */
public record DiskRecord(
        String name,
        String file,
        String format,
        String type,
        long sizeBytes,
        boolean sparse,
        Sharing sharing,
        SectorFormat sectorFormat,
        String description,
        DiskIdentity identity,
        Instant created) {
    public DiskRecord {
        Names.checked("disk", name);
        Names.checkedDescription(description);
        if (sizeBytes <= 0 || sizeBytes % sectorFormat.logicalBytes() != 0) {
            throw InventoryException.invalid(
                    "the size of disk '%s', %d bytes, is not a whole number of %d-byte blocks"
                            .formatted(name, sizeBytes, sectorFormat.logicalBytes()),
                    "use a multiple of " + sectorFormat.logicalBytes());
        }
    }

    DiskRecord renamed(String newName) {
        return with(newName, sharing, description);
    }

    DiskRecord withSharing(Sharing newSharing) {
        return with(name, newSharing, description);
    }

    DiskRecord withDescription(String newDescription) {
        return with(name, sharing, newDescription);
    }

    private DiskRecord with(String newName, Sharing newSharing, String newDescription) {
        return new DiskRecord(
                newName,
                file,
                format,
                type,
                sizeBytes,
                sparse,
                newSharing,
                sectorFormat,
                newDescription,
                identity,
                created);
    }
}
