package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Files with damaged or hostile structures: a refusal that names the file and the field, or a disk that works; never
 * another exception, an endless loop, memory by the gigabyte or a write out of place.
 */
class VhdDamageTest {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 512 << 10;
    private static final int TABLE = 32768;

    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));
    private byte[] dynamic;
    private byte[] differencing;

    @BeforeEach
    void makeFiles() throws IOException {
        dynamic = made(null);
        differencing = made(new ParentLink(UUID.randomUUID(), "base.vhd", "/srv/base.vhd", 1_800_000_000L));
    }

    private byte[] made(ParentLink link) throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhd");
        DiskType type = link == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING;
        vhd.create(
                store,
                new CreateOptions(
                        3 * MIB, UUID.randomUUID(), type, true, BLOCK, DiskImage.Sectors.UNSAID, link, Progress.NONE));
        VirtualDisk disk = vhd.open(store, true, link == null ? null : parent());
        for (int block : new int[] {4, 0, 2}) {
            disk.write(block * BLOCK + 512, ByteBuffer.allocate(1024));
        }
        disk.flush();
        return store.bytes();
    }

    private static VirtualDisk parent() throws IOException {
        PowerCutStore store = new PowerCutStore("base.img");
        store.resize(8 * MIB);
        return new RawFormat().open(store.asReadOnly());
    }

    /** Fields with random and with wicked values, their checksums made right, so that each check is reached. */
    @Test
    void tenThousandDamagedFiles() {
        int[] opened = {0};
        int[] refused = {0};
        Trials.forSeed(6100, 10_000, random -> {
            byte[] bytes = (random.nextBoolean() ? dynamic : differencing).clone();
            damage(ByteBuffer.wrap(bytes), random);
            PowerCutStore store = PowerCutStore.holding("a.vhd", bytes);
            try {
                DiskImage image = vhd.inspect(store);
                if (image.type() != DiskType.FIXED) {
                    use(store, image, random);
                }
                opened[0]++;
            } catch (DiskFormatException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("a.vhd"), e.getMessage());
                refused[0]++;
            }
            assertTrue(store.sizeBytes() <= bytes.length + 40L * MIB, "the file has grown to " + store.sizeBytes());
            vhd.check(PowerCutStore.holding("a.vhd", bytes), random.nextInt(8) == 0, Progress.NONE);
        });
        assertEquals(10_000, opened[0] + refused[0]);
        assertTrue(opened[0] > 500 && refused[0] > 3000, opened[0] + " opened, " + refused[0] + " refused");
    }

    /** What opens is a disk: it takes what it is given and gives it back, wherever that is. */
    private void use(PowerCutStore store, DiskImage image, RandomGenerator random) throws IOException {
        VirtualDisk below = image.type() == DiskType.DIFFERENCING ? parent() : null;
        MappedDisk disk = (MappedDisk) vhd.open(store, true, below);
        long sectors = image.sizeBytes() / 512;
        byte[] content = new byte[512];
        for (int i = 0; i < 3; i++) {
            long at = 512 * random.nextLong(sectors);
            random.nextBytes(content);
            disk.write(at, ByteBuffer.wrap(content));
            assertArrayEquals(content, VhdDynamicTest.read(disk, at, 512));
        }
        disk.flush();
        if (random.nextInt(4) == 0) {
            disk.compact(Progress.NONE);
        }
        if (random.nextInt(4) == 0) {
            disk.identify(UUID.randomUUID());
        }
        disk.flush();
        assertEquals(image.sizeBytes(), vhd.inspect(store).sizeBytes());
    }

    private static void damage(ByteBuffer file, RandomGenerator random) {
        int tail = file.capacity() - 512;
        int times = random.nextInt(1, 4);
        for (int i = 0; i < times; i++) {
            switch (random.nextInt(5)) {
                case 0 -> footerField(file, tail, random);
                case 1 -> headerField(file, random);
                case 2 -> locatorField(file, random);
                case 3 -> file.putInt(TABLE + 4 * random.nextInt(6), sectorNumber(file, random));
                default -> anyByte(file, random);
            }
        }
        if (random.nextInt(8) != 0) {
            seal(file, 512, 1024, 36);
            seal(file, 0, 512, 64);
            seal(file, tail, 512, 64);
        }
    }

    private static void footerField(ByteBuffer file, int tail, RandomGenerator random) {
        int[] offsets = {8, 12, 16, 20, 40, 48, 52, 60, 61, 63, 84};
        int at = offsets[random.nextInt(offsets.length)];
        long value = wicked(random, file.capacity());
        boolean wide = at == 16 || at == 40 || at == 48;
        for (int begin : random.nextInt(3) == 0 ? new int[] {tail} : new int[] {0, tail}) {
            if (wide) {
                file.putLong(begin + at, value);
            } else {
                file.putInt(begin + at, (int) value);
            }
        }
    }

    private static void headerField(ByteBuffer file, RandomGenerator random) {
        int[] offsets = {0, 8, 16, 24, 28, 32, 36, 40, 56};
        int at = offsets[random.nextInt(offsets.length)];
        long value = wicked(random, file.capacity());
        if (at == 16 || at == 8) {
            file.putLong(512 + at, value);
        } else {
            file.putInt(512 + at, (int) value);
        }
    }

    private static void locatorField(ByteBuffer file, RandomGenerator random) {
        int entry = 512 + 576 + 24 * random.nextInt(8);
        long value = wicked(random, file.capacity());
        switch (random.nextInt(4)) {
            case 0 -> file.putInt(entry, random.nextBoolean() ? 0x5732_7275 : (int) value);
            case 1 -> file.putInt(entry + 4, (int) value);
            case 2 -> file.putInt(entry + 8, (int) value);
            default -> file.putLong(entry + 16, value);
        }
    }

    private static int sectorNumber(ByteBuffer file, RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(file.capacity() / 512);
            case 2 -> file.getInt(TABLE + 4 * random.nextInt(6));
            default -> -random.nextInt(3);
        };
    }

    private static void anyByte(ByteBuffer file, RandomGenerator random) {
        int at = random.nextBoolean() ? random.nextInt(2048) : TABLE + random.nextInt(512);
        file.put(at, (byte) random.nextInt());
    }

    private static long wicked(RandomGenerator random, int fileBytes) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt();
            case 2 -> -random.nextInt(1025);
            case 3 -> 1L << random.nextInt(64);
            case 4 -> (1L << random.nextInt(64)) - 1;
            case 5 -> random.nextInt(fileBytes);
            case 6 -> 512L * random.nextInt(fileBytes / 512);
            default -> random.nextInt(2048);
        };
    }

    private static void seal(ByteBuffer file, int begin, int bytes, int checksum) {
        int sum = 0;
        for (int at = 0; at < bytes; at++) {
            if (at < checksum || at >= checksum + 4) {
                sum += file.get(begin + at) & 0xFF;
            }
        }
        file.putInt(begin + checksum, ~sum);
    }
}
