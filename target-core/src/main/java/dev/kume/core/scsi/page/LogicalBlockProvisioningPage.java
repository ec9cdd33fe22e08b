package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;

/** Logical block provisioning, page B2h, SBC-3 6.5.4: fully provisioned, no UNMAP, no WRITE SAME that unmaps. */
final class LogicalBlockProvisioningPage implements VpdPage {
    private static final int CONTENT_BYTES = 4;

    @Override
    public int code() {
        return 0xB2;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        return new byte[CONTENT_BYTES];
    }
}
