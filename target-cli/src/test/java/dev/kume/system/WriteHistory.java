package dev.kume.system;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that was ever done to some places of a disk, a block of 4 KiB each, and what may be there therefore. At a place
 * one thing is done after the other; at different places nothing is known but when it began and when it was answered.
 *
 * <p>Written by one thread at a time; read while nobody writes.
 */
final class WriteHistory {
    /** Where blocks of 4 KiB are read from. */
    interface Source {
        /** In the order of the offsets. */
        List<byte[]> read(long... offsetsBytes) throws IOException;
    }

    static final int BLOCK_BYTES = 4096;
    static final int SECTOR_BYTES = 512;
    private static final int SECTORS = BLOCK_BYTES / SECTOR_BYTES;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long MAGIC = 0x4B754B696C6C6564L;

    /** A write of stamped bytes, or of zeroes. */
    static final class Deed {
        private final long generation;
        private final boolean zero;
        private final long begunNanos;
        private long answeredNanos = NEVER;

        private Deed(long generation, boolean zero, long begunNanos) {
            this.generation = generation;
            this.zero = zero;
            this.begunNanos = begunNanos;
        }

        void answered(long nanos) {
            answeredNanos = nanos;
        }

        private boolean isAnswered() {
            return answeredNanos != NEVER;
        }

        @Override
        public String toString() {
            return zero ? "zeroes" : "generation " + generation;
        }
    }

    private final long[] offsets;
    private final List<List<Deed>> deeds = new ArrayList<>();
    private long generation;

    /** Zeroes are at all places in the beginning. */
    WriteHistory(long... offsetsBytes) {
        offsets = offsetsBytes.clone();
        for (int place = 0; place < offsets.length; place++) {
            deeds.add(new ArrayList<>(List.of(before())));
        }
    }

    private static Deed before() {
        Deed zeroes = new Deed(0, true, Long.MIN_VALUE);
        zeroes.answered(Long.MIN_VALUE);
        return zeroes;
    }

    int places() {
        return offsets.length;
    }

    long offsetBytes(int place) {
        return offsets[place];
    }

    /** A write begins; its bytes are {@link #stamped}. */
    Deed write(int place) {
        return add(place, new Deed(++generation, false, System.nanoTime()));
    }

    /** Zeroing begins. */
    Deed zero(int place) {
        return add(place, new Deed(++generation, true, System.nanoTime()));
    }

    private Deed add(int place, Deed deed) {
        deeds.get(place).add(deed);
        return deed;
    }

    /** The disk has refused it, and says that nothing was done. */
    void refused(int place, Deed deed) {
        deeds.get(place).remove(deed);
    }

    byte[] stamped(int place, Deed deed) {
        return stamped(offsets[place], deed.generation);
    }

