package dev.kume.core.scsi.page;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPortGroup;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Device identification, page 83h, SPC-4 7.8.5: an NAA designator and a T10 vendor one, both of the logical unit.
 *
 * <p>Without asymmetric access nothing is said of ports, so that cluster nodes which see the disk through different
 * targets read the same bytes. With it, the port's relative identifier, its group and its name follow: hosts match them
 * with REPORT TARGET PORT GROUPS. The name comes last, since Windows reads no more than 255 bytes.
 */
final class DeviceIdentificationPage implements VpdPage {
    private static final int DESIGNATOR_HEADER_BYTES = 4;
    private static final int NAA_BYTES = 16;
    private static final int VENDOR_BYTES = 8;
    private static final int NUMBER_BYTES = 4;
    private static final byte BINARY = 0x01;
    private static final byte ASCII = 0x02;
    private static final byte UTF_8 = 0x03;
    private static final byte T10_VENDOR = 0x01;
    private static final byte NAA = 0x03;

    /** PROTOCOL IDENTIFIER of iSCSI, in the high half of the first byte. */
    private static final int ISCSI = 0x50;

    /** PIV and ASSOCIATION 01b: a designator of the target port, for the protocol told. */
    private static final int OF_PORT = 0x90;

    private static final int RELATIVE_TARGET_PORT = 0x04;
    private static final int TARGET_PORT_GROUP = 0x05;
    private static final int SCSI_NAME = 0x08;

    private final TargetPorts ports;

    /**
     * @param ports the ports that are told of; none when nothing is said of ports
     */
    DeviceIdentificationPage(TargetPorts ports) {
        this.ports = ports;
    }

    @Override
    public int code() {
        return 0x83;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        return unitDesignators(identity);
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state, @Nullable ITNexus through) {
        byte[] ofUnit = unitDesignators(identity);
        TargetPort port = through == null ? null : ports.find(through.targetName(), through.targetPortalGroup());
        if (port == null) {
            return ofUnit;
        }
        byte[] name =
                "%s,t,0x%04x".formatted(port.targetName(), port.portalGroup()).getBytes(StandardCharsets.UTF_8);
        // SPC-4 7.8.5.11: null-terminated, and a multiple of four bytes.
        int nameBytes = name.length + 4 & ~3;
        int numberBytes = DESIGNATOR_HEADER_BYTES + NUMBER_BYTES;
        ByteBuffer content = ByteBuffer.allocate(ofUnit.length + 2 * numberBytes + DESIGNATOR_HEADER_BYTES + nameBytes);
        content.put(ofUnit);
        putHeader(content, BINARY, RELATIVE_TARGET_PORT, NUMBER_BYTES).putInt(port.relativeId());
        putHeader(content, BINARY, TARGET_PORT_GROUP, NUMBER_BYTES).putInt(TargetPortGroup.idOf(port));
        putHeader(content, UTF_8, SCSI_NAME, nameBytes).put(name);
        return content.array();
    }

    private static ByteBuffer putHeader(ByteBuffer content, int codeSet, int type, int bytes) {
        content.put((byte) (ISCSI | codeSet)).put((byte) (OF_PORT | type));
        return content.put((byte) 0).put((byte) bytes);
    }

    private static byte[] unitDesignators(UnitIdentity identity) {
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
