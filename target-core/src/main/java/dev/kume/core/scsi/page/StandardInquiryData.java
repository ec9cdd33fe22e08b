package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;

/** Standard INQUIRY data, SPC-4 6.6.2: the same bytes through every target and portal. */
public final class StandardInquiryData {
    private static final int DATA_BYTES = 96;
    private static final byte NO_UNIT_HERE = 0x7F;
    private static final byte SPC_4 = 0x06;
    private static final byte HIERARCHICAL_LUNS_FORMAT_2 = 0x12;
    private static final byte IMPLICIT_ASYMMETRIC_ACCESS = 0x10;
    private static final byte THIRD_PARTY_COPY = 0x08;
    private static final byte MULTI_PORT = 0x10;
    private static final byte COMMAND_QUEUING = 0x02;

    /** SAM-5, SPC-4, SBC-3 and iSCSI, no version claimed; SPC-4 annex E.9. */
    private static final int[] VERSION_DESCRIPTORS = {0x00A0, 0x0460, 0x04C0, 0x0960};

    private StandardInquiryData() {}

    /**
     * What a logical unit says.
     *
     * @param asymmetricAccess true when it has target port groups, whose states the target alone changes (TPGS 01b)
     */
    public static byte[] of(UnitIdentity identity, boolean asymmetricAccess) {
        byte[] data = common();
        data[5] = (byte) (THIRD_PARTY_COPY | (asymmetricAccess ? IMPLICIT_ASYMMETRIC_ACCESS : 0));
        data[6] = MULTI_PORT;
        PageText.put(data, 8, 8, identity.vendor());
        PageText.put(data, 16, 16, identity.product());
        PageText.put(data, 32, 4, identity.revision());
        return data;
    }

    /** What is said at a LUN that has no unit: peripheral qualifier 011b, device type 1Fh. */
    public static byte[] withoutUnit() {
        byte[] data = common();
        data[0] = NO_UNIT_HERE;
        PageText.put(data, 8, 28, "");
        return data;
    }

    private static byte[] common() {
        byte[] data = new byte[DATA_BYTES];
        data[2] = SPC_4;
        data[3] = HIERARCHICAL_LUNS_FORMAT_2;
        data[4] = DATA_BYTES - 5;
        data[7] = COMMAND_QUEUING;
        for (int i = 0; i < VERSION_DESCRIPTORS.length; i++) {
            data[58 + 2 * i] = (byte) (VERSION_DESCRIPTORS[i] >> 8);
            data[59 + 2 * i] = (byte) VERSION_DESCRIPTORS[i];
        }
        return data;
    }
}
