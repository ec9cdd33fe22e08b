package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.NoSpaceException;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import dev.kume.core.testing.RecordingStore;
import dev.kume.core.testing.RecordingStore.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Disks that grow: whatever cuts it short, the file is one of the old disk or of the new one, and no byte is lost. */
final class GrowthTest {
    private static final int OLD = 8 * 512;
    private static final VhdFormat VHD = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));
    private static final RawFormat RAW = new RawFormat();
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    static Stream<DiskFormat> formats() {
        return Stream.of(VHD, RAW);
    }

    private static PowerCutStore made(DiskFormat format) throws IOException {
        PowerCutStore store = new PowerCutStore("a." + format.name());
        format.create(store, new CreateOptions(OLD, ID, false, Progress.NONE));
        store.write(0, ByteBuffer.wrap(content()));
        store.flush();
        return store;
    }

    /** Bytes that are not zero anywhere. */
    private static byte[] content() {
        byte[] content = new byte[OLD];
        for (int i = 0; i < OLD; i++) {
            content[i] = (byte) (i % 251 + 1);
        }
        return content;
    }

    private static byte[] read(VirtualDisk disk) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) disk.info().sizeBytes());
        disk.read(0, all);
        return all.array();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aGrownDiskHasTheOldBytesThenZeroes(DiskFormat format) throws IOException {
        for (int newBytes : new int[] {OLD + 512, OLD + 1024, 3 * OLD}) {
            PowerCutStore store = made(format);
            VirtualDisk disk = format.open(store);
            DiskGrowth growth = disk.grow(newBytes, Progress.NONE);
            assertEquals(OLD, disk.info().sizeBytes(), "nobody has been told");
            assertTrue(store.allDurable());
            growth.use();
            assertEquals(newBytes, disk.info().sizeBytes());
            assertArrayEquals(Arrays.copyOf(content(), newBytes), read(disk));
            disk.write(newBytes - 512, ByteBuffer.wrap(new byte[512]));
            assertThrows(IndexOutOfBoundsException.class, () -> disk.write(newBytes, ByteBuffer.wrap(new byte[512])));
            VirtualDisk again = format.open(store);
            assertArrayEquals(Arrays.copyOf(content(), newBytes), read(again));
            DiskImage image = format.inspect(store);
            assertEquals(newBytes, image.sizeBytes());
            assertEquals(format == VHD ? ID : null, image.uniqueId());
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void itGrowsAgainAndAgain(DiskFormat format) throws IOException {
        PowerCutStore store = made(format);
        VirtualDisk disk = format.open(store);
        for (int newBytes = OLD + 512; newBytes < 3 * OLD; newBytes += 1536) {
            disk.grow(newBytes, Progress.NONE).use();
            assertArrayEquals(Arrays.copyOf(content(), newBytes), read(format.open(store)));
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsTakenBackIsTheOldDisk(DiskFormat format) throws IOException {
        PowerCutStore store = made(format);
        byte[] before = store.bytes();
        VirtualDisk disk = format.open(store);
        disk.grow(2 * OLD, Progress.NONE).undo();
        assertArrayEquals(before, store.bytes());
        assertTrue(store.allDurable());
        assertEquals(OLD, disk.info().sizeBytes());
        assertArrayEquals(content(), read(format.open(store)));
    }

    /** Fails the call of this number and all later ones: the moment at which the power went. */
    private static FaultyStore dyingAt(BackingStore store, int call, AtomicInteger calls) {
        return new FaultyStore(store).hook((kind, offsetBytes, lengthBytes) -> {
            if (kind != FaultyStore.Call.READ && calls.incrementAndGet() >= call) {
                throw new IOException("power");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aPowerCutAtAnyMomentLeavesTheOldDiskOrTheNew(DiskFormat format) throws IOException {
        AtomicInteger settled = new AtomicInteger();
        Trials.forSeed(1, 2_000, random -> {
            PowerCutStore store = made(format);
            int newBytes = OLD + 512 * (1 + random.nextInt(12));
            AtomicInteger calls = new AtomicInteger();
            VirtualDisk disk = format.open(dyingAt(store, 1 + random.nextInt(9), calls));
            boolean whole = true;
            try {
                disk.grow(newBytes, Progress.NONE);
            } catch (IOException e) {
                whole = false;
            }
            PowerCutStore after = cutAndSettle(format, store, random, settled);
            assertArrayEquals(content(), read(format.open(after)), "the inventory still has the old size");
            if (whole) {
                PowerCutStore grown = store.cut(random);
                assertArrayEquals(Arrays.copyOf(content(), newBytes), read(format.open(grown)), "it is durable");
            }
        });
        assertTrue(settled.get() > 100, "few cuts came in the middle");
    }

    /** What a start does after a power cut, with a second power cut in that. */
    private static PowerCutStore cutAndSettle(
            DiskFormat format, PowerCutStore store, RandomGenerator random, AtomicInteger settled) throws IOException {
        PowerCutStore after = store.cut(random);
        if (after.sizeBytes() != made(format).sizeBytes()) {
            settled.incrementAndGet();
        }
        try {
            format.settle(dyingAt(after, 1 + random.nextInt(6), new AtomicInteger()), OLD);
        } catch (DiskFormatException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            after = after.cut(random);
        }
        format.settle(after, OLD);
        assertTrue(after.allDurable());
        assertEquals(made(format).sizeBytes(), after.sizeBytes());
        return after;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void anyCallThatFailsLeavesTheDiskAsItWas(DiskFormat format) throws IOException {
        byte[] before = made(format).bytes();
        int failures = 0;
        for (int call = 1; ; call++) {
            PowerCutStore store = made(format);
            AtomicInteger calls = new AtomicInteger();
            int failing = call;
            VirtualDisk disk = format.open(new FaultyStore(store).hook((kind, offsetBytes, lengthBytes) -> {
                if (kind != FaultyStore.Call.READ && calls.incrementAndGet() == failing) {
                    throw new NoSpaceException("full");
                }
            }));
            try {
                disk.grow(2 * OLD, Progress.NONE);
                break;
            } catch (NoSpaceException e) {
                failures++;
            }
            assertArrayEquals(before, store.bytes(), "call " + call);
            assertEquals(OLD, disk.info().sizeBytes());
        }
        assertTrue(failures >= 3, failures + " failures");
    }

    @Test
    void theNewFooterIsDurableBeforeTheOldOneGoes() throws IOException {
        RecordingStore store = new RecordingStore(made(VHD));
        VHD.open(store, true).grow(2 * OLD, Progress.NONE);
        List<RecordingStore.Event> events = store.events().stream()
                .filter(event -> event.kind() != Kind.RESERVE)
                .toList();
        assertEquals(
                List.of(Kind.RESIZE, Kind.WRITE, Kind.FLUSH, Kind.ZERO, Kind.FLUSH),
                events.stream().map(RecordingStore.Event::kind).toList());
        assertEquals(new RecordingStore.Event(Kind.WRITE, 2 * OLD, 512), events.get(1));
        assertEquals(new RecordingStore.Event(Kind.ZERO, OLD, 512), events.get(3));
    }

    @Test
    void spaceIsReservedWhereTheDiskHasIt() throws IOException {
        for (DiskFormat format : List.of(VHD, RAW)) {
            RecordingStore reserved = new RecordingStore(made(format));
            long wasBytes = reserved.sizeBytes();
            format.open(reserved, false).grow(2 * OLD, Progress.NONE);
            assertEquals(
                    new RecordingStore.Event(Kind.RESERVE, wasBytes, OLD),
                    reserved.events().get(1));
            RecordingStore thin = new RecordingStore(made(format));
            format.open(thin, true).grow(2 * OLD, Progress.NONE);
            assertFalse(thin.events().contains(new RecordingStore.Event(Kind.RESERVE, wasBytes, OLD)));
        }
    }

    @Test
    void aCancelLeavesTheDiskAsItWas() throws IOException {
        PowerCutStore store = made(VHD);
        byte[] before = store.bytes();
        List<Long> told = new ArrayList<>();
        assertThrows(
                InterruptedIOException.class,
                () -> VHD.open(store).grow(1 << 20, (doneBytes, totalBytes) -> {
                    assertEquals((1 << 20) + 512, totalBytes);
                    told.add(doneBytes);
                    if (told.size() == 2) {
                        throw new InterruptedIOException("cancelled");
                    }
                }));
        assertEquals(OLD + 512L, told.getFirst());
        assertArrayEquals(before, store.bytes());
    }

    @Test
    void aSizeThatTheFormatDoesNotHoldIsRefusedAndNothingIsTouched() throws IOException {
        RecordingStore store = new RecordingStore(made(VHD));
        VirtualDisk disk = VHD.open(store, true);
        DiskFormatException refused =
                assertThrows(DiskFormatException.class, () -> disk.grow((2040L << 30) + 512, Progress.NONE));
        assertTrue(refused.getMessage().startsWith("a VHD holds at most 2040 GiB"), refused.getMessage());
        assertThrows(DiskFormatException.class, () -> disk.grow(OLD + 100, Progress.NONE));
        assertThrows(IllegalArgumentException.class, () -> disk.grow(OLD, Progress.NONE));
        assertFalse(store.kinds().contains(Kind.RESIZE));
        assertFalse(store.kinds().contains(Kind.WRITE));
    }

    @Test
    void aFooterOfVirtualPcBecomesOneWhoseSizeQemuReads() throws IOException {
        PowerCutStore store = made(VHD);
        ByteBuffer footer = ByteBuffer.wrap(store.bytes(), OLD, 512).slice();
        footer.put(28, "vpc ".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .putLong(40, 512);
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += i >= 64 && i < 68 ? 0 : footer.get(i) & 0xFF;
        }
        store.write(OLD, footer.putInt(64, ~sum));
        VHD.open(store).grow(2 * OLD, Progress.NONE).use();
        ByteBuffer changed = ByteBuffer.wrap(store.bytes(), 2 * OLD, 512).slice();
        assertEquals(0x77696e20, changed.getInt(28), "win ");
        assertEquals(512, changed.getLong(40), "the original size stays");
        assertEquals(2 * OLD, changed.getLong(48));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aFileThatIsCutOffIsNotSettled(DiskFormat format) throws IOException {
        PowerCutStore store = made(format);
        store.resize(OLD - 512);
        store.flush();
        byte[] before = store.bytes();
        assertThrows(DiskFormatException.class, () -> format.settle(store, OLD));
        assertArrayEquals(before, store.bytes());
    }
}
