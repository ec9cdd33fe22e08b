package dev.kume.core.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a disk must hold. Of each sector it knows the content that the last flush has made durable, and what was written
 * since: a power cut may leave any of these, a read of the living disk the last one alone. Each sector that is written
 * carries a stamp of its disk, its place and its generation, so that content of another place is told at once. A disk
 * of 64 TB costs what was written. Single thread.
 */
public final class DiskModel {
    public static final int SECTOR_BYTES = 512;

    /** Sectors of one stretch: what a check reads at once. */
    private static final int STRETCH_SECTORS = 64;

    private static final byte[] ZEROES = new byte[SECTOR_BYTES];

    /** One read of a disk. */
    @FunctionalInterface
    public interface Reading {
        void read(long offsetBytes, ByteBuffer target) throws IOException;
    }

    /** 64 sectors side by side. Null is zeroes, or that nothing was written since the flush. */
    private static final class Stretch {
        private final byte @Nullable [][] flushed = new byte[STRETCH_SECTORS][];
        private final @Nullable List<byte[]>[] since = lists();

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static @Nullable List<byte[]>[] lists() {
            return new List[STRETCH_SECTORS];
        }

        private byte[] flushed(int at) {
            byte[] content = flushed[at];
            return content == null ? ZEROES : content;
        }

        private byte[] last(int at) {
            List<byte[]> later = since[at];
            return later == null ? flushed(at) : later.getLast();
        }

        private void write(int at, byte[] content) {
            List<byte[]> later = since[at];
            if (later == null) {
                later = new ArrayList<>(2);
                since[at] = later;
            }
            later.add(content);
        }
    }

    private final int disk;
    private final TreeMap<Long, Stretch> stretches = new TreeMap<>();
    private final List<Stretch> dirty = new ArrayList<>();
    private final byte[] buffer = new byte[STRETCH_SECTORS * SECTOR_BYTES];
    private long sizeBytes;
    private long generation;

    // The sectors of the call that has not been answered yet.
    private long callFrom;
    private long callTo;

