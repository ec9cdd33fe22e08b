package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Device identification, page 83h, SPC-4 7.8.5: an NAA designator and a T10 vendor one, both of the logical unit.
 * Nothing is said of ports, so that cluster nodes which see the disk through different targets read the same bytes.
 */
final class DeviceIdentificationPage implements VpdPage {
    private static final int DESIGNATOR_HEADER_BYTES = 4;
    private static final int NAA_BYTES = 16;
    private static final int VENDOR_BYTES = 8;
    private static final byte BINARY = 0x01;
    private static final byte ASCII = 0x02;
    private static final byte T10_VENDOR = 0x01;
    private static final byte NAA = 0x03;

    @Override
    public int code() {
        return 0x83;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        byte[] serial = identity.serial().getBytes(StandardCharsets.US_ASCII);
        byte[] vendorAndSerial = new byte[VENDOR_BYTES + serial.length];
        PageText.put(vendorAndSerial, 0, VENDOR_BYTES, identity.vendor());
        System.arraycopy(serial, 0, vendorAndSerial, VENDOR_BYTES, serial.length);
        ByteBuffer content = ByteBuffer.allocate(DESIGNATOR_HEADER_BYTES * 2 + NAA_BYTES + vendorAndSerial.length);
        content.put(BINARY).put(NAA).put((byte) 0).put((byte) NAA_BYTES);
        content.putLong(identity.naaHigh()).putLong(identity.naaLow());
        content.put(ASCII).put(T10_VENDOR).put((byte) 0).put((byte) vendorAndSerial.length);
        content.put(vendorAndSerial);
        return content.array();
    }
}
