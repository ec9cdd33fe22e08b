package dev.kume.core.scsi.copy;

import java.nio.ByteBuffer;

/** What copies are supported, in the forms in which initiators ask. */
public final class SupportedCopies {
    /** IMPLEMENTED DESCRIPTOR LIST, ascending: both segment descriptors and the CSCD descriptor. */
    private static final byte[] DESCRIPTORS = {Segment.BLOCKS_TYPE, Segment.BYTES_TYPE, (byte) 0xE4};

    private static final int OPERATING_PARAMETERS_BYTES = 44;
    private static final byte SUPPORTS_NO_LIST_IDENTIFIER = 0x01;

    /** EXTENDED COPY and RECEIVE COPY RESULTS: opcode, number of service actions, service actions. */
    private static final byte[] COMMANDS = {(byte) 0x83, 1, 0x00, (byte) 0x84, 4, 0x00, 0x01, 0x03, 0x04};

    private SupportedCopies() {}

    /** The parameter data of RECEIVE COPY OPERATING PARAMETERS, SPC-4 6.23. */
    public static ByteBuffer operatingParameters(CopyLimits limits) {
        ByteBuffer data = ByteBuffer.allocate(OPERATING_PARAMETERS_BYTES + DESCRIPTORS.length);
        data.putInt(0, data.capacity() - 4);
        data.put(4, SUPPORTS_NO_LIST_IDENTIFIER);
        data.putShort(8, (short) CopyLimits.CSCDS_MAX);
        data.putShort(10, (short) CopyLimits.SEGMENTS_MAX);
        data.putInt(12, CopyLimits.DESCRIPTOR_BYTES_MAX);
        data.putInt(16, (int) limits.segmentBytesMax());
        data.putShort(34, (short) limits.copiesAtOnce());
        data.put(36, (byte) limits.copiesAtOnce());
        data.put(37, (byte) CopyLimits.GRANULARITY_SHIFT);
        data.put(43, (byte) DESCRIPTORS.length);
        data.put(OPERATING_PARAMETERS_BYTES, DESCRIPTORS);
        return data;
    }

    /**
     * The third-party copy descriptors of page 8Fh, SPC-4 7.8.17, all that are mandatory and no other one.
     *
     * <p>Windows offers copy offload by tokens (ODX) when the first descriptor here is 0000h, block device ROD token
     * limits. There are no tokens, so there is no such descriptor, and the first one is 0001h.
     */
    public static byte[] thirdPartyCopyDescriptors(CopyLimits limits) {
        ByteBuffer page = ByteBuffer.allocate(256);
        int commands = begin(page, 0x0001);
        page.put((byte) COMMANDS.length).put(COMMANDS);
        end(page, commands);
        int parameters = begin(page, 0x0004);
        page.putInt(0).putShort((short) CopyLimits.CSCDS_MAX).putShort((short) CopyLimits.SEGMENTS_MAX);
        page.putInt(CopyLimits.DESCRIPTOR_BYTES_MAX).putInt(0).put(new byte[12]);
        end(page, parameters);
        int descriptors = begin(page, 0x0008);
        page.put((byte) DESCRIPTORS.length).put(DESCRIPTORS);
        end(page, descriptors);
        int cscds = begin(page, 0x000C);
        page.putShort((short) 0);
        end(page, cscds);
        int general = begin(page, 0x8001);
        page.putInt(limits.copiesAtOnce()).putInt(limits.copiesAtOnce()).putInt((int) limits.segmentBytesMax());
        page.put((byte) CopyLimits.GRANULARITY_SHIFT).put((byte) 0).put(new byte[18]);
        end(page, general);
        byte[] descriptorList = new byte[page.position()];
        page.get(0, descriptorList);
        return descriptorList;
    }

    private static int begin(ByteBuffer page, int type) {
        int at = page.position();
        page.putShort((short) type).putShort((short) 0);
        return at;
    }

    /** Descriptors end at a multiple of four. */
    private static void end(ByteBuffer page, int beganAt) {
        while (page.position() % 4 != 0) {
            page.put((byte) 0);
        }
        page.putShort(beganAt + 2, (short) (page.position() - beganAt - 4));
    }
}
