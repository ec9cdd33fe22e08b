package dev.kume.system.wire;

import java.nio.ByteBuffer;

/** Command descriptor blocks by hand, SBC-3 and SPC-4. */
public final class Cdb {
    private Cdb() {}

    public static byte[] testUnitReady() {
        return new byte[6];
    }

    public static byte[] inquiry(int allocationBytes) {
        return new byte[] {0x12, 0, 0, (byte) (allocationBytes >> 8), (byte) allocationBytes, 0};
    }

    /** INQUIRY for a page of vital product data. */
    public static byte[] vitalProductData(int page, int allocationBytes) {
        return new byte[] {0x12, 1, (byte) page, (byte) (allocationBytes >> 8), (byte) allocationBytes, 0};
    }

    public static byte[] reportLuns(int allocationBytes) {
        byte[] cdb = new byte[12];
        cdb[0] = (byte) 0xA0;
        ByteBuffer.wrap(cdb).putInt(6, allocationBytes);
        return cdb;
    }

    public static byte[] readCapacity16() {
        byte[] cdb = new byte[16];
        cdb[0] = (byte) 0x9E;
        cdb[1] = 0x10;
        cdb[13] = 32;
        return cdb;
    }

    public static byte[] read16(long lba, int blocks) {
        return transfer16(0x88, 0, lba, blocks);
    }

    public static byte[] write16(long lba, int blocks) {
        return transfer16(0x8A, 0, lba, blocks);
    }

    /** WRITE(16) with FUA: durable when it answers. */
    public static byte[] writeThrough16(long lba, int blocks) {
        return transfer16(0x8A, 0x08, lba, blocks);
    }

    /** WRITE SAME(16), which may free what it covers when the block that it writes is zeroes. */
    public static byte[] writeSame16(long lba, int blocks, boolean unmap) {
        return transfer16(0x93, unmap ? 0x08 : 0, lba, blocks);
    }

    /** SYNCHRONIZE CACHE(10) of the whole disk. */
    public static byte[] synchronizeCache() {
        byte[] cdb = new byte[10];
        cdb[0] = 0x35;
        return cdb;
    }

    /** UNMAP with a parameter list of this length, see {@link #unmapList}. */
    public static byte[] unmap(int listBytes) {
        byte[] cdb = new byte[10];
        cdb[0] = 0x42;
        ByteBuffer.wrap(cdb).putShort(7, (short) listBytes);
        return cdb;
    }

    /** The parameter list of UNMAP for pairs of LBA and number of blocks. */
    public static byte[] unmapList(long... lbasAndBlocks) {
        int descriptorsBytes = lbasAndBlocks.length / 2 * 16;
        ByteBuffer list = ByteBuffer.allocate(8 + descriptorsBytes);
        list.putShort((short) (6 + descriptorsBytes))
                .putShort((short) descriptorsBytes)
                .putInt(0);
        for (int at = 0; at < lbasAndBlocks.length; at += 2) {
            list.putLong(lbasAndBlocks[at]).putInt((int) lbasAndBlocks[at + 1]).putInt(0);
        }
        return list.array();
    }

    /** GET LBA STATUS from this block on. */
    public static byte[] getLbaStatus(long lba, int allocationBytes) {
        ByteBuffer cdb = ByteBuffer.allocate(16);
        cdb.put(0, (byte) 0x9E).put(1, (byte) 0x12).putLong(2, lba).putInt(10, allocationBytes);
        return cdb.array();
    }

    private static byte[] transfer16(int opcode, int flags, long lba, int blocks) {
        ByteBuffer cdb = ByteBuffer.allocate(16);
        cdb.put(0, (byte) opcode).put(1, (byte) flags).putLong(2, lba).putInt(10, blocks);
        return cdb.array();
    }
}
