package dev.kume.core.memory;

import dev.kume.core.store.BackingStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small record that is replaced again and again, in a file of two slots of {@value #SLOT_BYTES} bytes. A record goes
 * to the slot that does not hold the one before, so that a crash leaves the old one or the new one; no rename and no
 * allocation is needed. One thread at a time.
 *
 * <pre>
 * byte   0   magic "KUMESLOT"
 *        8   format version, 1
 *       12   bytes of the record
 *       16   sequence number: the higher one is the newer
 *       24   uuid of the disk
 *       40   CRC32C of header and record, this field taken as 0
 *       44   zeroes
 *       64   the record
 * </pre>
 *
 * <p>A write that fails is final: what the device has is not known, so every later one fails, too.
 */
public final class SlotFile implements Closeable {
    public static final int SLOT_BYTES = 1 << 20;

    /** The largest record. */
    public static final int RECORD_BYTES_MAX = SLOT_BYTES - 64;

    private static final int SLOTS = 2;
    private static final int HEADER_BYTES = 64;
    private static final int VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int SEQUENCE_AT = 16;
    private static final int UUID_AT = 24;
    private static final int CRC_AT = 40;
    private static final long MAGIC = 0x4B55_4D45_534C_4F54L;

    /** @param content of the record, from position 0 to the limit */
    private record Slot(int index, long sequence, ByteBuffer content) {}

    private final BackingStore store;
    private final UUID disk;
    private int current;
    private long sequence;
    private byte[] content;
    private @Nullable IOException failure;

    private SlotFile(BackingStore store, UUID disk, Slot newest) {
        this.store = store;
        this.disk = disk;
        this.current = newest.index;
        this.sequence = newest.sequence;
        this.content = bytes(newest.content);
    }

    /** Makes an empty store a slot file with a first record in both slots, durably and with all space it ever needs. */
    public static SlotFile create(BackingStore store, UUID disk, byte[] first) throws IOException {
        store.resize((long) SLOTS * SLOT_BYTES);
        if (!store.reserve(0, (long) SLOTS * SLOT_BYTES)) {
            store.zero(0, (long) SLOTS * SLOT_BYTES);
        }
        for (int i = 0; i < SLOTS; i++) {
            store.write((long) i * SLOT_BYTES, slot(disk, i + 1, first));
        }
        store.flush();
        return new SlotFile(store, disk, new Slot(SLOTS - 1, SLOTS, ByteBuffer.wrap(first)));
    }

    /**
     * Opens a slot file with its newest whole record, which is durable from then on: a process that died may have
     * written it and not flushed, and what is told of it after this start may not go back to the one before.
     *
     * @throws SlotDamagedException when neither slot holds a whole record of this disk
     */
    public static SlotFile open(BackingStore store, UUID disk) throws IOException {
        Slot newest = null;
        String reasons = "";
        for (int i = 0; i < SLOTS; i++) {
            try {
                Slot slot = read(store, disk, i);
                if (newest == null || Long.compareUnsigned(slot.sequence, newest.sequence) > 0) {
                    newest = slot;
                }
            } catch (IOException e) {
                reasons += "%sslot %d: %s".formatted(i == 0 ? "" : ", ", i, e.getMessage());
            }
        }
        if (newest == null) {
            throw new SlotDamagedException("%s is damaged (%s)".formatted(store.location(), reasons));
        }
        store.flush();
        return new SlotFile(store, disk, newest);
    }

    /** The newest record. */
    public byte[] content() {
        return content.clone();
    }

    /**
     * Replaces the record, durably.
     *
     * @throws IOException when it is not known to be durable; {@link #content} is the record before, and every later
     *     call fails
     */
    public void write(byte[] next) throws IOException {
        if (failure != null) {
            throw new IOException(
                    "%s: an earlier write failed (%s); check the device and restart the daemon"
                            .formatted(store.location(), failure.getMessage()),
                    failure);
        }
        if (next.length > RECORD_BYTES_MAX) {
            throw new IOException("%s: a record of %d bytes does not fit".formatted(store.location(), next.length));
        }
        int other = SLOTS - 1 - current;
        try {
            store.write((long) other * SLOT_BYTES, slot(disk, sequence + 1, next));
            store.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        current = other;
        sequence++;
        content = next.clone();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    private static ByteBuffer slot(UUID disk, long sequence, byte[] content) {
        ByteBuffer slot = ByteBuffer.allocate(HEADER_BYTES + content.length);
        slot.putLong(0, MAGIC);
        slot.putInt(VERSION_AT, VERSION);
        slot.putInt(LENGTH_AT, content.length);
        slot.putLong(SEQUENCE_AT, sequence);
        slot.putLong(UUID_AT, disk.getMostSignificantBits());
        slot.putLong(UUID_AT + Long.BYTES, disk.getLeastSignificantBits());
        slot.put(HEADER_BYTES, content);
        slot.putInt(CRC_AT, crc(slot));
        return slot;
    }

    private static Slot read(BackingStore store, UUID disk, int index) throws IOException {
        long at = (long) index * SLOT_BYTES;
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        store.read(at, header);
        if (header.getLong(0) != MAGIC) {
            throw new IOException("no slot");
        }
        int version = header.getInt(VERSION_AT);
        if (version != VERSION) {
            throw new IOException("version %d, not %d".formatted(version, VERSION));
        }
        int length = header.getInt(LENGTH_AT);
        if (length < 0 || length > RECORD_BYTES_MAX) {
            throw new IOException("a record of %d bytes".formatted(length));
        }
        ByteBuffer slot = ByteBuffer.allocate(HEADER_BYTES + length);
        store.read(at, slot);
        slot.clear();
        int crc = slot.getInt(CRC_AT);
        slot.putInt(CRC_AT, 0);
        if (crc(slot) != crc) {
            throw new IOException("wrong checksum");
        }
        UUID of = new UUID(slot.getLong(UUID_AT), slot.getLong(UUID_AT + Long.BYTES));
        if (!of.equals(disk)) {
            throw new IOException("it is of disk " + of);
        }
        return new Slot(index, slot.getLong(SEQUENCE_AT), slot.slice(HEADER_BYTES, length));
    }

    private static byte[] bytes(ByteBuffer record) {
        byte[] bytes = new byte[record.limit()];
        record.get(0, bytes);
        return bytes;
    }

    private static int crc(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.duplicate().clear());
        return (int) crc.getValue();
    }
}
