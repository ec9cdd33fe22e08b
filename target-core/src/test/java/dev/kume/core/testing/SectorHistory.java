package dev.kume.core.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What many threads have written to the sectors of a disk and read from them, and whether there is an order of all that
 * explains it: each sector for itself. An operation happens at one moment between its begin and its end. Each write has
 * a content of its own; zeroes are all alike. Any thread.
 */
public final class SectorHistory {
    public static final int SECTOR_BYTES = SectorStamp.SECTOR_BYTES;

    /** One write, or one read, of one sector; {@code generation} 0 is zeroes. */
    private record Step(boolean write, long generation, long begin, long end) {
        private boolean isBefore(Step other) {
            return end < other.begin;
        }
    }

    /** All operations with one content: what can be said of the time in which it was there. */
    private static final class Life {
        private long firstEnd = Long.MAX_VALUE;
        private long lastBegin = Long.MIN_VALUE;

        private void add(Step step) {
            firstEnd = Math.min(firstEnd, step.end);
            lastBegin = Math.max(lastBegin, step.begin);
        }

        /** True when the content was there from {@link #firstEnd} to {@link #lastBegin} without a break. */
        private boolean isForward() {
            return firstEnd < lastBegin;
        }

        private boolean excludes(Life other) {
            return isForward() && firstEnd < other.lastBegin && other.firstEnd < lastBegin;
        }
    }

    private final int disk;
    private final List<List<Step>> sectors = new ArrayList<>();
    private final AtomicLong time = new AtomicLong();
    private final AtomicLong generations = new AtomicLong();

    /** A disk of zeroes. @param disk a number that stands in the stamps */
    public SectorHistory(int disk, int sectorCount) {
        this.disk = disk;
        for (int i = 0; i < sectorCount; i++) {
            List<Step> steps = new ArrayList<>();
            steps.add(new Step(true, 0, -1, -1));
            sectors.add(steps);
        }
    }

    public int sectors() {
        return sectors.size();
    }

    /** The time of a begin. */
    public long now() {
        return time.getAndIncrement();
    }

    /** New content for sectors. */
    public ByteBuffer stamped(int sector, int count, long generation) {
        ByteBuffer data = ByteBuffer.allocate(count * SECTOR_BYTES);
        for (int i = 0; i < count; i++) {
            SectorStamp.put(data, disk, sector + i, generation);
        }
        return data.flip();
    }

    public long newGeneration() {
        return generations.incrementAndGet();
    }

    /** A write has returned; generation 0 for zeroes. */
    public void written(int sector, int count, long generation, long begin) {
        add(sector, count, new Step(true, generation, begin, time.getAndIncrement()));
    }

    /** A read has returned these bytes, whole sectors. */
    public void read(int sector, ByteBuffer content, long begin) {
        long end = time.getAndIncrement();
        for (int i = 0; i < content.remaining() / SECTOR_BYTES; i++) {
            int from = content.position() + i * SECTOR_BYTES;
            long generation = SectorStamp.generation(content.array(), from, disk, sector + i);
            if (generation < 0) {
                throw new AssertionError(
                        "sector %d was read as %s".formatted(sector + i, SectorStamp.told(content.array(), from)));
            }
            add(sector + i, 1, new Step(false, generation, begin, end));
        }
    }

    private void add(int sector, int count, Step step) {
        for (int i = sector; i < sector + count; i++) {
            List<Step> steps = sectors.get(i);
            synchronized (steps) {
                steps.add(step);
            }
        }
    }

    /** Fails when there is no order that explains everything. When all is over. */
    public void check() {
        for (int sector = 0; sector < sectors.size(); sector++) {
            check(sector, sectors.get(sector));
        }
    }

    private void check(int sector, List<Step> steps) {
        Map<Long, Life> lives = new HashMap<>();
        for (Step step : steps) {
            if (step.generation != 0) {
                lives.computeIfAbsent(step.generation, generation -> new Life()).add(step);
            }
            if (!step.write) {
                assertTrue(
                        steps.stream().anyMatch(write -> explains(write, step, steps)),
                        () -> "sector %d: nothing explains %s in %s".formatted(sector, step, inOrder(steps)));
            }
        }
        List<Map.Entry<Long, Life>> all = List.copyOf(lives.entrySet());
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < all.size(); j++) {
                if (i != j && all.get(i).getValue().excludes(all.get(j).getValue())) {
                    throw new AssertionError("sector %d: generations %d and %d were there at once in %s"
                            .formatted(sector, all.get(i).getKey(), all.get(j).getKey(), inOrder(steps)));
                }
            }
        }
    }

    private static boolean explains(Step write, Step read, List<Step> steps) {
        return write.write
                && write.generation == read.generation
                && !read.isBefore(write)
                && steps.stream().noneMatch(other -> other.write && write.isBefore(other) && other.isBefore(read));
    }

    private static List<Step> inOrder(List<Step> steps) {
        return steps.stream().sorted((a, b) -> Long.compare(a.begin, b.begin)).toList();
    }
}
