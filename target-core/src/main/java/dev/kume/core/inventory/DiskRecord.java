package dev.kume.core.inventory;

import java.time.Instant;

/**
 * One provisioned disk.
 *
 * @param name         unique without case
 * @param file         absolute, normalised path; no other disk has it
 * @param format       {@code vhd}, {@code vhdx} or {@code raw}
 * @param type         {@code fixed}, {@code dynamic} or {@code differencing}: of the disk's own file
 * @param sizeBytes    the size an initiator sees
 * @param sparse       true when space is taken as it is written
 * @param sharing      who may map it
 * @param sectorFormat its blocks
 * @param profile      what it tells initiators that it is
 * @param description  free text, maybe empty
 * @param identity     who it is on the wire
 * @param created      when it was created or imported
 * @param layers       what lies below its file, and what of that has a name
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
        DiskProfile profile,
        String description,
        DiskIdentity identity,
        Instant created,
        DiskLayers layers) {
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

    /** A disk of which nothing special is told. */
    public DiskRecord(
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
        this(
                name,
                file,
                format,
                type,
                sizeBytes,
                sparse,
                sharing,
                sectorFormat,
                DiskProfile.DEFAULT,
                description,
                identity,
                created,
                DiskLayers.NONE);
    }

    /** The same disk with another file, or with other snapshots. */
    public DiskRecord withFile(
            String newFile, String newFormat, String newType, boolean newSparse, DiskLayers newLayers) {
        return new DiskRecord(
                name,
                newFile,
                newFormat,
                newType,
                sizeBytes,
                newSparse,
                sharing,
                sectorFormat,
                profile,
                description,
                identity,
                created,
                newLayers);
    }

    DiskRecord renamed(String newName) {
        return with(newName, sizeBytes, sharing, profile, description);
    }

    DiskRecord withSizeBytes(long newSizeBytes) {
        return with(name, newSizeBytes, sharing, profile, description);
    }

    DiskRecord withSharing(Sharing newSharing) {
        return with(name, sizeBytes, newSharing, profile, description);
    }

    DiskRecord withProfile(DiskProfile newProfile) {
        return with(name, sizeBytes, sharing, newProfile, description);
    }

    DiskRecord withDescription(String newDescription) {
        return with(name, sizeBytes, sharing, profile, newDescription);
    }

    private DiskRecord with(
            String newName, long newSizeBytes, Sharing newSharing, DiskProfile newProfile, String newDescription) {
        return new DiskRecord(
                newName,
                file,
                format,
                type,
                newSizeBytes,
                sparse,
                newSharing,
                sectorFormat,
                newProfile,
                newDescription,
                identity,
                created,
                layers);
    }
}
