package dev.kume.cli.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.BackupView;
import dev.kume.cli.archive.ArchiveWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that were damaged, or made by somebody who means harm: each is refused with one line. */
final class BackupTest {
    private static final Instant NOW = Instant.parse("2026-11-23T07:00:00Z");
    private static final int TYPE_AT = 156;
    private static final int BLOCK = 512;

    @TempDir
    private Path directory;

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Backup backup(Map<String, byte[]> files, int schema) {
        BackupView about = new BackupView(
                "kume.tar.gz", NOW, "0.1.0", "store1", schema, 3, false, Backup.members(files), List.of());
        return new Backup(about, files);
    }

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("inventory.yaml", utf8("schemaVersion: 1\n"));
        files.put("history/inventory-0000000003.yaml", utf8("schemaVersion: 1\n"));
        return files;
    }

    private Backup read(byte[] packed) throws StateException, IOException {
        return Backup.read(Files.write(directory.resolve("kume.tar.gz"), packed));
    }

    private String refusal(byte[] packed) {
        StateException refusal = assertThrows(StateException.class, () -> read(packed));
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        assertTrue(
                refusal.getMessage().startsWith("the backup " + directory.resolve("kume.tar.gz")), refusal::getMessage);
        return refusal.getMessage();
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        return new GZIPInputStream(new java.io.ByteArrayInputStream(packed)).readAllBytes();
    }

    private static byte[] pack(byte[] archive) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(archive);
        }
        return packed.toByteArray();
    }

    @Test
    void whatIsPackedIsRead() throws Exception {
        Backup read = read(backup(files(), VersionFile.SCHEMA).pack());
        assertEquals(files().keySet(), read.files().keySet());
        assertArrayEquals(files().get("inventory.yaml"), read.files().get("inventory.yaml"));
        assertEquals(3, read.about().inventoryVersion());
        assertEquals("store1", read.about().host());
    }

    @Test
    void everyFlippedByteIsNoticed() throws Exception {
        byte[] packed = backup(files(), VersionFile.SCHEMA).pack();
        for (int at = 0; at < packed.length; at++) {
            for (int mask : new int[] {1, 0x80, 0xFF}) {
                byte[] damaged = packed.clone();
                damaged[at] ^= (byte) mask;
                assertNoticed(damaged, packed);
            }
        }
    }

    /** A flip that leaves all bytes unpacked alike, as in the padding of the last deflate block, does no harm. */
    private void assertNoticed(byte[] damaged, byte[] packed) throws Exception {
        try {
            Backup read = read(damaged);
            Backup whole = read(packed);
            assertEquals(whole.about(), read.about());
            whole.files()
                    .forEach((name, content) ->
                            assertArrayEquals(content, read.files().get(name)));
        } catch (StateException e) {
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
    }

    @Test
    void everyFlippedByteOfWhatIsInsideIsNoticedByItsOwnDigest() throws Exception {
        byte[] archive = unpack(backup(files(), VersionFile.SCHEMA).pack());
        for (int at = indexOf(archive, "history/inventory-0000000003.yaml\0"); at < archive.length; at++) {
            assertNoticed(pack(flipped(archive, at)), pack(archive));
        }
        assertTrue(refusal(pack(flipped(archive, indexOf(archive, "schemaVersion: 1"))))
                .contains("is not what it was"));
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= 1;
        return damaged;
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void everyCutIsNoticed() throws Exception {
        byte[] packed = backup(files(), VersionFile.SCHEMA).pack();
        for (int length = 0; length < packed.length; length++) {
            refusal(Arrays.copyOf(packed, length));
        }
        byte[] archive = unpack(packed);
        for (int length = 0; length < archive.length; length += BLOCK) {
            refusal(pack(Arrays.copyOf(archive, length)));
        }
        refusal(Arrays.copyOf(packed, packed.length + 1));
        refusal(pack(Arrays.copyOf(archive, archive.length + BLOCK)));
    }

    @Test
    void namesThatLeadElsewhereAreRefused() throws Exception {
        for (String name : List.of(
                "../inventory.yaml",
                "/etc/passwd",
                "history/../../x",
                "a//b",
                ".ssh/keys",
                "C:\\x",
                "history/",
                "a\nb")) {
            ArchiveWriter archive = new ArchiveWriter(NOW);
            archive.add(name, utf8("x"));
            assertTrue(refusal(archive.finish()).contains("whose name leads elsewhere"), name);
        }
    }

    @Test
    void whatNoStateHasIsRefusedThoughTheManifestNamesIt() throws Exception {
        for (String name :
                List.of("version.yaml", "lock", "disks/one.vhd", "units/one.state", "secrets/a/b", "backup/x")) {
            Map<String, byte[]> files = files();
            files.put(name, utf8("x"));
            assertTrue(refusal(backup(files, VersionFile.SCHEMA).pack()).contains("is no part of a state"), name);
        }
    }

    @Test
    void linksAndFoldersAndDevicesAreRefused() throws Exception {
        byte[] archive = unpack(backup(files(), VersionFile.SCHEMA).pack());
        int second = indexOf(archive, "history/inventory-0000000003.yaml\0");
        for (char type : "1234567xgLK\0".toCharArray()) {
            byte[] changed = archive.clone();
            changed[second + TYPE_AT] = (byte) type;
            sum(changed, second);
            assertTrue(refusal(pack(changed)).contains("no regular file"), "type " + type);
        }
    }

    private static void sum(byte[] archive, int header) {
        Arrays.fill(archive, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += archive[header + i] & 0xFF;
        }
        byte[] text = utf8("%06o\0 ".formatted(sum));
        System.arraycopy(text, 0, archive, header + 148, text.length);
    }

    @Test
    void aMemberThatIsThereTwiceIsRefused() throws Exception {
        byte[] archive = unpack(backup(files(), VersionFile.SCHEMA).pack());
        int second = indexOf(archive, "history/inventory-0000000003.yaml\0");
        byte[] twice = new byte[archive.length + 2 * BLOCK];
        System.arraycopy(archive, 0, twice, 0, second);
        System.arraycopy(archive, second, twice, second, 2 * BLOCK);
        System.arraycopy(archive, second, twice, second + 2 * BLOCK, archive.length - second);
        assertTrue(refusal(pack(twice)).contains("twice"));
    }

    @Test
    void hugeSizesAreRefusedWithoutTheirMemory() throws Exception {
        byte[] archive = unpack(backup(files(), VersionFile.SCHEMA).pack());
        byte[] huge = archive.clone();
        byte[] size = utf8("77777777777");
        System.arraycopy(size, 0, huge, 124, size.length);
        sum(huge, 0);
        assertTrue(refusal(pack(huge)).contains("cut off"));
        assertTrue(refusal(pack(new byte[(64 << 20) + 1])).contains("unpacks to more than"));
    }

    @Test
    void aBackupOfALaterKumeIsNamed() throws Exception {
        assertEquals(
                "the backup %s was made by Kume 0.1.0, of a state of schema version 3; this Kume knows versions up to 2: restore it with that Kume or a newer one"
                        .formatted(directory.resolve("kume.tar.gz")),
                refusal(backup(files(), 3).pack()));
    }

    @Test
    void aManifestThatNamesMoreOrLessIsRefused() throws Exception {
        Backup whole = backup(files(), VersionFile.SCHEMA);
        Map<String, byte[]> less = files();
        less.remove("history/inventory-0000000003.yaml");
        refusal(new Backup(whole.about(), less).pack());
        Map<String, byte[]> more = files();
        more.put("target-ports.yaml", utf8("x"));
        assertTrue(refusal(new Backup(whole.about(), more).pack()).contains("does not name"));
    }
}
