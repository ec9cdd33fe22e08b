package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.daemon.RunningManagement.Reply;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that other programs made become disks, with their parents, or are refused in one line. */
final class DiskImportingTest {
    @TempDir
    Path folder;

    private ImageFiles files;
    private RunningManagement kume;

    @BeforeEach
    void start() throws IOException, DaemonException {
        folder = folder.toRealPath();
        files = new ImageFiles(folder);
        kume = RunningManagement.in(folder);
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    private Reply imported(String name, Path file, String more) throws IOException {
        return kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"%s\",\"file\":\"%s\"%s}".formatted(name, file, more));
    }

    private JsonNode taken(String name, Path file, String more) throws IOException {
        Reply reply = imported(name, file, more);
        assertEquals(201, reply.status(), reply::toString);
        assertEquals("idle", reply.body().path("status").asText(), reply::toString);
        return reply.body();
    }

    private void refused(int exitCode, String message, Reply reply) {
        assertEquals(message, reply.error());
        assertEquals(exitCode, reply.exitCode());
        assertTrue(kume.exports.disks.values().stream()
                .noneMatch(disk -> disk.record().name().equals("x")));
    }

    private VirtualDisk open(String name) {
        return kume.exports.disks.values().stream()
                .filter(each -> each.record().name().equals(name))
                .map(each -> Objects.requireNonNull(each.disk(), each.offlineReason()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatTheFileSaysOfItselfIsTaken() throws Exception {
        Path file = files.dynamic("a.vhdx", 4096, 4096);
        refused(
                2,
                "disk 'x' is not imported: %s has sectors of 4096 bytes on 4096 (4kn); leave --sectors out"
                        .formatted(file),
                imported("x", file, ",\"sectorFormat\":\"512e\""));
        JsonNode disk = taken("a", file, ",\"blockSize\":4096");
        assertEquals("vhdx", disk.path("format").asText());
        assertEquals("dynamic", disk.path("type").asText());
        assertEquals("4kn", disk.path("sector").path("format").asText());
        assertEquals(32 << 20, disk.path("layout").path("blockBytes").asInt());
        assertEquals(ImageFiles.SIZE, disk.path("sizeBytes").asLong());
        Path vhd = files.dynamic("b.vhd");
        assertEquals(
                "512n",
                taken("b", vhd, ",\"sectorFormat\":\"512n\"")
                        .path("sector")
                        .path("format")
                        .asText());
        refused(
                2,
                "disk 'x' cannot have blocks of 4096 bytes: a VHD counts in blocks of 512; use the vhdx or raw format, or"
                        + " blocks of 512 bytes",
                imported("x", files.dynamic("c.vhd"), ",\"blockSize\":4096"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void parentsComeWithTheirChildAndAreItsSnapshots(String format) throws Exception {
        Path base = files.dynamic("old disks/base." + format);
        files.put(base, 1, 11);
        Path middle = files.child("middle." + format, base);
        files.put(middle, 2, 22);
        Path top = files.child("top." + format, middle);
        Path other = files.child("other." + format, base);
        JsonNode disk = taken("top", top, "");
        assertEquals("differencing", disk.path("type").asText());
        assertEquals(2, disk.path("layout").path("snapshots").asInt());
        assertEquals(
                middle.toString(), disk.path("layout").path("parents").path(0).asText());
        assertEquals(
                base.toString(), disk.path("layout").path("parents").path(1).asText());
        assertEquals(11, ImageFiles.at(open("top"), 1));
        assertEquals(22, ImageFiles.at(open("top"), 2));
        refused(
                4,
                "the file %s belongs to disk 'top'; two disks never share a file; choose another".formatted(base),
                imported("x", base, ""));
        JsonNode second = taken("other", other, "");
        assertEquals("top", second.path("layout").path("parent").asText());
        assertEquals(0, second.path("layout").path("snapshots").asInt());
        assertEquals(11, ImageFiles.at(open("other"), 1));
        assertEquals(0, ImageFiles.at(open("other"), 2));
        ImageFiles.put(open("top"), 1, 91);
        stop();
        start();
        assertEquals(11, ImageFiles.at(open("other"), 1));
        assertEquals(91, ImageFiles.at(open("top"), 1));
        assertEquals(5, kume.delete(ApiPaths.diskRemoval("top", false)).exitCode());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("other", true)).status());
    }

    @Test
    void aChildOfADiskIsTakenWhenThatIsReadOnly() throws Exception {
        Path base = files.dynamic("base.vhdx");
        Path child = files.child("child.vhdx", base);
        taken("base", base, "");
        refused(
                5,
                "disk 'base' can be written, so it is no parent of other disks; run 'kume disk set base --sharing"
                        + " read-only' first",
                imported("x", child, ""));
        assertEquals(
                200,
                kume.patch(ApiPaths.disk("base"), "{\"sharing\":\"read-only\"}").status());
        assertEquals(
                "base", taken("child", child, "").path("layout").path("parent").asText());
        assertEquals(5, kume.delete(ApiPaths.diskRemoval("base", false)).exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aCopyNeedsAnIdentityOfItsOwn(String format) throws Exception {
        Path file = files.dynamic("a." + format);
        files.put(file, 3, 33);
        Path copy = Files.copy(file, folder.resolve("copy." + format));
        String uuid = taken("a", file, "").path("identity").path("uuid").asText();
        refused(
                5,
                "disk 'x' is not imported: %s is a copy of the file of disk 'a' (both have the unique id %s); hosts"
                                .formatted(copy, uuid)
                        + " would take one for the other; use --new-identity to give the copy an id of its own",
                imported("x", copy, ""));
        JsonNode disk = taken("b", copy, ",\"newIdentity\":true");
        assertNotEquals(uuid, disk.path("identity").path("uuid").asText());
        assertEquals(33, ImageFiles.at(open("b"), 3));
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("b", false)).status());
        assertEquals(
                disk.path("identity").path("uuid").asText(),
                taken("b", copy, "").path("identity").path("uuid").asText(),
                "it is in the file");
        Path raw = Files.write(folder.resolve("c.img"), new byte[4096]);
        refused(
                2,
                "disk 'x' is not imported: files of the format raw carry no identity; leave --new-identity out: every"
                        + " import of one is given a new identity",
                imported("x", raw, ",\"newIdentity\":true"));
    }

    @Test
    void aParentThatWasWrittenLaterIsTakenOnlyWhenItIsTrusted() throws Exception {
        Path base = files.dynamic("base.vhd");
        Path child = files.child("child.vhd", base);
        Path second = files.child("second.vhd", base);
        FileTime made = Files.getLastModifiedTime(base);
        Files.setLastModifiedTime(base, FileTime.from(made.toInstant().plus(Duration.ofSeconds(2))));
        taken("a", child, "");
        Files.setLastModifiedTime(base, FileTime.from(made.toInstant().plus(Duration.ofSeconds(4))));
        Reply late = imported("x", second, "");
        assertEquals(5, late.exitCode());
        assertTrue(
                late.error().startsWith("disk 'x' is not imported: %s was written at ".formatted(base)), late.error());
        assertTrue(
                late.error().endsWith("if only its time has changed, as by a copy, use --trust-parent"), late.error());
        taken("b", second, ",\"trustParent\":true");
    }

    @Test
    void aParentThatIsMissingOrWasReplacedIsNamed() throws Exception {
        Path base = files.dynamic("base.vhdx");
        Path child = files.child("child.vhdx", base);
        Path away = Files.move(base, folder.resolve("away.vhdx"));
        Reply missing = imported("x", child, "");
        assertEquals(3, missing.exitCode());
        assertTrue(
                missing.error()
                        .startsWith("disk 'x' is not imported: the parent of %s is missing: there is no %s; bring"
                                .formatted(child, base)),
                missing.error());
        files.dynamic("base.vhdx");
        Reply replaced = imported("x", child, "");
        assertEquals(5, replaced.exitCode());
        assertTrue(
                replaced.error()
                        .startsWith("disk 'x' is not imported: the parent of %s was changed or replaced: %s has the id "
                                .formatted(child, base)),
                replaced.error());
        Files.delete(base);
        Files.move(away, base);
        taken("x", child, "");
    }

    @Test
    void whatIsNoFileIsRefusedByItsName() throws Exception {
        refused(
                2,
                "disk 'x' is not imported: %s is a directory, not a regular file; name a file with a disk in it"
                        .formatted(folder),
                imported("x", folder, ""));
        refused(
                2,
                "disk 'x' is not imported: /dev/null is a device, not a regular file; name a file with a disk in it",
                imported("x", Path.of("/dev/null"), ""));
        Path file = files.dynamic("a.vhdx");
        Path link = Files.createSymbolicLink(folder.resolve("link.vhdx"), file);
        refused(
                2,
                "disk 'x' is not imported: %s is a symbolic link; import what it leads to, %s".formatted(link, file),
                imported("x", link, ""));
        Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere.vhdx"), folder.resolve("gone"));
        refused(
                3,
                "disk 'x' is not imported: %s is a symbolic link that leads nowhere; name a file with a disk in it"
                        .formatted(nowhere),
                imported("x", nowhere, ""));
        taken("a", file, "");
        Path elsewhere = Files.createSymbolicLink(folder.resolve("elsewhere"), folder);
        refused(
                4,
                "disk 'x' is not imported: %s is a file of disk 'a', by another path; two disks never share a file"
                        .formatted(elsewhere.resolve("a.vhdx")),
                imported("x", elsewhere.resolve("a.vhdx"), ""));
    }

    @Test
    void aFileInUseIsBusyAndSoIsItsChild() throws Exception {
        Path base = files.dynamic("base.vhdx");
        Path child = files.child("child.vhdx", base);
        try (BackingStore held = LocalFiles.ofThisHost().open(base, false)) {
            assertEquals(base.toString(), held.location());
            String busy = "disk 'x' is not imported: %s is in use by another disk or process; close it there first"
                    .formatted(base);
            refused(8, busy, imported("x", base, ""));
            refused(8, busy, imported("x", child, ""));
        }
        taken("x", child, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aDamagedFileOrParentIsRefused(String format) throws Exception {
        Path base = files.dynamic("base." + format);
        files.put(base, 1, 11);
        Path child = files.child("child." + format, base);
        damage(base, format);
        Reply own = imported("x", base, "");
        assertEquals(2, own.exitCode(), own::toString);
        assertTrue(own.error().startsWith("disk 'x' is not imported: "), own.error());
        assertTrue(own.error().contains(base.toString()), own.error());
        assertFalse(imported("x", child, "").status() == 201);
        assertEquals(0, kume.exports.disks.size());
        LocalFiles.ofThisHost().open(base, false).close();
        LocalFiles.ofThisHost().open(child, false).close();
    }

    /** Lets the first entry of the block allocation table point far behind the end of the file. */
    private static void damage(Path file, String format) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            if (format.equals("vhd")) {
                bytes.seek(16);
                bytes.seek(bytes.readLong() + 16);
                bytes.seek(bytes.readLong());
                bytes.writeInt(0x7FFF_0000);
            } else {
                bytes.seek(3 << 20);
                bytes.writeLong(Long.reverseBytes((1L << 40) | 6));
            }
        }
    }
}
