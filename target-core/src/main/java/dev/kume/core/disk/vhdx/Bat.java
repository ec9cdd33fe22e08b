package dev.kume.core.disk.vhdx;

/**
 * The order of entries in the BAT ([MS-VHDX] 2.5): those of the payload blocks of a chunk, then that of the chunk's
 * sector bitmap block. A chunk is what one bitmap block of 1 MB has bits for: 2^23 logical sectors.
 *
 * @param blockBytes   of a payload block
 * @param logicalBytes of a sector
 * @param hasBitmaps   true for a differencing disk: its last chunk has the entry of a bitmap block, too
 */
record Bat(long blockBytes, int logicalBytes, boolean hasBitmaps) {
    static final int BITMAP_BYTES = 1 << 20;

    private static final int SECTORS_PER_CHUNK_SHIFT = 23;

    /** Payload blocks of a chunk. */
    long chunkRatio() {
        return ((long) logicalBytes << SECTORS_PER_CHUNK_SHIFT) / blockBytes;
    }

    long blocks(long sizeBytes) {
        return Math.ceilDiv(sizeBytes, blockBytes);
    }

    long chunks(long sizeBytes) {
        return Math.ceilDiv(blocks(sizeBytes), chunkRatio());
    }

    /** Entries that a disk of this size has. */
    long entries(long sizeBytes) {
        long blocks = blocks(sizeBytes);
        return hasBitmaps ? chunks(sizeBytes) * (chunkRatio() + 1) : blocks + (blocks - 1) / chunkRatio();
    }

    /** Bytes that the entries of a disk of this size take, rounded up as regions are. */
    long regionBytes(long sizeBytes) {
        return Bytes.ceilMib(entries(sizeBytes) * BatEntry.BYTES);
    }

    /** The index of the entry of a payload block. */
    long indexOf(long block) {
        return block + block / chunkRatio();
    }

    /** The index of the entry of a chunk's bitmap block. */
    long indexOfBitmap(long chunk) {
        return chunk * (chunkRatio() + 1) + chunkRatio();
    }

    boolean isBitmap(long index) {
        return index % (chunkRatio() + 1) == chunkRatio();
    }

    /** The chunk of an entry. */
    long chunkOf(long index) {
        return index / (chunkRatio() + 1);
    }

    /** The payload block of an entry that is not one of a bitmap block. */
    long blockOf(long index) {
        return index - chunkOf(index);
    }

    /** Bytes that the bits of one payload block take in a bitmap block. */
    int bitmapBytesPerBlock() {
        return (int) (blockBytes / logicalBytes / Byte.SIZE);
    }

    /** Where in its bitmap block the bits of a payload block begin. */
    long bitmapOffset(long block) {
        return block % chunkRatio() * bitmapBytesPerBlock();
    }
}
