package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;

/**
 * Control mode page, SPC-4 7.5.8: one task set for all (TST 0), tasks of a nexus unharmed by each other's errors (QERR
 * 0), no answer for tasks that another nexus aborted (TAS 0), unrestricted reordering. D_SENSE and SWP can be switched.
 */
final class ControlPage implements ModePage {
    private static final int CONTENT_BYTES = 0x0A;
    private static final byte DESCRIPTOR_SENSE = 0x04;
    private static final byte GLOBAL_LOGGING_TARGET_SAVE_DISABLE = 0x02;
    private static final byte UNRESTRICTED_REORDERING = 0x10;
    private static final byte SOFTWARE_WRITE_PROTECT = 0x08;
    private static final byte UNLIMITED = (byte) 0xFF;

    @Override
    public int code() {
        return 0x0A;
    }

    @Override
    public byte[] content(ModeState modes, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[0] = (byte) (GLOBAL_LOGGING_TARGET_SAVE_DISABLE | (modes.descriptorSense() ? DESCRIPTOR_SENSE : 0));
        content[1] = UNRESTRICTED_REORDERING;
        content[2] = modes.softwareWriteProtect() ? SOFTWARE_WRITE_PROTECT : 0;
        // BUSY TIMEOUT PERIOD
        content[6] = UNLIMITED;
        content[7] = UNLIMITED;
        return content;
    }

    @Override
    public byte[] changeable() {
        byte[] mask = new byte[CONTENT_BYTES];
        mask[0] = DESCRIPTOR_SENSE;
        mask[2] = SOFTWARE_WRITE_PROTECT;
        return mask;
    }

    @Override
    public ModeState select(ModeState modes, byte[] content) {
        return modes.withDescriptorSense((content[0] & DESCRIPTOR_SENSE) != 0)
                .withSoftwareWriteProtect((content[2] & SOFTWARE_WRITE_PROTECT) != 0);
    }
}