    private static byte[] stamped(long offsetBytes, long generation) {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK_BYTES);
        for (int at = 0; at < BLOCK_BYTES; at += 8) {
            bytes.putLong(at, generation * 31 + at);
        }
        for (int at = 0; at < BLOCK_BYTES; at += SECTOR_BYTES) {
            bytes.putLong(at, MAGIC).putLong(at + 8, offsetBytes + at).putLong(at + 16, generation);
        }
        return bytes.array();
    }

    // ---- the disk itself

    /**
     * What is wrong with the disk: at each place there must be the last thing that was answered, or one that was begun
     * after it and never answered. What is found is the truth from now on.
     */
    List<String> lost(Source source) throws IOException {
        List<String> lost = new ArrayList<>();
        List<byte[]> all = source.read(offsets);
        for (int place = 0; place < offsets.length; place++) {
            byte[] found = all.get(place);
            List<Deed> possible = possible(place);
            Deed whole = null;
            for (Deed deed : possible) {
                whole = isAll(place, deed, found) ? deed : whole;
            }
            if (whole != null) {
                settle(place, whole);
            } else if (!isTornFrom(place, possible, found)) {
                lost.add("byte %d: one of %s is promised, %s found"
                        .formatted(offsets[place], possible, seen(place, found)));
            }
        }
        return lost;
    }

    /** The last thing that was answered, and all that came after it. */
    private List<Deed> possible(int place) {
        List<Deed> all = deeds.get(place);
        int last = all.size() - 1;
        while (!all.get(last).isAnswered()) {
            last--;
        }
        return List.copyOf(all.subList(last, all.size()));
    }

    /** What came after it has not happened, and does not any more. */
    private void settle(int place, Deed happened) {
        List<Deed> all = deeds.get(place);
        while (all.getLast() != happened) {
            all.removeLast();
        }
        if (!happened.isAnswered()) {
            happened.answered(System.nanoTime());
        }
    }

    private boolean isTornFrom(int place, List<Deed> possible, byte[] found) {
        for (int sector = 0; sector < SECTORS; sector++) {
            int at = sector;
            if (possible.stream().noneMatch(deed -> isAt(place, deed, found, at))) {
                return false;
            }
        }
        return true;
    }

    private boolean isAll(int place, Deed deed, byte[] found) {
        boolean maybe = ByteBuffer.wrap(found).getLong(16) == (deed.zero ? 0 : deed.generation);
        return maybe && Arrays.equals(found, content(place, deed));
    }

    private boolean isAt(int place, Deed deed, byte[] found, int sector) {
        int from = sector * SECTOR_BYTES;
        int to = from + SECTOR_BYTES;
        return Arrays.equals(found, from, to, content(place, deed), from, to);
    }

    private byte[] content(int place, Deed deed) {
        return deed.zero ? new byte[BLOCK_BYTES] : stamped(place, deed);
    }

    private String seen(int place, byte[] found) {
        List<String> sectors = new ArrayList<>();
        for (int at = 0; at < BLOCK_BYTES; at += SECTOR_BYTES) {
            ByteBuffer sector = ByteBuffer.wrap(found, at, SECTOR_BYTES).slice();
            boolean own = sector.getLong(0) == MAGIC && sector.getLong(8) == offsets[place] + at;
            String text = own ? "generation " + sector.getLong(16) : "other bytes";
            sectors.add(sector.equals(ByteBuffer.allocate(SECTOR_BYTES)) ? "zeroes" : text);
        }
        return sectors.stream().distinct().count() == 1 ? sectors.getFirst() : sectors.toString();
    }

    // ---- what is like it at some moment

    /**
     * Adds to {@code moment} when each place of the disk was as it is in a copy of it.
     *
     * @return what was so at no time
     */
    List<String> compare(Source copy, CommonMoment moment) throws IOException {
        List<String> wrong = new ArrayList<>();
        List<byte[]> all = copy.read(offsets);
        for (int place = 0; place < offsets.length; place++) {
            byte[] found = all.get(place);
            if (!compare(place, found, moment.of("byte " + offsets[place]))) {
                wrong.add("byte %d: %s found, which was there at no time; last were %s"
                        .formatted(offsets[place], seen(place, found), possible(place)));
            }
        }
        return wrong;
    }

    private boolean compare(int place, byte[] found, CommonMoment.Thing thing) {
        List<Deed> all = deeds.get(place);
        boolean any = false;
        for (int i = 0; i < all.size(); i++) {
            if (isAll(place, all.get(i), found)) {
                any = true;
                thing.between(all.get(i).begunNanos, i + 1 < all.size() ? all.get(i + 1).answeredNanos : NEVER);
            }
        }
        return any;
    }

    /** Begins again with what is on the disk now, whatever it is: stamps of this history or zeroes. */
    List<String> adopt(Source source) throws IOException {
        List<String> wrong = new ArrayList<>();
        List<byte[]> all = source.read(offsets);
        for (int place = 0; place < offsets.length; place++) {
            byte[] found = all.get(place);
            long stamp = ByteBuffer.wrap(found).getLong(16);
            Deed deed = new Deed(stamp, stamp == 0, Long.MIN_VALUE);
            deed.answered(Long.MIN_VALUE);
            if (!isAll(place, deed, found)) {
                wrong.add("byte %d: %s found".formatted(offsets[place], seen(place, found)));
            }
            deeds.set(place, new ArrayList<>(List.of(deed)));
        }
        return wrong;
    }
}
