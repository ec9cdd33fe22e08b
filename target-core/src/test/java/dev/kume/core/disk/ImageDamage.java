package dev.kume.core.disk;

import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.disk.vhdx.VhdxFormat;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Damages a disk file that knows its structures: fields get values that somebody may have meant ill, and mostly the
 * checksums are right again afterwards, so that what lies behind them is reached.
 */
final class ImageDamage {
    /** What stands over the bytes of a structure, and where. */
    private enum Seal {
        NONE,
        /** Ones' complement of the sum of the bytes, big-endian. */
        SUM,
        /** CRC-32C, little-endian, at offset 4. */
        CRC
    }

    /**
     * One structure.
     *
     * @param fields where its fields begin; others are hit as well
     */
    private record Structure(String name, long offset, int length, Seal seal, int sealAt, int[] fields) {}

    private static final int[] FOOTER = {0, 8, 12, 16, 20, 24, 28, 40, 44, 48, 52, 56, 60, 64, 68, 84};
    private static final int[] DYNAMIC_HEADER = {
        0, 8, 16, 20, 24, 28, 32, 36, 40, 56, 64, 576, 580, 584, 592, 600, 604, 608, 616, 624, 628, 632, 640
    };
    private static final int[] VHDX_HEADER = {0, 4, 8, 16, 32, 48, 64, 66, 68, 72, 80};
    private static final int[] REGION_TABLE = {0, 4, 8, 16, 32, 40, 44, 48, 64, 72, 76, 80};
    private static final int[] METADATA_TABLE = {
        0, 8, 10, 32, 48, 52, 56, 64, 80, 84, 88, 96, 112, 116, 120, 128, 144, 148, 152, 160, 176, 180, 184, 192, 208,
        212, 216
    };
    private static final int[] LOG_ENTRY = {0, 4, 8, 12, 16, 24, 32, 48, 56, 64, 68, 72, 80, 88, 96, 100, 104, 112, 120
    };

    private final PowerCutStore store;
    private final RandomGenerator random;
    private final ByteOrder order;
    private final List<Structure> structures = new ArrayList<>();

    ImageDamage(PowerCutStore store, String format, RandomGenerator random) throws IOException {
        this.store = store;
        this.random = random;
        this.order = format.equals(VhdxFormat.NAME) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        if (format.equals(VhdFormat.NAME)) {
            findVhd();
        } else if (format.equals(VhdxFormat.NAME)) {
            findVhdx();
        }
    }

    private void findVhd() throws IOException {
        structures.add(new Structure("footer", store.sizeBytes() - 512, 512, Seal.SUM, 64, FOOTER));
        ByteBuffer head = bytes(0, 512);
        if (head.getLong(0) == 0x636F_6E65_6374_6978L) {
            structures.add(new Structure("copy of the footer", 0, 512, Seal.SUM, 64, FOOTER));
            long header = head.getLong(16);
            structures.add(new Structure("dynamic header", header, 1024, Seal.SUM, 36, DYNAMIC_HEADER));
            ByteBuffer fields = bytes(header, 1024);
            int entries = Math.min(fields.getInt(28), 2048);
            structures.add(new Structure("BAT", fields.getLong(16), 4 * entries, Seal.NONE, 0, words(entries, 4)));
            structures.add(new Structure("BAT", fields.getLong(16), 4 * entries, Seal.NONE, 0, words(entries, 4)));
        }
    }

    private void findVhdx() throws IOException {
        structures.add(new Structure("header 1", 64 << 10, 4096, Seal.CRC, 4, VHDX_HEADER));
        structures.add(new Structure("header 2", 128 << 10, 4096, Seal.CRC, 4, VHDX_HEADER));
        structures.add(new Structure("region table 1", 192 << 10, 64 << 10, Seal.CRC, 4, REGION_TABLE));
        structures.add(new Structure("region table 2", 256 << 10, 64 << 10, Seal.CRC, 4, REGION_TABLE));
        ByteBuffer regions = bytes(192 << 10, 4096);
        for (int i = 0; i < Math.min(8, regions.getInt(8)); i++) {
            long offset = regions.getLong(16 + 32 * i + 16);
            ByteBuffer table = bytes(offset, 4096);
            if (table.getLong(0) == 0x6174_6164_6174_656DL) {
                structures.add(new Structure("metadata table", offset, 4096, Seal.NONE, 0, METADATA_TABLE));
                for (int item = 0; item < Math.min(16, table.getShort(10)); item++) {
                    long at = offset + Integer.toUnsignedLong(table.getInt(32 + 32 * item + 16));
                    int length = Math.clamp(table.getInt(32 + 32 * item + 20), 4, 4096);
                    structures.add(new Structure("metadata item", at, length, Seal.NONE, 0, words(length / 4, 4)));
                }
            } else {
                structures.add(new Structure("BAT", offset, 4096, Seal.NONE, 0, words(24, 8)));
                structures.add(new Structure("BAT", offset, 4096, Seal.NONE, 0, words(512, 8)));
            }
        }
        ByteBuffer header = bytes(64 << 10, 4096);
        long log = header.getLong(72);
        long logBytes = Integer.toUnsignedLong(header.getInt(68));
        int found = 0;
        for (long at = log; at < log + logBytes && found < 8; at += 4096) {
            ByteBuffer entry = bytes(at, 4096);
            if (entry.getInt(0) == 0x6567_6F6C) {
                int length = Math.clamp(entry.getInt(8), 4096, 64 << 10);
                if (at + length <= log + logBytes) {
                    structures.add(new Structure("log entry", at, length, Seal.CRC, 4, LOG_ENTRY));
                    found++;
                }
            }
        }
    }

