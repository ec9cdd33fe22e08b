package dev.kume.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FaultyStore.Call;
import dev.kume.core.testing.PowerCutStore;
import dev.kume.core.testing.RecordingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two slots in turn: torn writes, damage, power cuts, failures. */
final class SlotFileTest {
    private static final UUID DISK = new UUID(1, 2);

    private final PowerCutStore store = new PowerCutStore("/units/a.slots");

    private static byte[] record(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private SlotFile created() throws IOException {
        return SlotFile.create(store, DISK, record("first"));
    }

    private static byte[] opened(PowerCutStore store) throws IOException {
        return SlotFile.open(store, DISK).content();
    }

    private static PowerCutStore copyOf(byte[] bytes) {
        return PowerCutStore.holding("/units/a.slots", bytes);
    }

    @Test
    void lastRecordIsFoundAgain() throws IOException {
        SlotFile slots = created();
        assertTrue(store.allDurable());
        assertArrayEquals(record("first"), opened(store));
        for (int i = 0; i < 5; i++) {
            slots.write(record("record " + i));
            assertTrue(store.allDurable());
            assertArrayEquals(record("record " + i), opened(store));
        }
        assertEquals(2L * SlotFile.SLOT_BYTES, store.sizeBytes());
    }

    @Test
    void headerByByte() throws IOException {
        created();
        ByteBuffer slot = ByteBuffer.wrap(store.bytes());
        assertEquals(0x4B55_4D45_534C_4F54L, slot.getLong());
        assertEquals(1, slot.getInt());
        assertEquals(5, slot.getInt());
        assertEquals(1, slot.getLong());
        assertEquals(1, slot.getLong());
        assertEquals(2, slot.getLong());
        assertEquals(2, slot.getLong(SlotFile.SLOT_BYTES + 16), "sequence number of the second slot");
        assertEquals('f', slot.get(64));
    }

    @Test
    void writeIsOneWriteAndOneFlush() throws IOException {
        RecordingStore recorder = new RecordingStore(store);
        SlotFile slots = SlotFile.create(recorder, DISK, record("first"));
        recorder.forget();
        slots.write(record("second"));
        assertEquals(List.of(RecordingStore.Kind.WRITE, RecordingStore.Kind.FLUSH), recorder.kinds());
        assertEquals(0, recorder.events().getFirst().offsetBytes(), "not where the newest record is");
    }

    @Test
    void everyPrefixOfAWriteLeavesTheOldRecordOrTheNew() throws IOException {
        SlotFile slots = created();
        slots.write(record("the old one"));
        byte[] before = store.bytes();
        slots.write(record("the new one, which is longer"));
        byte[] after = store.bytes();
        int from = Arrays.mismatch(before, after) / SlotFile.SLOT_BYTES * SlotFile.SLOT_BYTES;
        int whole = 64 + "the new one, which is longer".length();
        for (int bytes = 0; bytes <= whole; bytes++) {
            byte[] torn = before.clone();
            System.arraycopy(after, from, torn, from, bytes);
            String expected = bytes == whole ? "the new one, which is longer" : "the old one";
            assertArrayEquals(record(expected), opened(copyOf(torn)), bytes + " bytes");
        }
    }

    @Test
    void everySuffixOfAWriteLeavesTheOldRecordOrTheNew() throws IOException {
        SlotFile slots = created();
        slots.write(record("the old one"));
        byte[] before = store.bytes();
        slots.write(record("the new 1"));
        byte[] after = store.bytes();
        int from = Arrays.mismatch(before, after) / SlotFile.SLOT_BYTES * SlotFile.SLOT_BYTES;
        for (int at = 64 + 9; at >= 16; at--) {
            byte[] torn = before.clone();
            System.arraycopy(after, from + at, torn, from + at, 64 + 9 - at);
            byte[] found = opened(copyOf(torn));
            assertTrue(
                    Arrays.equals(record("the old one"), found) || Arrays.equals(record("the new 1"), found),
                    "from byte " + at);
        }
    }

    @Test
    void powerCutsLeaveTheLastAnsweredRecordOrTheOneUnderWay() throws IOException {
        SplittableRandom random = new SplittableRandom(42);
        PowerCutStore now = store;
        SlotFile slots = created();
        String last = "first";
        for (int i = 0; i < 200; i++) {
            String next = "record %d %s".formatted(i, "x".repeat(random.nextInt(2_000)));
            FaultyStore cut = new FaultyStore(now);
            SlotFile cutShort = SlotFile.open(cut, DISK);
            cut.hook(FaultyStore.Hook.failing(Call.FLUSH, "power"));
            assertThrows(IOException.class, () -> cutShort.write(record(next)));
            now = now.cut(random);
            slots = SlotFile.open(now, DISK);
            String found = new String(slots.content(), StandardCharsets.US_ASCII);
            assertTrue(found.equals(last) || found.equals(next), found);
            last = "answered " + i;
            slots.write(record(last));
        }
    }

    @Test
    void oneDamagedSlotLeavesTheOther() throws IOException {
        SlotFile slots = created();
        slots.write(record("second"));
        for (int at = 0; at < 64 + 6; at++) {
            byte[] damaged = store.bytes();
            damaged[at] ^= 0x40;
            assertArrayEquals(record("first"), opened(copyOf(damaged)), "byte " + at);
        }
        byte[] damaged = store.bytes();
        damaged[SlotFile.SLOT_BYTES + 64] ^= 1;
        PowerCutStore mended = copyOf(damaged);
        SlotFile open = SlotFile.open(mended, DISK);
        assertArrayEquals(record("second"), open.content());
        open.write(record("third"));
        open.write(record("fourth"));
        assertArrayEquals(record("fourth"), opened(mended));
    }

    @Test
    void bothDamagedIsToldAndNeverEmpty() throws IOException {
        created();
        byte[] damaged = store.bytes();
        damaged[64] ^= 1;
        damaged[SlotFile.SLOT_BYTES] ^= 1;
        SlotDamagedException told =
                assertThrows(SlotDamagedException.class, () -> SlotFile.open(copyOf(damaged), DISK));
        assertEquals("/units/a.slots is damaged (slot 0: wrong checksum, slot 1: no slot)", told.getMessage());
        assertThrows(SlotDamagedException.class, () -> SlotFile.open(new PowerCutStore("empty"), DISK));
        PowerCutStore cut = copyOf(Arrays.copyOf(store.bytes(), 40));
        assertThrows(SlotDamagedException.class, () -> SlotFile.open(cut, DISK));
    }

    @Test
    void slotsOfAnotherDiskAreRefused() throws IOException {
        created();
        assertThrows(SlotDamagedException.class, () -> SlotFile.open(store, new UUID(1, 3)));
    }

    @Test
    void otherVersionIsRefused() throws IOException {
        created();
        byte[] newer = store.bytes();
        newer[11] = 2;
        newer[SlotFile.SLOT_BYTES + 11] = 2;
        assertThrows(SlotDamagedException.class, () -> SlotFile.open(copyOf(newer), DISK));
    }

    @Test
    void failedWriteOrFlushIsFinal() throws IOException {
        for (Call call : List.of(Call.WRITE, Call.FLUSH)) {
            PowerCutStore fresh = new PowerCutStore("/units/b.slots");
            FaultyStore faulty = new FaultyStore(fresh);
            SlotFile slots = SlotFile.create(faulty, DISK, record("first"));
            faulty.hook(FaultyStore.Hook.failing(call, "no medium"));
            assertThrows(IOException.class, () -> slots.write(record("second")));
            faulty.hook(FaultyStore.Hook.NONE);
            IOException later = assertThrows(IOException.class, () -> slots.write(record("third")));
            assertTrue(String.valueOf(later.getMessage()).contains("restart the daemon"));
            assertArrayEquals(record("first"), slots.content());
            SlotFile again = SlotFile.open(fresh, DISK);
            again.write(record("fourth"));
            assertArrayEquals(record("fourth"), opened(fresh));
        }
    }

    @Test
    void spaceIsThereBeforeItIsNeeded() throws IOException {
        FaultyStore without = new FaultyStore(store).withoutReserve();
        SlotFile.create(without, DISK, record("first"));
        assertArrayEquals(record("first"), opened(store));
    }

    @Test
    void tooLongRecordChangesNothing() throws IOException {
        SlotFile slots = created();
        slots.write(new byte[SlotFile.RECORD_BYTES_MAX]);
        assertEquals(SlotFile.RECORD_BYTES_MAX, opened(store).length);
        assertThrows(IOException.class, () -> slots.write(new byte[SlotFile.RECORD_BYTES_MAX + 1]));
        slots.write(record("third"));
        assertArrayEquals(record("third"), opened(store));
    }
}