    /** @param disk a number that stands in the stamps */
    public DiskModel(int disk, long sizeBytes) {
        this.disk = disk;
        this.sizeBytes = sizeBytes;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /** The disk has grown by zeroes, or its end was cut off. */
    public void resize(long newBytes) {
        long endSector = newBytes / SECTOR_BYTES;
        stretches.tailMap(endSector / STRETCH_SECTORS, true).forEach((number, stretch) -> {
            for (int at = 0; at < STRETCH_SECTORS; at++) {
                if (number * STRETCH_SECTORS + at >= endSector) {
                    stretch.flushed[at] = null;
                    stretch.since[at] = null;
                }
            }
        });
        sizeBytes = newBytes;
    }

    /** New content for sectors from {@code lba} on, each with a stamp of its own; not written yet. */
    public ByteBuffer stamped(long lba, int sectors) {
        ByteBuffer data = ByteBuffer.allocate(sectors * SECTOR_BYTES);
        generation++;
        for (int i = 0; i < sectors; i++) {
            SectorStamp.put(data, disk, lba + i, generation);
        }
        return data.flip();
    }

    /** A write of these bytes begins: a power cut may leave them from now on. */
    public void write(long lba, ByteBuffer data) {
        callFrom = lba;
        callTo = lba + data.remaining() / SECTOR_BYTES;
        for (int i = 0; i * SECTOR_BYTES < data.remaining(); i++) {
            byte[] content = new byte[SECTOR_BYTES];
            data.get(data.position() + i * SECTOR_BYTES, content);
            write(lba + i, content);
        }
    }

    /** Zeroes are written, or the range is unmapped. It may be all of the disk. */
    public void zero(long lba, long sectors) {
        callFrom = lba;
        callTo = lba + sectors;
        stretches
                .subMap(lba / STRETCH_SECTORS, true, (lba + sectors - 1) / STRETCH_SECTORS, true)
                .forEach((number, stretch) -> {
                    for (int at = 0; at < STRETCH_SECTORS; at++) {
                        long sector = number * STRETCH_SECTORS + at;
                        if (sector >= lba && sector < lba + sectors && stretch.last(at) != ZEROES) {
                            write(sector, ZEROES);
                        }
                    }
                });
    }

    /** The write, or whatever it was, has returned: no crash of the process takes it back any more. */
    public void answered() {
        callFrom = 0;
        callTo = 0;
    }

    /** A flush has returned: what was written is there for good. */
    public void flushed() {
        for (Stretch stretch : dirty) {
            for (int at = 0; at < STRETCH_SECTORS; at++) {
                if (stretch.since[at] != null) {
                    stretch.flushed[at] = stretch.last(at);
                    stretch.since[at] = null;
                }
            }
        }
        dirty.clear();
    }

    /** What is there now, all of it durable, for a child of this disk or a copy of it. */
    public DiskModel copy() {
        DiskModel copy = new DiskModel(disk, sizeBytes);
        copy.generation = generation;
        stretches.forEach((number, stretch) -> {
            Stretch same = new Stretch();
            for (int at = 0; at < STRETCH_SECTORS; at++) {
                byte[] last = stretch.last(at);
                same.flushed[at] = last == ZEROES ? null : last;
            }
            copy.stretches.put(number, same);
        });
        return copy;
    }

    /** Reads what was ever written, and a little that never was, as the living disk has to have it. */
    public void checkLiving(Reading disk, RandomGenerator random) throws IOException {
        check(disk, random, false, sizeBytes, null);
    }

    /**
     * Reads a disk that was opened again after a power cut.
     *
     * @param survivorBytes the size that it has now: a greater one than the model's where it was growing
     * @return what it holds; it is durable now, so that a later power cut leaves the same
     */
    public DiskModel checkSurvivor(Reading disk, RandomGenerator random, long survivorBytes) throws IOException {
        DiskModel seen = new DiskModel(this.disk, survivorBytes);
        seen.generation = generation;
        check(disk, random, true, survivorBytes, seen);
        return seen;
    }

    /**
     * Reads a disk that was opened again after a crash of the process, on a host that lives on: what was answered is
     * there, and what was not is there or not.
     */
    public DiskModel checkAfterKill(Reading disk, RandomGenerator random, long survivorBytes) throws IOException {
        return answeredModel().checkSurvivor(disk, random, survivorBytes);
    }

    /** As if each write had been flushed when it was answered. */
    private DiskModel answeredModel() {
        DiskModel answered = copy();
        stretches.forEach((number, stretch) -> {
            Stretch same = Objects.requireNonNull(answered.stretches.get(number));
            for (int at = 0; at < STRETCH_SECTORS; at++) {
                long sector = number * STRETCH_SECTORS + at;
                List<byte[]> later = stretch.since[at];
                if (later != null && sector >= callFrom && sector < callTo) {
                    byte[] before = later.size() > 1 ? later.get(later.size() - 2) : stretch.flushed(at);
                    same.flushed[at] = before == ZEROES ? null : before;
                    same.write(at, later.getLast());
                }
            }
        });
        return answered;
    }

    /** The same of all that was not flushed, and of a part of the rest: for those who look often. */
    public void checkSomeOfSurvivor(Reading disk, RandomGenerator random, long survivorBytes) throws IOException {
        check(disk, random, true, survivorBytes, null);
    }

    private void check(
            Reading reading, RandomGenerator random, boolean survivor, long endBytes, @Nullable DiskModel seen)
            throws IOException {
        Set<Stretch> changed = Collections.newSetFromMap(new IdentityHashMap<>());
        changed.addAll(dirty);
        int percent = seen != null || !survivor ? 100 : Math.max(5, 1600 / (stretches.size() + 1));
        for (Map.Entry<Long, Stretch> entry : stretches.entrySet()) {
            long first = entry.getKey() * STRETCH_SECTORS;
            boolean looks = changed.contains(entry.getValue()) || random.nextInt(100) < percent;
            if (looks && first * SECTOR_BYTES < endBytes) {
                Stretch found = check(reading, first, entry.getValue(), survivor, endBytes);
                if (seen != null) {
                    seen.stretches.put(entry.getKey(), found);
                }
            }
        }
        long count = Math.ceilDiv(endBytes, STRETCH_SECTORS * SECTOR_BYTES);
        for (int i = 0; i < 8; i++) {
            long number = i == 0 ? count - 1 : random.nextLong(count);
            if (!stretches.containsKey(number)) {
                check(reading, number * STRETCH_SECTORS, new Stretch(), survivor, endBytes);
            }
        }
    }

    private Stretch check(Reading reading, long firstSector, Stretch stretch, boolean survivor, long endBytes)
            throws IOException {
        Stretch seen = new Stretch();
        int sectors = (int) Math.min(STRETCH_SECTORS, endBytes / SECTOR_BYTES - firstSector);
        byte[] bytes = buffer;
        reading.read(firstSector * SECTOR_BYTES, ByteBuffer.wrap(bytes, 0, sectors * SECTOR_BYTES));
        for (int at = 0; at < sectors; at++) {
            byte[] found = find(bytes, at * SECTOR_BYTES, stretch, at, survivor);
            if (found == null) {
                byte[] content = Arrays.copyOfRange(bytes, at * SECTOR_BYTES, (at + 1) * SECTOR_BYTES);
                if (!survivor || !isTorn(content, stretch, at)) {
                    throw new AssertionError(complaint(firstSector + at, content, stretch, at, survivor));
                }
                found = content;
            }
            seen.flushed[at] = found == ZEROES ? null : found;
        }
        return seen;
    }

    private static byte @Nullable [] find(byte[] bytes, int from, Stretch stretch, int at, boolean survivor) {
        int to = from + SECTOR_BYTES;
        byte[] last = stretch.last(at);
        if (Arrays.equals(bytes, from, to, last, 0, SECTOR_BYTES)) {
            return last;
        }
        List<byte[]> later = stretch.since[at];
        if (!survivor || later == null) {
            return null;
        }
        for (byte[] content : later) {
            if (Arrays.equals(bytes, from, to, content, 0, SECTOR_BYTES)) {
                return content;
            }
        }
        byte[] flushed = stretch.flushed(at);
        return Arrays.equals(bytes, from, to, flushed, 0, SECTOR_BYTES) ? flushed : null;
    }

    /** A sector that was being written may be torn: each byte is of one of the contents that may be there. */
    private static boolean isTorn(byte[] content, Stretch stretch, int at) {
        List<byte[]> later = stretch.since[at];
        if (later == null) {
            return false;
        }
        byte[] flushed = stretch.flushed(at);
        for (int i = 0; i < SECTOR_BYTES; i++) {
            int byteAt = i;
            if (content[i] != flushed[i] && later.stream().noneMatch(some -> some[byteAt] == content[byteAt])) {
                return false;
            }
        }
        return true;
    }

    private void write(long sector, byte[] content) {
        Stretch stretch = stretches.computeIfAbsent(sector / STRETCH_SECTORS, number -> new Stretch());
        int at = (int) (sector % STRETCH_SECTORS);
        if (dirty.isEmpty() || dirty.getLast() != stretch) {
            dirty.add(stretch);
        }
        stretch.write(at, content);
    }

    private String complaint(long sector, byte[] content, Stretch stretch, int at, boolean survivor) {
        StringBuilder text = new StringBuilder("sector %d of disk %d holds %s".formatted(sector, disk, told(content)));
        text.append(survivor ? " after a power cut; flushed was " : ", flushed was ")
                .append(told(stretch.flushed(at)));
        List<byte[]> later = stretch.since[at];
        if (later != null) {
            text.append(", written since: ")
                    .append(later.stream().map(DiskModel::told).toList());
        }
        return text.toString();
    }

    private static String told(byte[] content) {
        return SectorStamp.told(content, 0);
    }
}
