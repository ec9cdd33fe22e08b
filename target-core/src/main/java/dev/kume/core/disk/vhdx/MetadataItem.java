package dev.kume.core.disk.vhdx;

import java.util.UUID;

/**
 * One entry of the metadata table ([MS-VHDX] 2.6.1.2).
 *
 * @param id          what it is
 * @param offsetBytes from the beginning of the metadata region, 0 for an empty one
 * @param lengthBytes at most 1 MB
 * @param user        true for metadata of users
 * @param virtualDisk true for what belongs to the disk and not to the file
 * @param required    true when nobody may open the file who does not know it
 */
record MetadataItem(UUID id, long offsetBytes, long lengthBytes, boolean user, boolean virtualDisk, boolean required) {
    static final UUID FILE_PARAMETERS = UUID.fromString("caa16737-fa36-4d43-b3b6-33f0aa44e76b");
    static final UUID VIRTUAL_DISK_SIZE = UUID.fromString("2fa54224-cd1b-4876-b211-5dbed83bf4b8");
    static final UUID VIRTUAL_DISK_ID = UUID.fromString("beca12ab-b2e6-4523-93ef-c309e000c746");
    static final UUID LOGICAL_SECTOR_SIZE = UUID.fromString("8141bf1d-a96f-4709-ba47-f233a8faab5f");
    static final UUID PHYSICAL_SECTOR_SIZE = UUID.fromString("cda348c7-445d-4471-9cc9-e9885251c556");
    static final UUID PARENT_LOCATOR = UUID.fromString("a8d35f2d-b30b-454d-abf7-d3d84834ab0c");

    boolean isKnown() {
        return !user && !name(id).isEmpty();
    }

    /** As messages have it. */
    String words() {
        String name = name(id);
        return "the metadata item " + (name.isEmpty() || user ? id.toString() : name);
    }

    static String name(UUID id) {
        if (id.equals(FILE_PARAMETERS)) {
            return "File Parameters";
        }
        if (id.equals(VIRTUAL_DISK_SIZE)) {
            return "Virtual Disk Size";
        }
        if (id.equals(VIRTUAL_DISK_ID)) {
            return "Virtual Disk ID";
        }
        if (id.equals(LOGICAL_SECTOR_SIZE)) {
            return "Logical Sector Size";
        }
        if (id.equals(PHYSICAL_SECTOR_SIZE)) {
            return "Physical Sector Size";
        }
        return id.equals(PARENT_LOCATOR) ? "Parent Locator" : "";
    }
}
