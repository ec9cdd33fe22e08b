package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Differencing VHDs: what they say of their parents, and what is read through them. */
class VhdDifferencingTest {
    private static final long MIB = 1L << 20;
    private static final int BLOCK = 512 << 10;
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID PARENT = UUID.fromString("c0ffee00-0000-4000-8000-00000000cafe");
    private static final long CHANGED = Instant.parse("2026-11-20T10:00:00Z").getEpochSecond();

    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    @Test
    void headerNamesTheParentByteForByte() throws IOException {
        PowerCutStore store = child(4 * MIB, new ParentLink(PARENT, "base.vhd", "/srv/my disks/base.vhd", CHANGED));
        ByteBuffer header = ByteBuffer.wrap(VhdDynamicTest.read(store, 512, 1024));
        assertEquals(PARENT, new UUID(header.getLong(40), header.getLong(48)));
        assertEquals(CHANGED - 946_684_800L, header.getInt(56));
        byte[] name = new byte[512];
        byte[] utf16 = "base.vhd".getBytes(StandardCharsets.UTF_16BE);
        System.arraycopy(utf16, 0, name, 0, utf16.length);
        byte[] inFile = new byte[512];
        header.get(64, inFile);
        assertArrayEquals(name, inFile);

        assertLocator(store, header, 0, "W2ku", "\\srv\\my disks\\base.vhd".getBytes(StandardCharsets.UTF_16LE));
        assertLocator(store, header, 1, "W2ru", ".\\base.vhd".getBytes(StandardCharsets.UTF_16LE));
        assertLocator(store, header, 2, "MacX", "file:///srv/my%20disks/base.vhd".getBytes(StandardCharsets.UTF_8));
        for (int place = 3; place < 8; place++) {
            assertEquals(0, header.getInt(576 + 24 * place));
        }
        assertEquals(4, ByteBuffer.wrap(VhdDynamicTest.read(store, 0, 512)).getInt(60));
    }

    private static void assertLocator(PowerCutStore store, ByteBuffer header, int place, String code, byte[] path)
            throws IOException {
        int at = 576 + 24 * place;
        byte[] letters = new byte[4];
        header.get(at, letters);
        assertEquals(code, new String(letters, StandardCharsets.US_ASCII));
        assertEquals(512, header.getInt(at + 4), "data space: bytes, as Hyper-V writes it");
        assertEquals(path.length, header.getInt(at + 8));
        assertEquals(0, header.getInt(at + 12));
        assertArrayEquals(path, VhdDynamicTest.read(store, header.getLong(at + 16), path.length));
    }

    @Test
    void inspectTellsTheLinkThatWasGiven() throws IOException {
        for (ParentLink link : List.of(
                new ParentLink(PARENT, "base.vhd", "/srv/base.vhd", CHANGED),
                new ParentLink(PARENT, "../b/base.vhd", "/srv/b/base.vhd", ParentLink.NO_TIME),
                new ParentLink(PARENT, "bäse \u4e16.vhd", "/srv/100%/bäse \u4e16.vhd", CHANGED),
                new ParentLink(PARENT, "", "/srv/" + "x".repeat(200) + "/" + "y".repeat(4000), CHANGED),
                new ParentLink(PARENT, "only.vhd", "", CHANGED))) {
            DiskImage image = vhd.inspect(child(4 * MIB, link));
            assertEquals(DiskType.DIFFERENCING, image.type());
            ParentLink read = image.parent();
            assertEquals(link.contentId(), read.contentId());
            assertEquals(link.relativePath(), read.relativePath());
            assertEquals(link.absolutePath(), read.absolutePath());
            assertEquals(link.modifiedEpochSecond(), read.modifiedEpochSecond());
        }
    }

    /** A name with a backslash in it would be another one to Windows, so the URL alone says it. */
    @Test
    void nameWithABackslashIsWrittenAsAUrl() throws IOException {
        ParentLink link = new ParentLink(PARENT, "a\\b.vhd", "/srv/a\\b.vhd", CHANGED);
        ParentLink read = vhd.inspect(child(MIB, link)).parent();
        assertEquals("", read.relativePath());
        assertEquals("/srv/a\\b.vhd", read.absolutePath());
    }

