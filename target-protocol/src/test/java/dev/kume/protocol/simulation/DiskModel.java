package dev.kume.protocol.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What each block of one disk may hold. A write fills its blocks with a stamp of its own, so that what a block holds
 * says who wrote it.
 */
final class DiskModel {
    /** A write that was sent. */
    static final class Write {
        final long stamp;
        final int block;
        final int blocks;
        /** For each block the writes that were underway at some time together with this one. */
        private final List<Set<Write>> concurrent = new ArrayList<>();
        /** May still reach the disk. */
        boolean pending = true;

        private Write(long stamp, int block, int blocks) {
            this.stamp = stamp;
            this.block = block;
            this.blocks = blocks;
        }
    }

    /** A read that was sent: what each of its blocks may turn out to hold. */
    static final class Read {
        final int block;
        final List<Set<Long>> allowed = new ArrayList<>();

        private Read(int block) {
            this.block = block;
        }
    }

    /** A flush that was sent: what each block may hold afterwards on the medium. */
    static final class Flush {
        private final List<Set<Long>> medium = new ArrayList<>();
    }

    private static final class Block {
        /** Without the writes that are pending. */
        Set<Long> possible = new LinkedHashSet<>();

        final Set<Write> pending = new LinkedHashSet<>();
        /** What a power cut may leave here. */
        Set<Long> medium = new LinkedHashSet<>();
    }

    private final World world;
    private final String name;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();
    private final List<Flush> flushes = new ArrayList<>();
    private SimulatedStore store;

    DiskModel(World world, String name, SimulatedStore store, int blockCount) {
        this.world = world;
        this.name = name;
        this.store = store;
        for (int i = 0; i < blockCount; i++) {
            Block block = new Block();
            block.possible.add(0L);
            block.medium.add(0L);
            blocks.add(block);
        }
    }

    // ---- what initiators do -----------------------------------------------------------------------------------------

    Write write(long stamp, int block, int count) {
        Write write = new Write(stamp, block, count);
        for (int i = block; i < block + count; i++) {
            Block at = blocks.get(i);
            write.concurrent.add(new LinkedHashSet<>(at.pending));
            for (Write other : at.pending) {
                other.concurrent.get(i - other.block).add(write);
            }
            at.pending.add(write);
            at.medium.add(stamp);
            for (Flush flush : flushes) {
                flush.medium.get(i).add(stamp);
            }
            for (Read read : reads) {
                if (i >= read.block && i < read.block + read.allowed.size()) {
                    read.allowed.get(i - read.block).add(stamp);
                }
            }
        }
        return write;
    }

    /** GOOD: the disk has it, unless another write that was underway at the same time lies over it. */
    void written(Write write, boolean durable) {
        if (!write.pending) {
            return;
        }
        write.pending = false;
        for (int i = 0; i < write.blocks; i++) {
            Block at = blocks.get(write.block + i);
            at.pending.remove(write);
            at.possible = new LinkedHashSet<>();
            at.possible.add(write.stamp);
            write.concurrent.get(i).stream()
                    .filter(other -> !other.pending)
                    .forEach(other -> at.possible.add(other.stamp));
            if (durable) {
                Set<Long> medium = new LinkedHashSet<>(at.possible);
                at.pending.forEach(other -> medium.add(other.stamp));
                at.medium = medium;
            }
            check(write.block + i);
        }
    }

    /** Refused before it began: nothing of it may be seen. */
    void refused(Write write) {
        if (write.pending) {
            write.pending = false;
            for (int i = write.block; i < write.block + write.blocks; i++) {
                blocks.get(i).pending.remove(write);
                check(i);
            }
        }
    }

    /** Ended, nobody knows how far it came; from now on nothing of it reaches the disk. */
    void sealed(Write write) {
        if (write.pending) {
            for (int i = write.block; i < write.block + write.blocks; i++) {
                check(i);
            }
            write.pending = false;
            for (int i = write.block; i < write.block + write.blocks; i++) {
                Block at = blocks.get(i);
                at.pending.remove(write);
                at.possible = new LinkedHashSet<>(Set.of(store.stampAt(i)));
            }
        }
    }

    Read read(int block, int count) {
        Read read = new Read(block);
        for (int i = block; i < block + count; i++) {
            Set<Long> allowed = new LinkedHashSet<>(blocks.get(i).possible);
            blocks.get(i).pending.forEach(write -> allowed.add(write.stamp));
            read.allowed.add(allowed);
        }
        reads.add(read);
        return read;
    }

    void readDone(Read read) {
        reads.remove(read);
    }

    void check(Read read, int index, long stamp) {
        world.check(
                read.allowed.get(index).contains(stamp),
                "%s: block %d was read as %x, it can be %s only"
                        .formatted(name, read.block + index, stamp, hex(read.allowed.get(index))));
    }

    Flush flush() {
        Flush flush = new Flush();
        for (Block block : blocks) {
            Set<Long> medium = new LinkedHashSet<>(block.possible);
            block.pending.forEach(write -> medium.add(write.stamp));
            flush.medium.add(medium);
        }
        flushes.add(flush);
        return flush;
    }

    void flushed(Flush flush, boolean good) {
        flushes.remove(flush);
        if (good) {
            for (int i = 0; i < blocks.size(); i++) {
                blocks.get(i).medium.retainAll(flush.medium.get(i));
            }
        }
    }

    // ---- the disk as it is ------------------------------------------------------------------------------------------

    private void check(int index) {
        Block block = blocks.get(index);
        long is = store.stampAt(index);
        if (block.possible.contains(is)) {
            return;
        }
        for (Write write : block.pending) {
            if (write.stamp == is) {
                return;
            }
        }
        world.check(
                false,
                "%s: block %d holds %x, it can hold %s and %d writes underway only"
                        .formatted(name, index, is, hex(block.possible), block.pending.size()));
    }

    void checkAll() {
        for (int i = 0; i < blocks.size(); i++) {
            check(i);
        }
    }

    /** The daemon has begun anew on the bytes that were left. */
    void restarted(SimulatedStore newStore, boolean powerCut) {
        store = newStore;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            long is = store.stampAt(i);
            if (powerCut) {
                world.check(
                        block.medium.contains(is),
                        "%s: after a power cut block %d holds %x, it can hold %s only"
                                .formatted(name, i, is, hex(block.medium)));
            } else {
                check(i);
            }
            block.pending.forEach(write -> write.pending = false);
            block.pending.clear();
            block.possible = new LinkedHashSet<>(Set.of(is));
            if (powerCut) {
                block.medium = new LinkedHashSet<>(Set.of(is));
            }
        }
        reads.clear();
        flushes.clear();
    }

    int blockCount() {
        return blocks.size();
    }

    private static String hex(Set<Long> stamps) {
        return stamps.stream().map(Long::toHexString).toList().toString();
    }
}
