package dev.kume.core.disk.vhdx;

import static dev.kume.core.disk.vhdx.VhdxFiles.MIB;
import static dev.kume.core.disk.vhdx.VhdxFiles.bytes;
import static dev.kume.core.disk.vhdx.VhdxFiles.durable;
import static dev.kume.core.disk.vhdx.VhdxFiles.options;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskGrowth;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disks of every type against arrays of bytes: written, unmapped, resized, closed and opened again. */
class VhdxDisksTest {
    private final VhdxFormat vhdx = VhdxFiles.format(8);

    @ParameterizedTest
    @CsvSource({
        "FIXED, 1, 512",
        "DYNAMIC, 1, 512",
        "DYNAMIC, 2, 4096",
        "DIFFERENCING, 1, 512",
        "DIFFERENCING, 4, 512",
        "DIFFERENCING, 1, 4096"
    })
    void contentIsThatOfTheModel(DiskType type, int blockMib, int sector) {
        Trials.forSeed(40, 12, random -> {
            int sizeBytes = (int) (random.nextLong(3 * MIB, 9 * MIB) / sector * sector);
            byte[] parentModel = new byte[(int) (5 * MIB)];
            VirtualDisk parent = type == DiskType.DIFFERENCING ? parent(random, parentModel, sector) : null;
            byte[] model = parent == null ? new byte[sizeBytes] : Arrays.copyOf(parentModel, sizeBytes);
            PowerCutStore store = created(type, sizeBytes, blockMib * MIB, sector);
            for (int round = 0; round < 4; round++) {
                try (MappedDisk disk = (MappedDisk) vhdx.open(store, true, parent)) {
                    for (int i = 0; i < 12; i++) {
                        change(random, disk, model, sector);
                    }
                    if (random.nextInt(3) == 0) {
                        disk.compact(Progress.NONE);
                    }
                    if (random.nextInt(3) == 0) {
                        model = resized(random, disk, model, parentModel, sector);
                    }
                    assertArrayEquals(model, bytes(disk));
                    DiskReport report = disk.check(Progress.NONE);
                    assertTrue(report.clean(), report.toString());
                }
                store = durable(store);
                DiskReport report = vhdx.check(store, false, Progress.NONE);
                assertTrue(report.findings().isEmpty(), report.toString());
                try (VirtualDisk disk = vhdx.open(store.asReadOnly(), true, parent)) {
                    assertArrayEquals(model, bytes(disk));
                }
            }
        });
    }

    /** What a child gets back beyond its old end is its own zeroes, or what the parent has there. */
    private static byte[] resized(RandomGenerator random, MappedDisk disk, byte[] model, byte[] parentModel, int sector)
            throws IOException {
        int newBytes = (int) (random.nextLong(2 * MIB, 12 * MIB) / sector * sector);
        if (newBytes == model.length) {
            return model;
        }
        if (newBytes < model.length) {
            disk.shrink(newBytes);
            return Arrays.copyOf(model, newBytes);
        }
        DiskGrowth growth = disk.grow(newBytes, Progress.NONE);
        if (random.nextBoolean()) {
            growth.undo();
            return model;
        }
        growth.use();
        byte[] larger = Arrays.copyOf(model, newBytes);
        disk.zero(model.length, newBytes - model.length);
        return larger;
    }

    private static void change(RandomGenerator random, VirtualDisk disk, byte[] model, int sector) throws IOException {
        int sectors = model.length / sector;
        int from = random.nextInt(sectors);
        int count =
                Math.min(sectors - from, random.nextInt(4) == 0 ? random.nextInt(1, sectors) : random.nextInt(1, 9));
        int at = from * sector;
        int bytes = count * sector;
        switch (random.nextInt(6)) {
            case 0 -> {
                disk.unmap(at, bytes);
                Arrays.fill(model, at, at + bytes, (byte) 0);
            }
            case 1 -> disk.flush();
            default -> {
                byte[] content = new byte[bytes];
                random.nextBytes(content);
                disk.write(at, ByteBuffer.wrap(content));
                System.arraycopy(content, 0, model, at, bytes);
            }
        }
    }

    private VirtualDisk parent(RandomGenerator random, byte[] model, int sector) throws IOException {
        PowerCutStore store = new PowerCutStore("parent.vhdx");
        vhdx.create(store, options(DiskType.DYNAMIC, model.length, 2 * MIB, sector, null));
        VirtualDisk disk = vhdx.open(store);
        for (int i = 0; i < 5; i++) {
            change(random, disk, model, sector);
        }
        disk.flush();
        return disk;
    }

