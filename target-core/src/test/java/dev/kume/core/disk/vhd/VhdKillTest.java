package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MapNotes;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.FilterStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is gone between any two changes of the file: what was answered is there, by the notes of the map. */
class VhdKillTest {
    private static final int SIZE = 4 << 20;
    private static final int BLOCK = 512 << 10;
    private static final UUID BOOT = new UUID(1, 2);

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    /** A store that takes a number of changes, and no more. */
    private static final class MortalStore extends FilterStore {
        private int left;

        MortalStore(PowerCutStore store, int changes) {
            super(store);
            this.left = changes;
        }

        private void live() throws IOException {
            if (--left < 0) {
                throw new IOException("the process is gone");
            }
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) throws IOException {
            live();
            super.write(offsetBytes, source);
        }

        @Override
        public void resize(long sizeBytes) throws IOException {
            live();
            super.resize(sizeBytes);
        }

        @Override
        public void punch(long offsetBytes, long lengthBytes) throws IOException {
            live();
            super.punch(offsetBytes, lengthBytes);
        }

        @Override
        public void zero(long offsetBytes, long lengthBytes) throws IOException {
            live();
            super.zero(offsetBytes, lengthBytes);
        }

        @Override
        public void flush() throws IOException {
            live();
            super.flush();
        }
    }

    @Test
    void whatWasAnsweredIsThereInADynamicDisk() {
        Trials.forSeed(7100, 20, random -> liveAndDie(random, null, null));
    }

    @Test
    void whatWasAnsweredIsThereInADifferencingDisk() {
        Trials.forSeed(7200, 20, random -> {
            byte[] below = new byte[SIZE];
            random.nextBytes(below);
            ParentLink link = new ParentLink(UUID.randomUUID(), "p.vhd", "", 0);
            liveAndDie(random, link, below);
        });
    }

    private void liveAndDie(RandomGenerator random, ParentLink link, byte[] below) throws IOException {
        PowerCutStore memory = new PowerCutStore("a.vhd");
        DiskType type = link == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING;
        vhd.create(
                memory,
                new CreateOptions(
                        SIZE, UUID.randomUUID(), type, true, BLOCK, DiskImage.Sectors.UNSAID, link, Progress.NONE));
        VirtualDisk parent = below == null
                ? null
                : new RawFormat().open(PowerCutStore.holding("p", below).asReadOnly());
        byte[] model = below == null ? new byte[SIZE] : below.clone();
        Path name = directory.resolve("disk" + random.nextInt());
        for (int life = 0; life < 8; life++) {
            MapNotes notes = new MapNotes(files, name, BOOT);
            int[] inFlight = {0, 0};
            try {
                MortalStore store = new MortalStore(memory, random.nextInt(5, 120));
                MappedDisk disk = (MappedDisk) vhd.open(store, true, parent);
                assertTrue(disk.keepNotes(notes), "the notes are of another file");
                while (true) {
                    step(disk, model, random, inFlight);
                }
            } catch (IOException gone) {
                assertTrue(String.valueOf(gone.getMessage()).contains("the process is gone"), gone.toString());
            }
            notes.close();
            PowerCutStore now = VhdDynamicTest.copyOf(memory);
            MappedDisk survivor = (MappedDisk) vhd.open(now, true, parent);
            MapNotes left = new MapNotes(files, name, BOOT);
            assertTrue(survivor.keepNotes(left), "the notes are of another file");
            byte[] found = VhdDynamicTest.read(survivor, 0, SIZE);
            System.arraycopy(found, inFlight[0], model, inFlight[0], inFlight[1]);
            assertArrayEquals(model, found, "life " + life);
            survivor.flush();
            left.remove();
            memory = VhdDynamicTest.copyOf(now);
            assertTrue(vhd.check(memory, false, Progress.NONE).clean());
        }
    }

    /** One change; what it may have changed in part is in {@code inFlight} until it is answered. */
    private static void step(MappedDisk disk, byte[] model, RandomGenerator random, int[] inFlight) throws IOException {
        int from = 512 * random.nextInt(SIZE / 512);
        int bytes = Math.min(SIZE - from, 512 * random.nextInt(1, 1500));
        int kind = random.nextInt(8);
        if (kind > 1) {
            inFlight[0] = from;
            inFlight[1] = bytes;
        }
        switch (kind) {
            case 0 -> disk.flush();
            case 1 -> disk.compact(Progress.NONE);
            case 2, 3 -> {
                disk.unmap(from, bytes);
                Arrays.fill(model, from, from + bytes, (byte) 0);
            }
            default -> {
                byte[] content = new byte[bytes];
                random.nextBytes(content);
                disk.write(from, ByteBuffer.wrap(content));
                System.arraycopy(content, 0, model, from, bytes);
            }
        }
        inFlight[1] = 0;
    }
}
