package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.daemon.RunningManagement.Reply;
import dev.kume.cli.state.Backup;
import dev.kume.core.store.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a backup takes, and which files it must not cost. */
@DisabledOnOs(OS.WINDOWS)
final class StateBackupsTest {
    private static final String ONE = "{\"name\":\"one\",\"size\":\"16MB\",\"format\":\"raw\"}";

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void resolveLinks() throws IOException {
        folder = temporary.toRealPath();
    }

    private static Reply backup(RunningManagement daemon, Path file, boolean force) throws IOException {
        return daemon.post("/v1/state/backup", "{\"file\":\"%s\",\"force\":%s}".formatted(file, force));
    }

    @Test
    void byForceToNothingButAnEarlierBackupIsReplaced() throws Exception {
        Path image = folder.resolve("disks/one.img");
        Path settings = Files.writeString(folder.resolve("notes.txt"), "mine");
        Path file = folder.resolve("kume.tar.gz");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.create(ONE);
            for (Path precious : new Path[] {image, settings, folder.resolve("state/inventory.yaml")}) {
                byte[] before = Files.readAllBytes(precious);
                Reply refused = backup(daemon, precious, true);
                assertEquals(409, refused.status(), refused::toString);
                assertEquals(precious + " exists already; name another file", refused.error());
                assertEquals(-1, Files.mismatch(precious, Files.write(folder.resolve("before"), before)));
            }
            assertEquals(201, backup(daemon, file, false).status());
            assertEquals(
                    file + " exists already; name another file, or repeat with --force",
                    backup(daemon, file, false).error());
            daemon.delete("/v1/disks/one?deleteFile=true");
            assertEquals(201, backup(daemon, file, true).status());
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(0, Backup.read(file).about().disks().size());
    }

    @Test
    void noBackupLiesAmongTheFilesOfTheState() throws Exception {
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.create(ONE);
            Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("state/history"));
            for (Path file : new Path[] {folder.resolve("state/units/x.tar.gz"), link.resolve("x.tar.gz")}) {
                Reply refused = backup(daemon, file, false);
                assertEquals(
                        file + " would be among the files of the state itself; name a file in another folder",
                        refused.error());
                assertTrue(Files.notExists(file));
            }
            assertEquals(
                    201, backup(daemon, folder.resolve("state/x.tar.gz"), false).status());
            Files.createDirectory(folder.resolve("state/backup"));
            assertEquals(
                    201,
                    backup(daemon, folder.resolve("state/backup/x.tar.gz"), false)
                            .status());
            Reply nowhere = backup(daemon, folder.resolve("none/x.tar.gz"), false);
            assertEquals(500, nowhere.status(), nowhere::toString);
            assertTrue(nowhere.error().contains("name a file in a folder that is there"), nowhere::error);
        }
    }

    @Test
    void whatSomebodyElseHasPutThereDoesNotSpoilTheBackup() throws Exception {
        Path file = folder.resolve("kume.tar.gz");
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            daemon.create(ONE);
            Path history = folder.resolve("state/history");
            Files.writeString(history.resolve("inventory-0000000001.yaml~"), "an editor's");
            Files.createDirectory(history.resolve(".snapshot"));
            Files.writeString(history.resolve(".snapshot/x"), "of a filer");
            Files.createSymbolicLink(history.resolve("loop"), history);
            assertEquals(201, backup(daemon, file, false).status());
        }
        Backup made = Backup.read(file);
        assertTrue(made.files().keySet().stream().noneMatch(name -> name.contains("loop") || name.contains("~")));
        assertTrue(made.files().containsKey("history/inventory-0000000001.yaml"));
    }

    @Test
    void aDiskThatIsFullKeepsTheOldBackupAndNoHalfOne() throws Exception {
        Path file = folder.resolve("backup/kume.tar.gz");
        Files.createDirectory(folder.resolve("backup"));
        DurableFiles full = new DurableFiles() {
            @Override
            public void writePrivate(Path to, byte[] content) throws IOException {
                if (to.startsWith(folder.resolve("backup"))) {
                    DurableFiles.OF_THIS_HOST.writePrivate(to, new byte[content.length / 2]);
                    throw new IOException("No space left on device");
                }
                DurableFiles.OF_THIS_HOST.writePrivate(to, content);
            }
        };
        try (RunningManagement daemon = RunningManagement.in(folder)) {
            assertEquals(201, backup(daemon, file, false).status());
        }
        byte[] before = Files.readAllBytes(file);
        try (RunningManagement daemon = RunningManagement.with(folder, LocalFiles.ofThisHost(), full)) {
            Reply refused = backup(daemon, file, true);
            assertEquals(500, refused.status(), refused::toString);
            assertTrue(refused.error().contains("No space left on device"), refused::error);
        }
        assertEquals(Map.of("kume.tar.gz", before.length), sizes(file.getParent()));
    }

    private static Map<String, Integer> sizes(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.collect(java.util.stream.Collectors.toMap(each -> String.valueOf(each.getFileName()), each ->
                    (int) each.toFile().length()));
        }
    }
}