    @Test
    void whatTheChildHasNotIsReadFromTheParent() {
        Trials.forSeed(3100, 25, random -> {
            int sizeBytes = 512 * random.nextInt(1, 9000);
            byte[] model = new byte[sizeBytes];
            PowerCutStore parentStore = new PowerCutStore("p.vhd");
            vhd.create(parentStore, options(DiskType.DYNAMIC, sizeBytes, null));
            try (VirtualDisk parent = vhd.open(parentStore)) {
                VhdDynamicTest.changeLikeAModel(parent, model, random, 15);
            }
            byte[] parentModel = model.clone();
            PowerCutStore store = child(sizeBytes, new ParentLink(PARENT, "p.vhd", "", CHANGED));
            for (int round = 0; round < 3; round++) {
                VirtualDisk parent = vhd.open(VhdDynamicTest.copyOf(parentStore).asReadOnly());
                MappedDisk disk = (MappedDisk) vhd.open(store, true, parent);
                VhdDynamicTest.changeLikeAModel(disk, model, random, 25);
                assertArrayEquals(model, VhdDynamicTest.read(disk, 0, sizeBytes));
                assertArrayEquals(parentModel, VhdDynamicTest.read(parent, 0, sizeBytes));
                if (round == 1) {
                    disk.compact(Progress.NONE);
                    disk.relink(new ParentLink(PARENT, "q" + random.nextInt() + ".vhd", "/x/q.vhd", CHANGED));
                }
                disk.flush();
                store = VhdDynamicTest.copyOf(store);
                DiskReport report = vhd.check(store, false, Progress.NONE);
                assertTrue(report.clean(), report.toString());
            }
        });
    }

    @Test
    void flushedBytesOverAParentSurviveEveryPowerCut() {
        Trials.forSeed(3200, 300, random -> {
            int sizeBytes = (int) (2 * MIB);
            byte[] model = new byte[sizeBytes];
            PowerCutStore parentStore = new PowerCutStore("p.vhd");
            vhd.create(parentStore, options(DiskType.DYNAMIC, sizeBytes, null));
            try (VirtualDisk parent = vhd.open(parentStore)) {
                VhdDynamicTest.changeLikeAModel(parent, model, random, 6);
            }
            PowerCutStore durableParent = VhdDynamicTest.copyOf(parentStore);
            PowerCutStore store = child(sizeBytes, new ParentLink(PARENT, "p.vhd", "", CHANGED));
            VirtualDisk disk = vhd.open(store, true, vhd.open(durableParent.asReadOnly()));
            VhdDynamicTest.changeLikeAModel(disk, model, random, 10);
            disk.flush();
            for (int i = 0; i < 6; i++) {
                int at = 512 * random.nextInt(sizeBytes / 512 - 8);
                disk.write(at, ByteBuffer.wrap(model, at, 4096));
            }
            PowerCutStore after = store.cut(random);
            VirtualDisk again = vhd.open(after, true, vhd.open(durableParent.asReadOnly()));
            assertArrayEquals(model, VhdDynamicTest.read(again, 0, sizeBytes));
            DiskReport report = vhd.check(after, false, Progress.NONE);
            assertTrue(report.clean(), report.toString());
        });
    }

    @Test
    void linkAndIdentityChangeManyTimesWhileTheFileStaysSmall() throws IOException {
        PowerCutStore store = child(MIB, new ParentLink(PARENT, "a.vhd", "/x/a.vhd", CHANGED));
        long before = store.sizeBytes();
        for (int i = 0; i < 50; i++) {
            UUID id = new UUID(i, i);
            ParentLink link =
                    new ParentLink(new UUID(7, i), "r" + i + ".vhd", "/x/" + "d".repeat(i * 20) + ".vhd", CHANGED + i);
            vhd.relink(store, link);
            vhd.identify(store, id);
            DiskImage image = vhd.inspect(store);
            assertEquals(id, image.uniqueId());
            assertEquals(id, image.contentId());
            assertEquals(link.contentId(), image.parent().contentId());
            assertEquals(link.relativePath(), image.parent().relativePath());
            assertEquals(link.absolutePath(), image.parent().absolutePath());
            assertEquals(CHANGED + i, image.parent().modifiedEpochSecond());
            assertTrue(store.allDurable());
            assertTrue(vhd.check(store, false, Progress.NONE).clean());
        }
        assertEquals(before, store.sizeBytes());
    }

    @Test
    void parentIsWantedAndWantedOnlyThere() throws IOException {
        PowerCutStore store = child(MIB, new ParentLink(PARENT, "a.vhd", "", CHANGED));
        assertEquals(
                "c.vhd is a differencing VHD, but no parent was given to open it with",
                assertThrows(DiskFormatException.class, () -> vhd.open(store)).getMessage());
        PowerCutStore dynamic = new PowerCutStore("d.vhd");
        vhd.create(dynamic, options(DiskType.DYNAMIC, MIB, null));
        assertEquals(
                "d.vhd is a dynamic VHD, but a parent was given to open it with",
                assertThrows(
                                DiskFormatException.class,
                                () -> vhd.open(dynamic, true, vhd.open(VhdDynamicTest.copyOf(dynamic))))
                        .getMessage());
        assertThrows(DiskFormatException.class, () -> vhd.relink(dynamic, new ParentLink(PARENT, "a", "", 0)));
    }

    private PowerCutStore child(long sizeBytes, ParentLink link) throws IOException {
        PowerCutStore store = new PowerCutStore("c.vhd");
        vhd.create(store, options(DiskType.DIFFERENCING, sizeBytes, link));
        return store;
    }

    private static CreateOptions options(DiskType type, long sizeBytes, ParentLink link) {
        return new CreateOptions(sizeBytes, ID, type, true, BLOCK, DiskImage.Sectors.UNSAID, link, Progress.NONE);
    }
}
