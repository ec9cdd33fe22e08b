package dev.kume.core.disk.vhd;

import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.FlatDisk;
import dev.kume.core.disk.Space;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Fixed VHD: the bytes of the disk, then one footer of 512 bytes, which is written when the disk is made and when it
 * grows. (Dynamic disks have a copy of it at the start as well; a fixed disk has not.)
 *
 * <p><b>Size.</b> The disk is as large as the footer's current size field says, as in Windows, and the file must be
 * that long plus the footer. qemu agrees for every file that Kume or qemu itself has written; for files of Virtual PC
 * ({@code "vpc "}) and of creators it does not know it multiplies the geometry out, and sees a little less at the end.
 * A new disk ends at 2040 GiB, where Windows stops; a larger consistent file (Microsoft's iSCSI target makes them) is
 * opened.
 */
public final class VhdFormat implements DiskFormat {
    public static final String NAME = "vhd";

    /** 2040 GiB: FF000000h sectors. */
    public static final long MAX_SIZE_BYTES = 2040L << 30;

    private static final String SERVED = "Kume serves fixed VHD and raw files";

    private final Clock clock;

    public VhdFormat(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long maxSizeBytes() {
        return MAX_SIZE_BYTES;
    }

    /** True for every kind of VHD, also for those that {@link #open} refuses. */
    @Override
    public boolean probe(BackingStore store) throws IOException {
        ByteBuffer tail = tail(store);
        return footerAt(tail) >= 0 || VhdFooter.hasCookie(head(store), 0);
    }

    @Override
    public DiskImage inspect(BackingStore store) throws IOException {
        VhdFooter footer = checkedFooter(store);
        return new DiskImage(
                NAME, footer.currentSizeBytes(), store.sizeBytes(), store.allocatedBytes(), footer.uniqueId());
    }

    @Override
    public VirtualDisk open(BackingStore store, boolean thin, @Nullable VirtualDisk parent) throws IOException {
        VhdFooter footer = checkedFooter(store);
        DiskInfo info = new DiskInfo(footer.currentSizeBytes(), store.readOnly(), thin, store.blockBytes());
        return FlatDisk.open(store, info, new VhdGrowth(this));
    }

    @Override
    public void checkSize(long sizeBytes) throws DiskFormatException {
        if (sizeBytes > MAX_SIZE_BYTES) {
            throw new DiskFormatException(
                    "a VHD holds at most 2040 GiB (%d bytes), not %d bytes; make it smaller or use the raw format"
                            .formatted(MAX_SIZE_BYTES, sizeBytes));
        }
        DiskFormat.super.checkSize(sizeBytes);
    }

    @Override
    public void create(BackingStore store, CreateOptions options) throws IOException {
        checkSize(options.sizeBytes());
        long sizeBytes = options.sizeBytes();
        Space.lay(store, sizeBytes + VhdFooter.BYTES, options.sparse(), options.progress());
        store.write(sizeBytes, VhdFooter.fixed(sizeBytes, options.uniqueId()).encode(clock.now()));
        store.flush();
    }

    @Override
    public void settle(BackingStore store, long sizeBytes) throws IOException {
        new VhdGrowth(this).settle(store, sizeBytes);
    }

    private static VhdFooter checkedFooter(BackingStore store) throws IOException {
        String location = store.location();
        ByteBuffer tail = tail(store);
        int at = footerAt(tail);
        if (at < 0) {
            throw new DiskFormatException(withoutFooter(store));
        }
        ByteBuffer bytes = tail.slice(at, tail.limit() - at);
        if (bytes.getInt(VhdFooter.CHECKSUM) != VhdFooter.checksum(bytes)) {
            throw new DiskFormatException(("%s: the VHD footer at offset %d has the checksum %08X, its bytes add up to"
                            + " %08X; it is damaged: restore the file from a copy")
                    .formatted(
                            location,
                            store.sizeBytes() - bytes.limit(),
                            bytes.getInt(VhdFooter.CHECKSUM),
                            VhdFooter.checksum(bytes)));
        }
        VhdFooter footer = VhdFooter.parse(bytes);
        checkKind(location, footer);
        checkLength(store, footer, bytes.limit());
        return footer;
    }

    private static void checkKind(String location, VhdFooter footer) throws DiskFormatException {
        if (footer.formatVersion() >>> 16 != VhdFooter.VERSION_1_0 >>> 16) {
            throw new DiskFormatException("%s is a VHD of version %d.%d; Kume knows version 1.0"
                    .formatted(location, footer.formatVersion() >>> 16, footer.formatVersion() & 0xFFFF));
        }
        if (footer.diskType() != VhdFooter.TYPE_FIXED) {
            String kind = switch (footer.diskType()) {
                case VhdFooter.TYPE_DYNAMIC -> "a dynamic VHD";
                case VhdFooter.TYPE_DIFFERENCING -> "a differencing VHD";
                default -> "a VHD of type " + footer.diskType();
            };
            throw new DiskFormatException(
                    "%s is %s; %s: convert it to a fixed VHD first".formatted(location, kind, SERVED));
        }
    }

    private static void checkLength(BackingStore store, VhdFooter footer, int footerBytes) throws DiskFormatException {
        long sizeBytes = footer.currentSizeBytes();
        if (sizeBytes <= 0 || sizeBytes % SECTOR_BYTES != 0) {
            throw new DiskFormatException(("%s: the VHD footer gives the disk %s bytes, which is not a multiple of the"
                            + " block of %d bytes; restore the file from a copy")
                    .formatted(store.location(), Long.toUnsignedString(sizeBytes), SECTOR_BYTES));
        }
        long dataBytes = store.sizeBytes() - footerBytes;
        if (sizeBytes != dataBytes) {
            throw new DiskFormatException(("%s: the VHD footer gives the disk %d bytes, the file holds %d before the"
                            + " footer; it was cut off or joined wrongly: restore it from a copy")
                    .formatted(store.location(), sizeBytes, dataBytes));
        }
    }

    private static String withoutFooter(BackingStore store) throws IOException {
        if (VhdFooter.hasCookie(head(store), 0)) {
            return "%s begins like a dynamic VHD but has no footer at its end, so it is cut off: restore it from a copy"
                    .formatted(store.location());
        }
        return ("%s has no VHD footer (\"conectix\") in its last %d bytes; it is cut off or no VHD: restore it from a"
                        + " copy")
                .formatted(store.location(), VhdFooter.BYTES);
    }

    /** Where the footer begins in the last 512 bytes: 0, or 1 for one of 511 bytes; -1 when there is none. */
    private static int footerAt(ByteBuffer tail) {
        if (tail.limit() == VhdFooter.BYTES && VhdFooter.hasCookie(tail, 0)) {
            return 0;
        }
        int old = tail.limit() - VhdFooter.OLD_BYTES;
        return old >= 0 && VhdFooter.hasCookie(tail, old) ? old : -1;
    }

    private static ByteBuffer tail(BackingStore store) throws IOException {
        int bytes = (int) Math.min(store.sizeBytes(), VhdFooter.BYTES);
        ByteBuffer tail = ByteBuffer.allocate(bytes);
        store.read(store.sizeBytes() - bytes, tail);
        return tail.flip();
    }

    private static ByteBuffer head(BackingStore store) throws IOException {
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(store.sizeBytes(), Long.BYTES));
        store.read(0, head);
        return head.flip();
    }
}
