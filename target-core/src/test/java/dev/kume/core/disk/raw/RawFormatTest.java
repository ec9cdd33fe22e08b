package dev.kume.core.disk.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RawFormatTest {
    private final RawFormat raw = new RawFormat();

    @Test
    void theFileIsTheDisk() throws IOException {
        PowerCutStore store = new PowerCutStore("a.img");
        raw.create(store, new CreateOptions(4096, new UUID(1, 2), true, Progress.NONE));
        assertTrue(store.allDurable());
        VirtualDisk disk = raw.open(store);
        assertEquals(4096, disk.info().sizeBytes());
        disk.write(4095, ByteBuffer.wrap(new byte[] {7}));
        byte[] expected = new byte[4096];
        expected[4095] = 7;
        assertArrayEquals(expected, store.bytes());
        assertNull(raw.inspect(store).uniqueId());
        assertTrue(raw.inspect(store).sparse());
        assertFalse(raw.probe(store));
    }

    @Test
    void lengthThatIsNoMultipleOfTheBlock() {
        assertEquals(
                "a.img is 1000 bytes long, which is not a multiple of the block of 512 bytes; it is cut off or no disk"
                        + " image: restore it, or pad it to 1024 bytes",
                refused(1000));
        assertEquals("a.img is empty; a raw disk has at least one block of 512 bytes", refused(0));
    }

    private String refused(int bytes) {
        PowerCutStore store = PowerCutStore.holding("a.img", new byte[bytes]);
        return assertThrows(DiskFormatException.class, () -> raw.open(store)).getMessage();
    }
}
