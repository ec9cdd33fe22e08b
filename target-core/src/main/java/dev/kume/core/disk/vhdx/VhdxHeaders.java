package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The two headers of a file ([MS-VHDX] 2.2.2.1): the newer sound one holds, and a change is written over the other one,
 * so that a write which is cut short leaves the file as it was. One thread at a time.
 */
final class VhdxHeaders {
    /** Headers and region tables lie below; everything else behind. */
    static final long SECTION_BYTES = Bytes.MIB;

    /** No file has been changed so often; a number that wraps around would lose to the old header for ever. */
    private static final long SEQUENCE_NUMBER_MAX = Long.MAX_VALUE;

    private static final long[] OFFSETS = {64 << 10, 128 << 10};

    private final BackingStore store;
    private VhdxHeader current;
    private int currentAt;

    private VhdxHeaders(BackingStore store, VhdxHeader current, int currentAt) {
        this.store = store;
        this.current = current;
        this.currentAt = currentAt;
    }

    /** Reads both, takes the newer sound one, and checks it. */
    static VhdxHeaders read(BackingStore store) throws IOException {
        if (!FileTypeIdentifier.isIn(store)) {
            throw Bytes.damaged(store, "the file does not begin with \"vhdxfile\", it is damaged or no VHDX");
        }
        if (store.sizeBytes() < SECTION_BYTES) {
            throw Bytes.damaged(
                    store, "the file ends at %d, inside of the header section".formatted(store.sizeBytes()));
        }
        VhdxHeader first = at(store, 0);
        VhdxHeader second = at(store, 1);
        if (first != null && (second == null || isNewer(store, first, second))) {
            check(store, first);
            return new VhdxHeaders(store, first, 0);
        }
        if (second != null) {
            check(store, second);
            return new VhdxHeaders(store, second, 1);
        }
        throw Bytes.damaged(
                store,
                "neither header, at offset %d and %d, has its signature and checksum"
                        .formatted(OFFSETS[0], OFFSETS[1]));
    }

    private static boolean isNewer(BackingStore store, VhdxHeader first, VhdxHeader second) throws DiskFormatException {
        int order = Long.compareUnsigned(first.sequenceNumber(), second.sequenceNumber());
        if (order == 0 && !first.equals(second)) {
            throw Bytes.damaged(
                    store,
                    "both headers have the sequence number %s, and they differ"
                            .formatted(Long.toUnsignedString(first.sequenceNumber())));
        }
        return order >= 0;
    }

    /** The two headers of a new file. */
    static void create(BackingStore store, VhdxHeader header) throws IOException {
        for (int i = 0; i < OFFSETS.length; i++) {
            store.write(OFFSETS[i], header.withSequenceNumber(i + 1L).encode());
        }
    }

    /** How the header at this place reads: null for one that is not sound. */
    static @Nullable VhdxHeader at(BackingStore store, int index) throws IOException {
        return VhdxHeader.parse(Bytes.read(store, OFFSETS[index], VhdxHeader.BYTES));
    }

    static long offsetBytes(int index) {
        return OFFSETS[index];
    }

    private static void check(BackingStore store, VhdxHeader header) throws DiskFormatException {
        if (Long.compareUnsigned(header.sequenceNumber(), SEQUENCE_NUMBER_MAX) > 0) {
            throw Bytes.damaged(
                    store,
                    "the header's sequence number %s leaves no greater one for the next change"
                            .formatted(Long.toUnsignedString(header.sequenceNumber())));
        }
        if (header.version() != VhdxHeader.VERSION) {
            throw new DiskFormatException("%s: the header's version is %d; Kume knows version %d"
                    .formatted(store.location(), header.version(), VhdxHeader.VERSION));
        }
        if (header.logVersion() != 0 && header.hasLog()) {
            throw new DiskFormatException(
                    ("%s: the header's log version is %d, and the log has to be replayed; Kume knows version 0. Open"
                                    + " the file once with what wrote it")
                            .formatted(store.location(), header.logVersion()));
        }
        if (header.logBytes() == 0 || !Bytes.isAligned(header.logBytes(), Bytes.MIB)) {
            throw Bytes.damaged(
                    store, "the header's log length %d is not a multiple of 1 MB".formatted(header.logBytes()));
        }
        long offset = header.logOffset();
        if (offset < SECTION_BYTES || !Bytes.isAligned(offset, Bytes.MIB)) {
            throw Bytes.damaged(
                    store, "the header's log offset %d is not a multiple of 1 MB, at least 1 MB".formatted(offset));
        }
        if (offset > store.sizeBytes() - header.logBytes()) {
            throw Bytes.damaged(
                    store,
                    "the log of %d bytes at offset %d lies beyond the end of the file at %d"
                            .formatted(header.logBytes(), offset, store.sizeBytes()));
        }
    }

    VhdxHeader current() {
        return current;
    }

    /** Which of the two holds. */
    int currentIndex() {
        return currentAt;
    }

    /** Writes the one that a power cut has torn again; the one that holds stays as it is until then. */
    void mend() throws IOException {
        if (at(store, 1 - currentAt) == null) {
            update(current);
        }
    }

    /** Writes a new header over the one that does not hold, durably; it holds from then on. */
    void update(VhdxHeader changed) throws IOException {
        VhdxHeader next = changed.withSequenceNumber(current.sequenceNumber() + 1);
        int other = 1 - currentAt;
        store.write(OFFSETS[other], next.encode());
        store.flush();
        current = next;
        currentAt = other;
    }
}
