package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The footer of a VHD file, from the end of the file or from the copy at its beginning.
 *
 * <p>Of a dynamic or differencing disk the copy at offset 0 holds when both are whole and differ: Kume writes it alone
 * and durably before the other. The one at the end holds when the copy is damaged. A fixed disk has the one at the end
 * only; the bytes at offset 0 belong to the initiator, whatever they look like.
 *
 * @param bytes       512 bytes of the one that holds
 * @param fields      the same
 * @param tailBytes   where the footer at the end of the file begins, or would begin
 * @param headProblem what is wrong with the copy at the beginning, null when nothing is
 * @param tailProblem what is wrong with the footer at the end, null when nothing is
 */
record Footers(
        ByteBuffer bytes,
        VhdFooter fields,
        long tailBytes,
        @Nullable String headProblem,
        @Nullable String tailProblem) {

    /**
     * Reads and checks both.
     *
     * @throws DiskFormatException when none holds, or the disk is of a kind that nobody can serve
     */
    static Footers read(BackingStore store) throws IOException {
        ByteBuffer tail = atTail(store);
        ByteBuffer head = atHead(store);
        boolean tailWhole = tail != null && VhdFooter.isWhole(tail);
        boolean headWhole = head != null && VhdFooter.isWhole(head);
        VhdFooter tailFields = tailWhole ? VhdFooter.parse(tail) : null;
        VhdFooter headFields = headWhole ? VhdFooter.parse(head) : null;
        if (tailFields != null && tailFields.diskType() == VhdFooter.TYPE_FIXED) {
            long behindBytes = store.sizeBytes() - tail.limit() - tailFields.currentSizeBytes();
            if (behindBytes == 0 || headFields == null || !headFields.isMapped()) {
                return fixed(store, tail, tailFields, behindBytes);
            }
        }
        Footers found = mapped(store, head, headFields, tail, tailFields);
        if (found == null) {
            found = cutShort(store);
        }
        if (found == null && tailFields != null) {
            found = new Footers(VhdFooter.copy(tail), tailFields, store.sizeBytes() - tail.limit(), null, null);
        }
        if (found == null) {
            throw none(store, head, tail);
        }
        checkKind(store.location(), found.fields);
        return found;
    }

    /** True when there is a cookie at either end. */
    static boolean probe(BackingStore store) throws IOException {
        return atTail(store) != null || atHead(store) != null;
    }

    /** A fixed disk ends in its footer; one whose identity is being changed ends in two. */
    private static Footers fixed(BackingStore store, ByteBuffer tail, VhdFooter fields, long behindBytes)
            throws DiskFormatException {
        checkKind(store.location(), fields);
        checkSize(store, fields);
        if (behindBytes == VhdFooter.BYTES) {
            return new Footers(
                    VhdFooter.copy(tail), fields, fields.currentSizeBytes(), null, "two footers, one behind the other");
        }
        if (behindBytes != 0) {
            throw new DiskFormatException(("%s: the VHD footer gives the disk %d bytes, the file holds %d before the"
                            + " footer; it was cut off or joined wrongly: restore it from a copy")
                    .formatted(
                            store.location(), fields.currentSizeBytes(), fields.currentSizeBytes() + behindBytes));
        }
        return new Footers(VhdFooter.copy(tail), fields, fields.currentSizeBytes(), null, null);
    }

    private static @Nullable Footers mapped(
            BackingStore store,
            @Nullable ByteBuffer head,
            @Nullable VhdFooter headFields,
            @Nullable ByteBuffer tail,
            @Nullable VhdFooter tailFields)
            throws DiskFormatException {
        long tailBytes = store.sizeBytes() - (tail == null ? VhdFooter.BYTES : tail.limit());
        if (head != null && headFields != null && headFields.isMapped()) {
            checkSize(store, headFields);
            String tailProblem = null;
            if (tail == null) {
                tailProblem = "no footer at the end of the file";
            } else if (tailFields == null) {
                tailProblem = checksumProblem(tail);
            } else if (!VhdFooter.copy(tail).equals(VhdFooter.copy(head))) {
                tailProblem = "another content than the copy at offset 0";
            }
            return new Footers(VhdFooter.copy(head), headFields, tailBytes, null, tailProblem);
        }
        if (tail != null && tailFields != null && tailFields.isMapped()) {
            checkSize(store, tailFields);
            String headProblem = head == null ? "no footer at offset 0" : checksumProblem(head);
            return new Footers(VhdFooter.copy(tail), tailFields, tailBytes, headProblem, null);
        }
        return null;
    }

    /** The change of a fixed disk's identity has not come as far as a second footer. */
    private static @Nullable Footers cutShort(BackingStore store) throws IOException {
        long tailBytes = store.sizeBytes() - 2L * VhdFooter.BYTES;
        if (tailBytes <= 0) {
            return null;
        }
        ByteBuffer bytes = read(store, tailBytes, VhdFooter.BYTES);
        if (!VhdFooter.isWhole(bytes)) {
            return null;
        }
        VhdFooter fields = VhdFooter.parse(bytes);
        return fields.diskType() == VhdFooter.TYPE_FIXED && fields.currentSizeBytes() == tailBytes
                ? new Footers(bytes, fields, tailBytes, null, "512 bytes behind the footer")
                : null;
    }

    private static void checkKind(String location, VhdFooter footer) throws DiskFormatException {
        if (footer.formatVersion() >>> 16 != VhdFooter.VERSION_1_0 >>> 16) {
            throw new DiskFormatException("%s is a VHD of version %d.%d; Kume knows version 1.0"
                    .formatted(location, footer.formatVersion() >>> 16, footer.formatVersion() & 0xFFFF));
        }
        if (footer.diskType() != VhdFooter.TYPE_FIXED && !footer.isMapped()) {
            throw new DiskFormatException(("%s is a VHD of type %d in the footer's disk type field; Kume serves fixed (2),"
                            + " dynamic (3) and differencing (4) VHDs: convert it with the program that made it")
                    .formatted(location, footer.diskType()));
        }
    }

    private static void checkSize(BackingStore store, VhdFooter footer) throws DiskFormatException {
        long sizeBytes = footer.currentSizeBytes();
        if (sizeBytes <= 0 || sizeBytes % DiskFormat.SECTOR_BYTES != 0) {
            throw new DiskFormatException(("%s: the VHD footer gives the disk %s bytes, which is not a multiple of the"
                            + " block of %d bytes; restore the file from a copy")
                    .formatted(store.location(), Long.toUnsignedString(sizeBytes), DiskFormat.SECTOR_BYTES));
        }
    }

    private static DiskFormatException none(BackingStore store, @Nullable ByteBuffer head, @Nullable ByteBuffer tail) {
        String location = store.location();
        if (head != null) {
            return new DiskFormatException(("%s begins like a dynamic VHD, but neither the footer at its end (%s) nor its"
                            + " copy at offset 0 (%s) holds: restore the file from a copy")
                    .formatted(
                            location,
                            tail == null ? "none there" : checksumProblem(tail),
                            VhdFooter.isWhole(head)
                                    ? "type " + head.getInt(VhdFooter.DISK_TYPE)
                                    : checksumProblem(head)));
        }
        if (tail != null) {
            return new DiskFormatException(("%s: the VHD footer at offset %d has %s; it is damaged: restore the file from"
                            + " a copy")
                    .formatted(location, store.sizeBytes() - tail.limit(), checksumProblem(tail)));
        }
        return new DiskFormatException(("%s has no VHD footer (\"conectix\") in its last %d bytes; it is cut off or no"
                        + " VHD: restore it from a copy")
                .formatted(location, VhdFooter.BYTES));
    }

    private static String checksumProblem(ByteBuffer footer) {
        return "the checksum %08X, its bytes add up to %08X"
                .formatted(footer.getInt(VhdFooter.CHECKSUM), VhdFooter.checksum(footer));
    }

    /** The last 512 or 511 bytes when they begin with the cookie, else null. */
    private static @Nullable ByteBuffer atTail(BackingStore store) throws IOException {
        int bytes = (int) Math.min(store.sizeBytes(), VhdFooter.BYTES);
        ByteBuffer tail = read(store, store.sizeBytes() - bytes, bytes);
        if (tail.limit() == VhdFooter.BYTES && VhdFooter.hasCookie(tail, 0)) {
            return tail;
        }
        int old = tail.limit() - VhdFooter.OLD_BYTES;
        return old >= 0 && VhdFooter.hasCookie(tail, old) ? tail.slice(old, VhdFooter.OLD_BYTES) : null;
    }

    /** The first 512 bytes when they begin with the cookie, else null. */
    private static @Nullable ByteBuffer atHead(BackingStore store) throws IOException {
        ByteBuffer head = read(store, 0, (int) Math.min(store.sizeBytes(), VhdFooter.BYTES));
        if (head.limit() < VhdFooter.OLD_BYTES || !VhdFooter.hasCookie(head, 0)) {
            return null;
        }
        if (head.limit() == VhdFooter.BYTES && !VhdFooter.isWhole(head)) {
            ByteBuffer old = head.slice(0, VhdFooter.OLD_BYTES);
            return VhdFooter.isWhole(old) ? old : head;
        }
        return head;
    }

    private static ByteBuffer read(BackingStore store, long offsetBytes, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        store.read(offsetBytes, target);
        return target.flip();
    }
}
