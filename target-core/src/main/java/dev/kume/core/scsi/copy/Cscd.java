package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Sense;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An identification CSCD descriptor, type E4h, SPC-4 6.4.5.2: copy source or destination by a designator of its page
 * 83h. LU ID TYPE and NUL are obsolete and ignored.
 *
 * @param designator code set to designator, in the form of page 83h
 * @param blockBytes DISK BLOCK LENGTH, in bytes
 */
record Cscd(ByteBuffer designator, int blockBytes) {
    static final int BYTES = 32;

    private static final int TYPE = 0xE4;
    private static final int DESIGNATOR_AT = 4;
    private static final int DESIGNATOR_HEADER_BYTES = 4;
    private static final int DESIGNATOR_BYTES_MAX = 20;
    private static final int BLOCK_LENGTH_AT = 28;

    /** Why the descriptor at {@code at} of a parameter list is refused, or null. */
    static @Nullable Sense refusal(ByteBuffer list, int at) {
        if ((list.get(at) & 0xFF) != TYPE) {
            return Sense.UNSUPPORTED_CSCD_DESCRIPTOR_TYPE_CODE.inParameters(at, -1);
        }
        if ((list.get(at + 1) & 0x1F) != 0) {
            return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at + 1, 4);
        }
        int designatorBytes = list.get(at + 7) & 0xFF;
        if (designatorBytes == 0 || designatorBytes > DESIGNATOR_BYTES_MAX) {
            return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at + 7, -1);
        }
        return null;
    }

    /** Reads a descriptor that is not refused. */
    static Cscd parse(ByteBuffer list, int at) {
        byte[] designator = new byte[DESIGNATOR_HEADER_BYTES + (list.get(at + 7) & 0xFF)];
        list.get(at + DESIGNATOR_AT, designator);
        return new Cscd(ByteBuffer.wrap(designator), list.getInt(at + BLOCK_LENGTH_AT) & 0xFF_FFFF);
    }

    /**
     * The unit that has this designator, among those that the nexus sees through its own target; null when there is
     * none, whatever other disks the daemon has.
     */
    @Nullable
    CopyEnd find(LunMap luns, ITLNexus from, Designators designators) {
        for (int lun : luns.luns()) {
            LogicalUnit unit = Objects.requireNonNull(luns.get(lun));
            ITLNexus nexus = unit.nexuses().find(from.nexus());
            if (nexus != null && nexus.attached() && names(unit, designators)) {
                return new CopyEnd(unit, nexus);
            }
        }
        return null;
    }

    private boolean names(LogicalUnit unit, Designators designators) {
        byte[] page = designators.of(unit);
        int at = DESIGNATOR_HEADER_BYTES;
        while (at + DESIGNATOR_HEADER_BYTES <= page.length) {
            int bytes = DESIGNATOR_HEADER_BYTES + (page[at + 3] & 0xFF);
            if (ofTheUnit(page, at)
                    && isDesignator(ByteBuffer.wrap(page, at, bytes).slice())) {
                return true;
            }
            at += bytes;
        }
        return false;
    }

    /** ASSOCIATION 00b: a designator of the logical unit, not of a port. */
    private static boolean ofTheUnit(byte[] page, int at) {
        return (page[at + 1] & 0x30) == 0;
    }

    private boolean isDesignator(ByteBuffer other) {
        // Code set, then association and type; the protocol identifier and PIV say nothing of a logical unit.
        return (designator.get(0) & 0x0F) == (other.get(0) & 0x0F)
                && (designator.get(1) & 0x3F) == (other.get(1) & 0x3F)
                && designator.slice(3, designator.limit() - 3).equals(other.slice(3, other.limit() - 3));
    }
}
