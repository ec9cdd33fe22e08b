package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.copy.CopyLimits;
import dev.kume.core.scsi.copy.SupportedCopies;

/** Third-party copy, page 8Fh, SPC-4 7.8.17: EXTENDED COPY by parameter lists, and no tokens. */
final class ThirdPartyCopyPage implements VpdPage {
    private final CopyLimits limits;

    ThirdPartyCopyPage(CopyLimits limits) {
        this.limits = limits;
    }

    @Override
    public int code() {
        return 0x8F;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        return SupportedCopies.thirdPartyCopyDescriptors(limits);
    }
}
