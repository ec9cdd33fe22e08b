package dev.kume.core.scsi;

/**
 * What MODE SELECT can change, SPC-4 7.5 and SBC-3 6.4. One value for the unit, whatever target it is seen through.
 *
 * @param writeCacheEnabled WCE: writes are answered from memory, SYNCHRONIZE CACHE and FUA make them durable
 * @param softwareWriteProtect SWP of the control page
 * @param descriptorSense   D_SENSE of the control page
 */
public record ModeState(boolean writeCacheEnabled, boolean softwareWriteProtect, boolean descriptorSense) {
    public static final ModeState DEFAULT = new ModeState(true, false, false);

    public ModeState withWriteCacheEnabled(boolean value) {
        return new ModeState(value, softwareWriteProtect, descriptorSense);
    }

    public ModeState withSoftwareWriteProtect(boolean value) {
        return new ModeState(writeCacheEnabled, value, descriptorSense);
    }

    public ModeState withDescriptorSense(boolean value) {
        return new ModeState(writeCacheEnabled, softwareWriteProtect, value);
    }
}
