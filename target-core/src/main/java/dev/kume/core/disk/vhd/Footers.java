package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
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
        Candidate tail = atTail(store);
        Candidate head = atHead(store);
        boolean mappedHead = head != null && head.isMapped();
        Footers found;
        if (tail != null && tail.isFixed() && (!mappedHead || tail.behindBytes() == 0)) {
            found = fixed(store, tail);
        } else if (head != null && mappedHead) {
            found = new Footers(
                    VhdFooter.copy(head.bytes), head.whole(), tailBytes(store, tail), null, problem(tail, head));
        } else if (tail != null && tail.isMapped()) {
            String headProblem = head == null ? "no footer" : checksumProblem(head.bytes);
            found = new Footers(VhdFooter.copy(tail.bytes), tail.whole(), tail.offsetBytes, headProblem, null);
        } else {
            found = cutShort(store);
        }
        if (found == null && tail != null && tail.fields != null) {
            found = new Footers(VhdFooter.copy(tail.bytes), tail.fields, tail.offsetBytes, null, null);
        }
        if (found == null) {
            throw none(store, head, tail);
        }
        checkKind(store.location(), found.fields);
        checkSize(store, found.fields);
        return found;
    }

    /** True when there is a cookie at either end. */
    static boolean probe(BackingStore store) throws IOException {
        return atTail(store) != null || atHead(store) != null;
    }

    /**
     * What begins with the cookie.
     *
     * @param fields null when the checksum is wrong
     */
    private record Candidate(
            long offsetBytes, ByteBuffer bytes, @Nullable VhdFooter fields) {
        static Candidate of(long offsetBytes, ByteBuffer bytes) {
            return new Candidate(offsetBytes, bytes, VhdFooter.isWhole(bytes) ? VhdFooter.parse(bytes) : null);
        }

        boolean isFixed() {
            return fields != null && fields.diskType() == VhdFooter.TYPE_FIXED;
        }

        boolean isMapped() {
            return fields != null && fields.isMapped();
        }

        VhdFooter whole() {
            return Objects.requireNonNull(fields);
        }

        /** Bytes between the end of a fixed disk and this footer. */
        long behindBytes() {
            return offsetBytes - whole().currentSizeBytes();
        }
    }

    private static long tailBytes(BackingStore store, @Nullable Candidate tail) {
        return tail == null ? store.sizeBytes() - VhdFooter.BYTES : tail.offsetBytes;
    }

    /** What is wrong with the footer at the end, when the copy at the beginning holds. */
    private static @Nullable String problem(@Nullable Candidate tail, Candidate head) {
        if (tail == null) {
            return "no footer";
        }
        if (tail.fields == null) {
            return checksumProblem(tail.bytes);
        }
        return VhdFooter.copy(tail.bytes).equals(VhdFooter.copy(head.bytes))
                ? null
                : "another content than the copy at offset 0";
    }

    /** A fixed disk ends in its footer; one whose identity is being changed ends in two. */
    private static Footers fixed(BackingStore store, Candidate tail) throws DiskFormatException {
        VhdFooter fields = tail.whole();
        checkKind(store.location(), fields);
        checkSize(store, fields);
        long behindBytes = tail.behindBytes();
        if (behindBytes != 0 && behindBytes != VhdFooter.BYTES) {
            throw new DiskFormatException(("%s: the VHD footer gives the disk %d bytes, the file holds %d before the"
                            + " footer; it was cut off or joined wrongly: restore it from a copy")
                    .formatted(store.location(), fields.currentSizeBytes(), tail.offsetBytes));
        }
        return new Footers(
                VhdFooter.copy(tail.bytes),
                fields,
                fields.currentSizeBytes(),
                null,
                behindBytes == 0 ? null : "two footers, one behind the other");
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
            throw new DiskFormatException(
                    ("%s is a VHD of type %d in the footer's disk type field; Kume serves fixed (2),"
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

    private static DiskFormatException none(BackingStore store, @Nullable Candidate head, @Nullable Candidate tail) {
        String location = store.location();
        if (head != null) {
            return new DiskFormatException(
                    ("%s begins like a dynamic VHD, but neither the footer at its end (%s) nor its"
                                    + " copy at offset 0 (%s) holds: restore the file from a copy")
                            .formatted(
                                    location,
                                    tail == null ? "none there" : checksumProblem(tail.bytes),
                                    head.fields == null
                                            ? checksumProblem(head.bytes)
                                            : "type " + head.fields.diskType()));
        }
        if (tail != null) {
            return new DiskFormatException(
                    ("%s: the VHD footer at offset %d has %s; it is damaged: restore the file from" + " a copy")
                            .formatted(location, tail.offsetBytes, checksumProblem(tail.bytes)));
        }
        return new DiskFormatException(("%s has no VHD footer (\"conectix\") in its last %d bytes; it is cut off or no"
                        + " VHD: restore it from a copy")
                .formatted(location, VhdFooter.BYTES));
    }

    private static String checksumProblem(ByteBuffer footer) {
        return "the checksum %08X, its bytes add up to %08X"
                .formatted(footer.getInt(VhdFooter.CHECKSUM), VhdFooter.checksum(footer));
    }

    /** The last 512 or 511 bytes when they begin with the cookie. */
    private static @Nullable Candidate atTail(BackingStore store) throws IOException {
        int bytes = (int) Math.min(store.sizeBytes(), VhdFooter.BYTES);
        long at = store.sizeBytes() - bytes;
        ByteBuffer tail = read(store, at, bytes);
        if (tail.limit() == VhdFooter.BYTES && VhdFooter.hasCookie(tail, 0)) {
            return Candidate.of(at, tail);
        }
        int old = tail.limit() - VhdFooter.OLD_BYTES;
        return old >= 0 && VhdFooter.hasCookie(tail, old)
                ? Candidate.of(at + old, tail.slice(old, VhdFooter.OLD_BYTES))
                : null;
    }

    /** The first 512 bytes when they begin with the cookie. */
    private static @Nullable Candidate atHead(BackingStore store) throws IOException {
        ByteBuffer head = read(store, 0, (int) Math.min(store.sizeBytes(), VhdFooter.BYTES));
        if (head.limit() < VhdFooter.BYTES || !VhdFooter.hasCookie(head, 0)) {
            return null;
        }
        ByteBuffer old = head.slice(0, VhdFooter.OLD_BYTES);
        return Candidate.of(0, !VhdFooter.isWhole(head) && VhdFooter.isWhole(old) ? old : head);
    }

    private static ByteBuffer read(BackingStore store, long offsetBytes, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        store.read(offsetBytes, target);
        return target.flip();
    }
}
