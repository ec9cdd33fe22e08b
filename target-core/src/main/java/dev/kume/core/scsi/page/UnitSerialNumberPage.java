package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.nio.charset.StandardCharsets;

/** Unit serial number, page 80h, SPC-4 7.8.15. */
final class UnitSerialNumberPage implements VpdPage {
    @Override
    public int code() {
        return 0x80;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        return identity.serial().getBytes(StandardCharsets.US_ASCII);
    }
}