    private static int[] words(int count, int bytes) {
        int[] fields = new int[Math.max(1, count)];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = bytes * i;
        }
        return fields;
    }

    /** Damages it once or more, durably; tells what was done. */
    String run() throws IOException {
        StringBuilder done = new StringBuilder();
        int count = 1 + random.nextInt(random.nextInt(3) == 0 ? 6 : 2);
        for (int i = 0; i < count; i++) {
            int what = random.nextInt(24);
            if (what == 0) {
                long size = random.nextLong(store.sizeBytes() + (1 << 20));
                done.append("size ").append(size).append("; ");
                store.resize(size);
            } else if (what == 1) {
                long at = random.nextLong(store.sizeBytes() + 1);
                store.write(at, ByteBuffer.wrap(new byte[] {(byte) random.nextInt()}));
                done.append("a byte at ").append(at).append("; ");
            } else {
                done.append(damage(structures.get(random.nextInt(structures.size())), what))
                        .append("; ");
            }
        }
        store.flush();
        return done.toString();
    }

    private String damage(Structure structure, int what) throws IOException {
        if (structure.offset() < 0 || structure.offset() + structure.length() > store.sizeBytes()) {
            return structure.name() + " is gone";
        }
        ByteBuffer bytes = bytes(structure.offset(), structure.length());
        String done;
        if (what < 4) {
            int bit = random.nextInt(8 * structure.length());
            bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
            done = "bit " + bit;
        } else if (what == 4) {
            Structure other = structures.get(random.nextInt(structures.size()));
            int length = Math.min(structure.length(), other.length());
            if (other.offset() >= 0 && other.offset() + length <= store.sizeBytes()) {
                bytes.put(0, bytes(other.offset(), length), 0, length);
            }
            done = "now " + other.name();
        } else if (what == 5) {
            int from = random.nextInt(structure.length());
            int to = from + random.nextInt(structure.length() - from + 1);
            bytes.put(from, new byte[to - from]);
            done = "zeroes from %d to %d".formatted(from, to);
        } else {
            int[] fields = structure.fields();
            int at = fields[random.nextInt(fields.length)];
            done = put(bytes, at, random.nextInt(4));
        }
        boolean sealed = random.nextInt(8) > 0 && seal(structure, bytes);
        store.write(structure.offset(), bytes.clear());
        return "%s at %d: %s%s".formatted(structure.name(), structure.offset(), done, sealed ? ", sealed" : "");
    }

    private String put(ByteBuffer bytes, int at, int width) {
        if (width == 0 && at + 2 <= bytes.limit()) {
            short value = (short) value(16);
            bytes.putShort(at, value);
            return "%d: %04X".formatted(at, value);
        }
        if (width == 1 && at + Long.BYTES <= bytes.limit()) {
            long value = value(64);
            long now = bytes.getLong(at);
            value = random.nextInt(3) == 0 ? now + value(4) - 8 : random.nextInt(4) == 0 ? now ^ value : value;
            bytes.putLong(at, value);
            return "%d: %016X".formatted(at, value);
        }
        if (at + Integer.BYTES <= bytes.limit()) {
            int now = bytes.getInt(at);
            int value = (int) value(32);
            value = random.nextInt(3) == 0 ? now + (int) value(4) - 8 : random.nextInt(4) == 0 ? now ^ value : value;
            bytes.putInt(at, value);
            return "%d: %08X".formatted(at, value);
        }
        bytes.put(at, (byte) random.nextInt());
        return "byte " + at;
    }

    /** Values at which somebody may have gone wrong. */
    private long value(int bits) {
        return switch (random.nextInt(9)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 1L << random.nextInt(bits);
            case 3 -> (1L << random.nextInt(bits)) - 1;
            case 4 -> store.sizeBytes() + random.nextInt(1025) - 512;
            case 5 -> random.nextLong(store.sizeBytes() + 1) & -512;
            case 6 -> random.nextLong((store.sizeBytes() >> 20) + 2) << 20 | random.nextInt(8);
            case 7 -> random.nextInt(1 << Math.min(bits, 16));
            default -> random.nextLong();
        };
    }

    private boolean seal(Structure structure, ByteBuffer bytes) {
        if (structure.seal() == Seal.SUM) {
            bytes.putInt(structure.sealAt(), 0);
            int sum = 0;
            for (int i = 0; i < bytes.limit(); i++) {
                sum += bytes.get(i) & 0xFF;
            }
            bytes.putInt(structure.sealAt(), ~sum);
        } else if (structure.seal() == Seal.CRC) {
            bytes.putInt(structure.sealAt(), 0);
            CRC32C checksum = new CRC32C();
            checksum.update(bytes.duplicate().clear());
            bytes.putInt(structure.sealAt(), (int) checksum.getValue());
        }
        return structure.seal() != Seal.NONE;
    }

    private ByteBuffer bytes(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(order);
        if (offset >= 0 && offset + length <= store.sizeBytes()) {
            store.read(offset, bytes);
        }
        return bytes.clear();
    }
}
