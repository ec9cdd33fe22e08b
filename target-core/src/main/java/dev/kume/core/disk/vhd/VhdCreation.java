package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Lays a new dynamic or differencing VHD out.
 *
 * <pre>
 *      0  copy of the footer
 *    512  dynamic disk header, and behind it the paths of a parent
 *         room for another header with other paths
 *  32768  block allocation table (later when the paths are very long)
 *         footer
 * </pre>
 */
final class VhdCreation {
    private static final int FRONT_BYTES = 32 << 10;

    private VhdCreation() {}

    /** Fails when the format has no such disk. */
    static void check(String location, CreateOptions options) throws DiskFormatException {
        int logicalBytes = options.sectors().logicalBytes();
        if (logicalBytes != 0 && logicalBytes != VhdFooter.BYTES) {
            throw new DiskFormatException(
                    "%s: a VHD has sectors of 512 bytes and cannot say anything else, such as %d; use the vhdx format"
                            .formatted(location, logicalBytes));
        }
        if (options.type() == DiskType.FIXED) {
            VhdSizes.check(options.sizeBytes());
            return;
        }
        long blockBytes = blockBytes(options);
        if (Long.bitCount(blockBytes) != 1
                || blockBytes < DynamicHeader.BLOCK_BYTES_MIN_MADE
                || blockBytes > DynamicHeader.BLOCK_BYTES_MAX) {
            throw new DiskFormatException(
                    ("%s: a VHD in blocks of %d bytes cannot be made; give a power of two from 512 KB"
                                    + " to 256 MB, such as the usual 2 MB")
                            .formatted(location, blockBytes));
        }
        VhdSizes.check(location, options.sizeBytes(), blockBytes);
        if ((options.type() == DiskType.DIFFERENCING) != (options.parent() != null)) {
            throw new IllegalArgumentException("a differencing disk has a parent, and no other one has");
        }
    }

    static void write(BackingStore store, CreateOptions options, Instant now) throws IOException {
        check(store.location(), options);
        long blockBytes = blockBytes(options);
        long blocks = Math.ceilDiv(options.sizeBytes(), blockBytes);
        ParentLink link = options.parent();
        ParentName parent = link == null ? null : ParentName.of(link);
        ByteBuffer paths = parent == null ? ByteBuffer.allocate(0) : parent.encodedPaths();
        long headerOffset = VhdFooter.BYTES;
        int headerBytes = DynamicHeader.BYTES + paths.remaining();
        long tableOffset = Math.max(FRONT_BYTES, aligned(headerOffset + 2L * headerBytes));
        long tableBytes = DynamicHeader.tableBytes(blocks);
        long endBytes = tableOffset + tableBytes;
        DynamicHeader header = DynamicHeader.of(headerOffset, tableOffset, options.sizeBytes(), blockBytes);
        int diskType = VhdFooter.TYPE_DYNAMIC;
        if (parent != null) {
            header = header.withParent(parent, headerOffset + DynamicHeader.BYTES);
            diskType = VhdFooter.TYPE_DIFFERENCING;
        }
        ByteBuffer footer = VhdFooter.mapped(diskType, headerOffset, options.sizeBytes(), options.uniqueId())
                .encode(now);
        options.progress().at(0, endBytes);
        store.resize(endBytes + VhdFooter.BYTES);
        store.reserve(0, endBytes + VhdFooter.BYTES);
        store.write(headerOffset, header.bytes().duplicate());
        store.write(headerOffset + DynamicHeader.BYTES, paths);
        new BlockTable(store, tableOffset, blocks).clear(0, tableBytes);
        store.flush();
        store.write(endBytes, footer.duplicate());
        store.write(0, footer);
        store.flush();
        options.progress().at(endBytes, endBytes);
    }

    private static long blockBytes(CreateOptions options) {
        return options.blockBytes() == 0 ? DynamicHeader.BLOCK_BYTES_DEFAULT : options.blockBytes();
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, (long) VhdLayout.ALIGN_BYTES) * VhdLayout.ALIGN_BYTES;
    }
}
