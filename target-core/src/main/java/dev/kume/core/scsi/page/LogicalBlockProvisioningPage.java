package dev.kume.core.scsi.page;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;

/**
 * Logical block provisioning, page B2h, SBC-3 6.5.4. UNMAP and both WRITE SAME commands unmap; what is unmapped reads
 * as zeroes. A thin disk gives the space back; another one is resource provisioned, and keeps it. There is no ANCHOR.
 * A thin disk has a threshold.
 */
final class LogicalBlockProvisioningPage implements VpdPage {
    private static final int CONTENT_BYTES = 4;
    private static final int LBPU = 0x80;
    private static final int LBPWS = 0x40;
    private static final int LBPWS10 = 0x20;
    private static final int LBPRZ = 0x04;
    private static final int RESOURCE_PROVISIONED = 1;
    private static final int THIN_PROVISIONED = 2;

    @Override
    public int code() {
        return 0xB2;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[5 - 4] = (byte) (LBPU | LBPWS | LBPWS10 | LBPRZ);
        VirtualDisk disk = state.disk();
        if (disk != null && disk.info().thin()) {
            content[0] = (byte) ThresholdSets.exponent(state.geometry());
        }
        content[6 - 4] = (byte) (disk != null && disk.info().thin() ? THIN_PROVISIONED : RESOURCE_PROVISIONED);
        return content;
    }
}
