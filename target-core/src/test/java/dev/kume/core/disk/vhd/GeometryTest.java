package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The specification's algorithm at its corners. */
class GeometryTest {
    private static final long MAX_SECTORS = 0xFF00_0000L;

    @ParameterizedTest
    @CsvSource({
        "2048,           30,  4,  17", // 1 MiB
        "69615,       1023,  4,  17", // the last with four heads and all cylinders
        "69632,        140, 16,  31", // as many tracks as four heads have: the next step is 31 sectors per track
        "69649,        819,  5,  17",
        "278511,      1023, 16,  17", // 16 heads, one sector short of 31 sectors per track
        "278528,       561, 16,  31",
        "507903,      1023, 16,  31",
        "507904,       503, 16,  63",
        "4194304,     4161, 16,  63", // 2 GiB
        "62914560,   62415, 16,  63", // 30 GiB
        "66059279,   65534, 16,  63",
        "66059280,   16191, 16, 255",
        "266338304,  65278, 16, 255", // 127 GiB
        "267382800,  65535, 16, 255",
        "267382801,  65535, 16, 255",
        "4278190080, 65535, 16, 255", // 2040 GiB
    })
    void ofSectors(long sectors, int cylinders, int heads, int sectorsPerTrack) {
        assertEquals(new Geometry(cylinders, heads, sectorsPerTrack), Geometry.of(sectors));
    }

    @Test
    void neverCoversMoreThanTheDiskAndLessThanOneCylinderFewer() {
        Trials.forSeed(3, 2000, random -> {
            long sectors = random.nextLong(1, 1L << random.nextInt(1, 33)) % MAX_SECTORS;
            Geometry geometry = Geometry.of(sectors);
            long cylinderSectors = (long) geometry.heads() * geometry.sectorsPerTrack();
            long covered = geometry.cylinders() * cylinderSectors;
            assertTrue(covered <= sectors, geometry + " of " + sectors);
            assertTrue(
                    geometry.cylinders() == 65_535 || covered > sectors - cylinderSectors, geometry + " of " + sectors);
            assertTrue(geometry.cylinders() <= 65_535 && geometry.heads() <= 16 && geometry.sectorsPerTrack() <= 255);
        });
    }
}
