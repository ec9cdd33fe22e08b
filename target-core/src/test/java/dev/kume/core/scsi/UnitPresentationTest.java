package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What an administrator says that a disk is, as initiators read it. */
final class UnitPresentationTest {
    private static final UnitIdentity DISK_7200 = new UnitIdentity(
            "ACME", "Fast Disk", "0.1", "0123456789abcdef", 0x6_0123_4567_89AB_CDEL, 0x0123_4567_89AB_CDEFL, 7200);
    private static final ModeState WRITES_THROUGH = ModeState.DEFAULT.withWriteCacheEnabled(false);

    private final TestTarget target = new TestTarget();

    @Test
    void vendorAndProductAreThoseOfTheMoment() {
        assertEquals("KUME    DISK            ", names());
        target.unit.present(DISK_7200, ModeState.DEFAULT);
        assertEquals("ACME    Fast Disk       ", names());
    }

    private String names() {
        byte[] data = target.run("12 00 00 00 60 00").data();
        return new String(data, 8, 24, StandardCharsets.US_ASCII);
    }

    @Test
    void theRotationRateIsInPageB1() {
        assertArrayEquals(new byte[] {0x00, 0x01}, rotation());
        target.unit.present(DISK_7200, ModeState.DEFAULT);
        assertArrayEquals(new byte[] {0x1C, 0x20}, rotation());
    }

    private byte[] rotation() {
        return Arrays.copyOfRange(target.run("12 01 B1 00 40 00").data(), 4, 6);
    }

    @Test
    void theDefaultValuesOfTheCachingPageAreTheAdministrators() {
        assertEquals(0x04, writeCacheEnabled(0x88));
        target.unit.present(TestTarget.IDENTITY, WRITES_THROUGH);
        assertEquals(0x00, writeCacheEnabled(0x88), "default");
        assertEquals(0x04, writeCacheEnabled(0x08), "current: nobody has changed it");
    }

    private int writeCacheEnabled(int pageControlAndCode) {
        byte[] data =
                target.run("1A 08 %02X 00 FF 00".formatted(pageControlAndCode)).data();
        return data[4 + 2] & 0x04;
    }

    @Test
    void aResetGoesBackToTheSavedModes() {
        target.unit.change(state -> state.withDurable(state.durable().withSavedModes(WRITES_THROUGH)), () -> {});
        target.unit.reset(() -> {});
        target.runAll();
        assertEquals(WRITES_THROUGH, target.unit.state().modes());
    }
}
