package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.ParentLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Changes what a file says of itself and of its parent, at once and durably: one entry of the log each. */
final class VhdxIdentity {
    private VhdxIdentity() {}

    /** Another Virtual Disk ID ([MS-VHDX] 2.6.2.3). */
    static void identify(VhdxFile file, VhdxLog log, UUID uniqueId) throws IOException {
        ByteBuffer id = Bytes.allocate(Guid.BYTES);
        Guid.put(id, 0, uniqueId);
        PageSet pages = new PageSet(file.store());
        pages.put(file.metadata().offsetOf(MetadataItem.VIRTUAL_DISK_ID), id);
        log.append(pages);
        file.parameters(DiskParameters.read(file.store(), file.metadata()));
    }

    /** Another Parent Locator ([MS-VHDX] 2.6.2.6), in the place of the old one or in a free place of the region. */
    static void relink(VhdxFile file, VhdxLog log, ParentLink link) throws IOException {
        String location = file.store().location();
        if (!file.parameters().hasParent()) {
            throw new DiskFormatException("%s has no parent, and cannot be given another one".formatted(location));
        }
        MetadataTable table = file.metadata();
        MetadataItem before = table.find(MetadataItem.PARENT_LOCATOR).orElseThrow();
        ByteBuffer locator = ParentLocator.of(link).encode();
        long place = table.placeFor(before.id(), locator.limit());
        if (place < 0 || locator.limit() > (log.pagesMax() - 3) * PageSet.PAGE_BYTES) {
            throw new DiskFormatException("%s: its metadata region has no room for a Parent Locator of %d bytes"
                    .formatted(location, locator.limit()));
        }
        MetadataItem after = new MetadataItem(
                before.id(), place, locator.limit(), before.user(), before.virtualDisk(), before.required());
        PageSet pages = new PageSet(file.store());
        pages.put(table.region().offsetBytes() + place, locator);
        pages.put(table.entryOffsetOf(before.id()), MetadataTable.encodeEntry(after));
        log.append(pages);
        file.metadata(table.with(after));
        file.parameters(DiskParameters.read(file.store(), file.metadata()));
    }
}
