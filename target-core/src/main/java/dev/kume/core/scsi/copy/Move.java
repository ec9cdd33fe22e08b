package dev.kume.core.scsi.copy;

/**
 * A segment whose ends have been found and whose ranges have been checked: bytes from one disk to one disk.
 *
 * @param number           of the segment descriptor
 * @param sourceBytes      where the range begins at the source
 * @param destinationBytes where it begins at the destination
 */
record Move(
        int number, CopyEnd source, CopyEnd destination, long sourceBytes, long destinationBytes, long lengthBytes) {
    /** True when the ranges share bytes of one disk, so that the order of the steps matters. */
    boolean overlaps() {
        return source.unit() == destination.unit()
                && sourceBytes < destinationBytes + lengthBytes
                && destinationBytes < sourceBytes + lengthBytes;
    }

    /** True when the end has to be moved first, lest the beginning overwrite what is still to be read. */
    boolean goesBackwards() {
        return overlaps() && destinationBytes > sourceBytes;
    }
}