    private PowerCutStore created(DiskType type, long sizeBytes, long blockBytes, int sector) throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhdx");
        vhdx.create(
                store,
                options(type, sizeBytes, blockBytes, sector, type == DiskType.DIFFERENCING ? VhdxFiles.link() : null));
        return store;
    }

    /** A commit of more than one entry of the log, cut at any call: each part of it is a sound file. */
    @Test
    void powerCutsInLargeCommits() {
        Trials.forSeed(60, 60, random -> {
            boolean child = random.nextBoolean();
            long size = 200_000 * MIB;
            VirtualDisk parent = child ? parent(random, new byte[(int) (5 * MIB)], 512) : null;
            PowerCutStore store =
                    created(child ? DiskType.DIFFERENCING : DiskType.DYNAMIC, size, MIB, child ? 512 : 4096);
            FaultyStore cuttable = new FaultyStore(store);
            VirtualDisk disk = vhdx.open(cuttable, true, parent);
            write(disk, size - MIB, 1);
            disk.flush();
            // Each of these lies in another page of the BAT, and of the bitmaps.
            for (long at = 8 * MIB; at < size - MIB; at += 512 * MIB) {
                write(disk, at, 2);
            }
            PowerCutStore cut = cutAtCall(random.nextInt(1, 900), store, cuttable, disk, random);
            DiskReport report = vhdx.check(durable(cut), true, Progress.NONE);
            assertTrue(report.clean(), report.toString());
            try (VirtualDisk again = vhdx.open(cut, true, parent)) {
                assertEquals(1, first(again, size - MIB));
                for (long at = 8 * MIB; at < size - MIB; at += 512 * MIB) {
                    int there = first(again, at);
                    assertTrue(there == 2 || there == 0, at + ": " + there);
                }
            }
        });
    }

    /** A resize that moves the BAT, cut at any call: the disk has one size or the other, and all of its bytes. */
    @Test
    void powerCutsInResizes() {
        Trials.forSeed(160, 60, random -> {
            boolean child = random.nextBoolean();
            VirtualDisk parent = child ? parent(random, new byte[(int) (5 * MIB)], 512) : null;
            PowerCutStore store =
                    created(child ? DiskType.DIFFERENCING : DiskType.DYNAMIC, 9000 * MIB, MIB, child ? 512 : 4096);
            FaultyStore cuttable = new FaultyStore(store);
            MappedDisk disk = (MappedDisk) vhdx.open(cuttable, true, parent);
            for (long at = 8 * MIB; at < 4000 * MIB; at += 200 * MIB) {
                write(disk, at, 3);
            }
            write(disk, 8999 * MIB, 4);
            disk.flush();
            boolean shrinks = random.nextBoolean();
            AtomicReference<PowerCutStore> cut = new AtomicReference<>();
            AtomicInteger calls = new AtomicInteger(random.nextInt(1, 60));
            cuttable.hook((call, offset, length) -> {
                if (calls.decrementAndGet() == 0) {
                    cut.set(store.cut(random));
                }
            });
            if (shrinks) {
                disk.shrink(4000 * MIB);
            } else {
                disk.grow(200_000 * MIB, Progress.NONE).use();
                write(disk, 199_999 * MIB, 5);
                disk.flush();
            }
            PowerCutStore found = cut.get() == null ? store.cut(random) : cut.get();
            DiskReport report = vhdx.check(durable(found), true, Progress.NONE);
            assertTrue(report.clean(), report.toString());
            vhdx.settle(found, Math.min(vhdx.inspect(found).sizeBytes(), 9000 * MIB));
            try (VirtualDisk again = vhdx.open(found, true, parent)) {
                long size = again.info().sizeBytes();
                assertTrue(size == 9000 * MIB || (shrinks && size == 4000 * MIB), "size " + size);
                for (long at = 8 * MIB; at < 4000 * MIB; at += 200 * MIB) {
                    assertEquals(3, first(again, at));
                }
                if (!shrinks) {
                    assertEquals(4, first(again, 8999 * MIB));
                    again.grow(200_000 * MIB, Progress.NONE).use();
                    assertEquals(0, first(again, 199_999 * MIB));
                }
            }
        });
    }

    private static PowerCutStore cutAtCall(
            int call, PowerCutStore store, FaultyStore cuttable, VirtualDisk disk, RandomGenerator random)
            throws IOException {
        AtomicReference<PowerCutStore> cut = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger(call);
        cuttable.hook((kind, offset, length) -> {
            if (calls.decrementAndGet() == 0) {
                cut.set(store.cut(random));
            }
        });
        disk.flush();
        return cut.get() == null ? store.cut(random) : cut.get();
    }

    private static void write(VirtualDisk disk, long offsetBytes, int value) throws IOException {
        disk.write(offsetBytes, ByteBuffer.wrap(new byte[4096]).put(0, (byte) value));
    }

    private static byte first(VirtualDisk disk, long offsetBytes) throws IOException {
        ByteBuffer back = ByteBuffer.allocate(512);
        disk.read(offsetBytes, back);
        return back.get(0);
    }
}
